import type { Random } from "../base/mod.ts";
import { type S3Bucket, storeError } from "../store/mod.ts";
import { chunksOf } from "./chunks.ts";
import type { DataSource } from "./data-files.ts";
import { fileError } from "./file-error.ts";
import { remoteCall, type RetrySettings } from "./remote-call.ts";

/** Bytes of a part; every 500 parts they grow by as much again, so that 10,000 of them reach 800 GiB. */
const PART_BYTES = 8 * 1024 * 1024;
const PARTS_OF_A_SIZE = 500;

/** By which an object says who wrote it: an answer that was lost is known again by it. */
const WRITER = "cairn-write";

/** A multipart upload that is not completed: nobody sees anything of it. */
export interface S3Upload {
  readonly key: string;
  readonly uploadId: string;
  /** The object will carry it. */
  readonly writer: string;
}

/** Writes objects that appear whole or not at all. */
export class S3Uploads {
  readonly #bucket: S3Bucket;
  readonly #place: string;
  readonly #retry: RetrySettings;
  readonly #random: Random;

  constructor(bucket: S3Bucket, place: string, retry: RetrySettings, random: Random) {
    this.#bucket = bucket;
    this.#place = place;
    this.#retry = retry;
    this.#random = random;
  }

  /** Writes an object; small ones in one request. */
  async write(key: string, source: DataSource, overwrite: boolean, signal?: AbortSignal): Promise<void> {
    const chunks = chunksOf(source, partSize);
    const first = await chunks.next();
    const second = await chunks.next();
    const start = first.done === true ? new Uint8Array() : first.value;
    if (second.done === true) return this.#put(key, start, overwrite, signal);
    const upload = await this.begin(key, signal);
    try {
      await this.#part(upload, 1, start, signal);
      await this.#part(upload, 2, second.value, signal);
      let number = 3;
      for await (const chunk of chunks) await this.#part(upload, number++, chunk, signal);
      await this.complete(upload, overwrite, signal);
    } catch (thrown) {
      await this.abort(upload).catch(() => undefined);
      throw thrown;
    }
    return undefined;
  }

  async begin(key: string, signal?: AbortSignal): Promise<S3Upload> {
    const { sdk, client, common, writing } = this.#bucket;
    const writer = this.#random.nonce();
    const { UploadId } = await this.#call("begin to write", key, true, signal, (options) =>
      client.send(
        new sdk.CreateMultipartUploadCommand({
          ...common,
          ...writing,
          Key: key,
          Metadata: { [WRITER]: writer },
        }),
        options,
      ),
    );
    if (UploadId === undefined)
      throw fileError("FILE_IO", `Cannot write "${this.#uri(key)}": the server began no upload`);
    return { key, uploadId: UploadId, writer };
  }

  /** Uploads all of a source; nothing is seen until `complete`. */
  async send(upload: S3Upload, source: DataSource, signal?: AbortSignal): Promise<void> {
    let number = 1;
    for await (const chunk of chunksOf(source, partSize)) await this.#part(upload, number++, chunk, signal);
  }

  /**
   * Makes the object of an upload; doing it again changes nothing. With `overwrite` false it throws FILE_EXISTS where the
   * key is taken by another writer. False: the upload is gone, and the object is not its.
   */
  async complete(upload: S3Upload, overwrite: boolean, signal?: AbortSignal): Promise<boolean> {
    const { sdk, client, common, reading, conditions } = this.#bucket;
    const { key, uploadId } = upload;
    const parts = await this.#partsOf(upload, signal);
    if (parts === undefined) return this.#isWrittenBy(upload, signal);
    if (!overwrite && !conditions && (await this.#isTaken(upload, signal))) throw taken(this.#uri(key));
    return this.#call("write", key, true, signal, async (options) => {
      try {
        await client.send(
          new sdk.CompleteMultipartUploadCommand({
            ...common,
            ...reading,
            ...(!overwrite && conditions && { IfNoneMatch: "*" }),
            Key: key,
            UploadId: uploadId,
            MultipartUpload: { Parts: parts },
          }),
          options,
        );
        return true;
      } catch (thrown) {
        const { code, status } = this.#bucket.codeOf(thrown);
        // What was done by a try before this one, whose answer was lost.
        if (code === "NoSuchUpload" || status === 412) {
          if (await this.#isWrittenBy(upload, signal)) return true;
          if (status === 412) throw taken(this.#uri(key));
          return false;
        }
        throw thrown;
      }
    });
  }

  /** Gives up an upload, which may be gone already. */
  async abort({ key, uploadId }: S3Upload, signal?: AbortSignal): Promise<void> {
    const { sdk, client, common } = this.#bucket;
    await this.#call("give up", key, true, signal, async (options) => {
      try {
        await client.send(
          new sdk.AbortMultipartUploadCommand({ ...common, Key: key, UploadId: uploadId }),
          options,
        );
      } catch (thrown) {
        if (this.#bucket.codeOf(thrown).code !== "NoSuchUpload") throw thrown;
      }
    });
  }

  async #put(key: string, body: Uint8Array, overwrite: boolean, signal?: AbortSignal): Promise<void> {
    const { sdk, client, common, writing, conditions } = this.#bucket;
    const writer = this.#random.nonce();
    const own = { key, uploadId: "", writer };
    if (!overwrite && !conditions && (await this.#isTaken(own, signal))) throw taken(this.#uri(key));
    await this.#call("write", key, true, signal, async (options) => {
      try {
        await client.send(
          new sdk.PutObjectCommand({
            ...common,
            ...writing,
            ...(!overwrite && conditions && { IfNoneMatch: "*" }),
            Key: key,
            Body: body,
            Metadata: { [WRITER]: writer },
          }),
          options,
        );
      } catch (thrown) {
        if (this.#bucket.codeOf(thrown).status !== 412) throw thrown;
        if (!(await this.#isWrittenBy(own, signal))) throw taken(this.#uri(key));
      }
    });
  }

  async #part(
    { key, uploadId }: S3Upload,
    number: number,
    body: Uint8Array,
    signal?: AbortSignal,
  ): Promise<void> {
    const { sdk, client, common, reading } = this.#bucket;
    await this.#call(`write part ${number} of`, key, true, signal, (options) =>
      client.send(
        new sdk.UploadPartCommand({
          ...common,
          ...reading,
          Key: key,
          UploadId: uploadId,
          PartNumber: number,
          Body: body,
        }),
        options,
      ),
    );
  }

  /** The parts that were uploaded; undefined where the upload is gone. */
  async #partsOf(
    { key, uploadId }: S3Upload,
    signal?: AbortSignal,
  ): Promise<{ PartNumber: number; ETag: string }[] | undefined> {
    const { sdk, client, common, reading } = this.#bucket;
    return this.#call("look at the parts of", key, false, signal, async (options) => {
      const parts: { PartNumber: number; ETag: string }[] = [];
      let marker: string | undefined;
      do {
        const asked = { ...common, ...reading, Key: key, UploadId: uploadId };
        const command = new sdk.ListPartsCommand({ ...asked, ...(marker && { PartNumberMarker: marker }) });
        try {
          const page = await client.send(command, options);
          for (const { PartNumber = 0, ETag = "" } of page.Parts ?? []) parts.push({ PartNumber, ETag });
          marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
        } catch (thrown) {
          if (this.#bucket.codeOf(thrown).code === "NoSuchUpload") return undefined;
          throw thrown;
        }
      } while (marker !== undefined);
      return parts.toSorted((a, b) => a.PartNumber - b.PartNumber);
    });
  }

  /** Whether the object at the key is the one of this upload. */
  async #isWrittenBy(upload: S3Upload, signal?: AbortSignal): Promise<boolean> {
    return (await this.#writerOf(upload.key, signal)) === upload.writer;
  }

  async #isTaken(upload: S3Upload, signal?: AbortSignal): Promise<boolean> {
    const writer = await this.#writerOf(upload.key, signal);
    return writer !== undefined && writer !== upload.writer;
  }

  /** Who wrote the object; empty where it doesn't say, undefined where there is none. */
  async #writerOf(key: string, signal?: AbortSignal): Promise<string | undefined> {
    const { sdk, client, common, reading } = this.#bucket;
    return this.#call("look at", key, false, signal, async (options) => {
      try {
        const { Metadata } = await client.send(
          new sdk.HeadObjectCommand({ ...common, ...reading, Key: key }),
          options,
        );
        return Metadata?.[WRITER] ?? "";
      } catch (thrown) {
        if (isNoObject(this.#bucket, thrown)) return undefined;
        throw thrown;
      }
    });
  }

  #uri(key: string): string {
    return `${this.#place}/${key}`;
  }

  #call<T>(
    what: string,
    key: string,
    writing: boolean,
    signal: AbortSignal | undefined,
    work: (options: { readonly abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const uri = this.#uri(key);
    return remoteCall(uri, what, this.#retry, signal, (inner) =>
      this.#bucket.call(`${what} "${uri}"`, writing, inner, work),
    );
  }
}

function partSize(number: number): number {
  return PART_BYTES * (1 + Math.floor((number - 1) / PARTS_OF_A_SIZE));
}

function taken(uri: string): Error {
  return fileError("FILE_EXISTS", `Cannot write "${uri}": it is there already`);
}

/** Whether an answer says that there is no such object. */
export function isNoObject(bucket: S3Bucket, thrown: unknown): boolean {
  const { code, status } = bucket.codeOf(thrown);
  return status === 404 && code !== "NoSuchBucket" && code !== "NoSuchUpload";
}

/** What a read that ended before its end is: it may be tried again. */
export function cutOff(uri: string): Error {
  return storeError("STORE_UNAVAILABLE", `Cannot read "${uri}": the answer is cut off`);
}
