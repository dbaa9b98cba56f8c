import type { Random } from "../base/mod.ts";
import { openS3Bucket, type S3Bucket } from "../store/mod.ts";
import type {
  DataFile,
  DataFiles,
  DataSource,
  ListOptions,
  ReadOptions,
  WriteOptions,
} from "./data-files.ts";
import { parseFileUri } from "./file-uri.ts";
import { changedError, missingError, rangedRead } from "./ranged-read.ts";
import { remoteCall, type RetrySettings } from "./remote-call.ts";
import { cutOff, isNoObject, S3Uploads } from "./s3-upload.ts";

/** What a remote file system is opened with. */
export interface RemoteTools {
  readonly retry: RetrySettings;
  readonly random: Random;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly hadoop: Readonly<Record<string, string>> | undefined;
}

/** The largest object that the server copies in one request, bytes. */
const LARGEST_COPY = 5 * 1024 ** 3;

/** Opens a bucket: `place` as in `s3a://lake`. No request is made. */
export async function openS3Files(place: string, tools: RemoteTools): Promise<S3Files> {
  const { env, hadoop } = tools;
  const bucket = await openS3Bucket(place.slice(place.indexOf("//") + 2), { env, hadoop });
  return new S3Files(bucket, place, tools);
}

/** The objects of one bucket. */
export class S3Files implements DataFiles {
  readonly uploads: S3Uploads;
  readonly #bucket: S3Bucket;
  readonly #retry: RetrySettings;
  readonly #place: string;

  constructor(bucket: S3Bucket, place: string, { retry, random }: RemoteTools) {
    this.#bucket = bucket;
    this.#retry = retry;
    this.#place = place;
    this.uploads = new S3Uploads(bucket, place, retry, random);
  }

  resolve(uri: string): string {
    return uri;
  }

  async stat(uri: string, signal?: AbortSignal): Promise<DataFile | undefined> {
    const key = keyOf(uri);
    const { sdk, client, common, reading } = this.#bucket;
    return this.#call("look at", uri, false, signal, async (options) => {
      if (key !== "") {
        try {
          const facts = await client.send(
            new sdk.HeadObjectCommand({ ...common, ...reading, Key: key }),
            options,
          );
          return objectAt(uri, facts.ContentLength, facts.LastModified, facts.ETag);
        } catch (thrown) {
          if (!isNoObject(this.#bucket, thrown)) throw thrown;
        }
      }
      const below = { ...common, Prefix: key === "" ? "" : `${key}/`, MaxKeys: 1 };
      const { KeyCount, Contents } = await client.send(new sdk.ListObjectsV2Command(below), options);
      return key === "" || (KeyCount ?? Contents?.length ?? 0) > 0 ? folderAt(uri) : undefined;
    });
  }

  async list(
    uri: string,
    { recursive = false }: ListOptions = {},
    signal?: AbortSignal,
  ): Promise<readonly DataFile[]> {
    const folder = keyOf(uri);
    const prefix = folder === "" ? "" : `${folder}/`;
    const { sdk, client, common, page } = this.#bucket;
    return this.#call("list", uri, false, signal, async (options) => {
      const found: DataFile[] = [];
      let token: string | undefined;
      do {
        const answer = await client.send(
          new sdk.ListObjectsV2Command({
            ...common,
            Prefix: prefix,
            MaxKeys: page,
            ...(!recursive && { Delimiter: "/" }),
            ...(token && { ContinuationToken: token }),
          }),
          options,
        );
        if (answer.IsTruncated === undefined) throw cutOff(uri);
        for (const { Prefix = "" } of answer.CommonPrefixes ?? [])
          found.push(folderAt(this.#uri(Prefix.slice(0, -1))));
        for (const { Key = "", Size, LastModified, ETag } of answer.Contents ?? []) {
          // An object whose key ends in a slash stands for an empty folder.
          if (!Key.endsWith("/")) found.push(objectAt(this.#uri(Key), Size, LastModified, ETag));
        }
        token = answer.IsTruncated ? answer.NextContinuationToken : undefined;
      } while (token !== undefined);
      return found.toSorted((a, b) => (a.uri < b.uri ? -1 : 1));
    });
  }

  async *read(uri: string, options: ReadOptions = {}, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const file = await this.stat(uri, signal);
    if (file?.kind !== "file") throw missingError("read", uri);
    yield* rangedRead(file, options.from ?? 0, (from, to) => this.#range(file, from, to, signal));
  }

  async write(
    uri: string,
    source: DataSource,
    options: WriteOptions = {},
    signal?: AbortSignal,
  ): Promise<DataFile> {
    await this.uploads.write(keyOf(uri), source, options.overwrite ?? true, signal);
    return this.#written(uri, signal);
  }

  async move(from: string, to: string, options: WriteOptions = {}, signal?: AbortSignal): Promise<void> {
    await this.copy(from, to, options, signal);
    await this.remove(from, signal);
  }

  async copy(from: string, to: string, options: WriteOptions = {}, signal?: AbortSignal): Promise<DataFile> {
    const file = await this.stat(from, signal);
    if (file?.kind !== "file") throw missingError("copy", from);
    // A server's copy knows no condition everywhere, and no large objects.
    if (options.overwrite === false || file.size > LARGEST_COPY) {
      return this.write(to, this.read(from, {}, signal), options, signal);
    }
    const { sdk, client, common, reading, writing } = this.#bucket;
    await this.#call("copy to", to, true, signal, (sending) =>
      client.send(
        new sdk.CopyObjectCommand({
          ...common,
          ...writing,
          ...(reading.SSECustomerKey !== undefined && {
            CopySourceSSECustomerAlgorithm: reading.SSECustomerAlgorithm ?? "",
            CopySourceSSECustomerKey: reading.SSECustomerKey,
            CopySourceSSECustomerKeyMD5: reading.SSECustomerKeyMD5 ?? "",
          }),
          Key: keyOf(to),
          CopySource: `${common.Bucket}/${keyOf(from)}`.split("/").map(encodeURIComponent).join("/"),
        }),
        sending,
      ),
    );
    return this.#written(to, signal);
  }

  async remove(uri: string, signal?: AbortSignal): Promise<void> {
    const below = await this.list(uri, { recursive: true }, signal);
    for (const file of below) await this.#removeOne(file.uri, signal);
    if (keyOf(uri) !== "") await this.#removeOne(uri, signal);
  }

  async close(): Promise<void> {
    await Promise.resolve();
    this.#bucket.close();
  }

  async #removeOne(uri: string, signal?: AbortSignal): Promise<void> {
    const { sdk, client, common } = this.#bucket;
    await this.#call("remove", uri, true, signal, (options) =>
      client.send(new sdk.DeleteObjectCommand({ ...common, Key: keyOf(uri) }), options),
    );
  }

  async #range(file: DataFile, from: number, to: number, signal?: AbortSignal): Promise<Uint8Array> {
    const { sdk, client, common, reading } = this.#bucket;
    return this.#call("read", file.uri, false, signal, async (options) => {
      try {
        const asked = { ...common, ...reading, Key: keyOf(file.uri), IfMatch: file.token };
        const answer = await client.send(
          new sdk.GetObjectCommand({ ...asked, Range: `bytes=${from}-${to - 1}` }),
          options,
        );
        const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
        if (bytes.length !== to - from) throw cutOff(file.uri);
        return bytes;
      } catch (thrown) {
        if (this.#bucket.codeOf(thrown).status === 412) throw changedError(file.uri);
        if (isNoObject(this.#bucket, thrown)) throw missingError("read", file.uri);
        throw thrown;
      }
    });
  }

  async #written(uri: string, signal?: AbortSignal): Promise<DataFile> {
    const file = await this.stat(uri, signal);
    if (file === undefined) throw missingError("find what was written to", uri);
    return file;
  }

  #uri(key: string): string {
    return `${this.#place}/${key}`;
  }

  #call<T>(
    what: string,
    uri: string,
    writing: boolean,
    signal: AbortSignal | undefined,
    work: (options: { readonly abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    return remoteCall(uri, what, this.#retry, signal, (inner) =>
      this.#bucket.call(`${what} "${uri}"`, writing, inner, work),
    );
  }
}

function keyOf(uri: string): string {
  return parseFileUri(uri, "/").path;
}

function folderAt(uri: string): DataFile {
  return { uri, kind: "folder", size: 0, modifiedAt: 0, token: "" };
}

function objectAt(uri: string, size = 0, modified: Date | undefined, token = ""): DataFile {
  return { uri, kind: "file", size, modifiedAt: modified?.getTime() ?? 0, token };
}
