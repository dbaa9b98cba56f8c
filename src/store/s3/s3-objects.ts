import type {
  GetObjectCommandOutput,
  ListObjectsV2CommandOutput,
  PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import { storeError } from "../errors.ts";
import type { ListedObject, ObjectOperations } from "../object/object-operations.ts";
import type { OpenS3Client } from "./s3-client.ts";
import { conditionalFailure, conditionsOf, type ConditionalWrite } from "./s3-conditions.ts";
import { CLOCK_REFUSED, s3Error, s3Failure } from "./s3-error.ts";
import type { S3Location } from "./s3-location.ts";
import { customerKey, writingInput, type CustomerKey } from "./s3-request.ts";
import type { S3Settings } from "./s3-settings.ts";

export interface S3ObjectsOptions {
  readonly open: OpenS3Client;
  readonly location: S3Location;
  readonly settings: S3Settings;
  /** No second runner ever starts: then a server may lack conditional writes. False by default. */
  readonly singleWriter?: boolean | undefined;
}

/** Whole seconds, and servers behind one name whose clocks are not quite one. */
const TIME_GRAIN_MS = 2_000;
/** Written to learn the time at which the server writes. */
const CLOCK_KEY = "~clock";

/** The five operations on a bucket. Records are made by `If-None-Match: *`; what that rests on is looked into first. */
export function openS3Objects(options: S3ObjectsOptions): ObjectOperations {
  return new S3Objects(options);
}

type CallOptions = { readonly abortSignal?: AbortSignal };

class S3Objects implements ObjectOperations {
  readonly location: string;
  readonly timeGrainMs: number = TIME_GRAIN_MS;
  readonly #open: OpenS3Client;
  readonly #settings: S3Settings;
  readonly #prefix: string;
  /** What every request says. */
  readonly #common: { readonly Bucket: string; readonly RequestPayer?: "requester" };
  readonly #reading: CustomerKey;
  readonly #writing: Partial<PutObjectCommandInput>;
  readonly #hasConditions: (signal?: AbortSignal) => Promise<boolean>;

  constructor({ open, location, settings, singleWriter = false }: S3ObjectsOptions) {
    this.location = location.text;
    this.#open = open;
    this.#settings = settings;
    this.#prefix = location.prefix;
    this.#common = {
      Bucket: settings.bucket,
      ...(settings.requesterPays && { RequestPayer: "requester" }),
    };
    this.#reading = customerKey(settings.writing);
    this.#writing = writingInput(settings.writing);
    this.#hasConditions = conditionsOf({
      location: location.text,
      expected: settings.conditions,
      singleWriter,
      writeIfAbsent: (key, text, signal) => this.#writeIfAbsent(key, text, signal),
    });
  }

  async putIfAbsent(key: string, text: string, signal?: AbortSignal): Promise<boolean> {
    signal?.throwIfAborted();
    if (await this.#hasConditions(signal)) {
      const answer = await this.#writeIfAbsent(key, text, signal);
      if (answer !== "refused") return answer === "written";
      throw storeError(
        "STORE_IO",
        `Cannot create "${key}" in the checkpoint store "${this.location}": the server refuses the condition that it kept before`,
      );
    }
    if ((await this.get(key, signal)) !== undefined) return false;
    await this.put(key, text, signal);
    return true;
  }

  async put(key: string, text: string, signal?: AbortSignal): Promise<void> {
    await this.#call(`write "${key}"`, true, signal, (options) => this.#write(key, text, options));
  }

  async get(key: string, signal?: AbortSignal): Promise<string | undefined> {
    return this.#call(`read "${key}"`, false, signal, async (options) => {
      const { sdk, client } = this.#open;
      let answer: GetObjectCommandOutput;
      try {
        answer = await client.send(
          new sdk.GetObjectCommand({ ...this.#common, ...this.#reading, Key: this.#prefix + key }),
          options,
        );
      } catch (thrown) {
        if (s3Failure(thrown).code === "NoSuchKey") return undefined;
        throw thrown;
      }
      const bytes = (await answer.Body?.transformToByteArray()) ?? new Uint8Array();
      // Half an answer would look like a torn record.
      if (answer.ContentLength !== bytes.byteLength) throw this.#cutOff(`read "${key}"`);
      return new TextDecoder().decode(bytes);
    });
  }

  async list(prefix: string, after: string = "", signal?: AbortSignal): Promise<readonly ListedObject[]> {
    const found: ListedObject[] = [];
    await this.#pages(listingOf(prefix), { prefix, after }, signal, ({ Contents = [] }) => {
      for (const { Key = "", Size = 0, LastModified } of Contents) {
        const key = Key.slice(this.#prefix.length);
        if (key.startsWith(prefix) && key > after)
          found.push({ key, size: Size, modifiedAt: LastModified?.getTime() ?? 0 });
      }
    });
    return found.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  async folders(prefix: string, signal?: AbortSignal): Promise<readonly string[]> {
    const found = new Set<string>();
    await this.#pages(
      listingOf(prefix),
      { prefix, after: "", delimiter: "/" },
      signal,
      ({ CommonPrefixes = [] }) => {
        for (const { Prefix = "" } of CommonPrefixes) {
          const folder = Prefix.slice(this.#prefix.length);
          if (folder.startsWith(prefix) && folder.endsWith("/")) found.add(folder);
        }
      },
    );
    return [...found];
  }

  async delete(key: string, signal?: AbortSignal): Promise<void> {
    await this.#call(`remove "${key}"`, true, signal, async (options) => {
      const { sdk, client } = this.#open;
      await client.send(new sdk.DeleteObjectCommand({ ...this.#common, Key: this.#prefix + key }), options);
    });
  }

  /**
   * When the server says that it wrote an object just now: `Date` may be a proxy's, and a lease must not be taken for
   * expired by another clock than the one that dates its object. Who may not write is told `Date`.
   */
  async time(signal?: AbortSignal): Promise<number> {
    return this.#call("tell the time", false, signal, async (options) => {
      const { sdk, client, serverTime } = this.#open;
      try {
        await this.#write(CLOCK_KEY, "", options);
        const head = { ...this.#common, ...this.#reading, Key: this.#prefix + CLOCK_KEY };
        const { LastModified } = await client.send(new sdk.HeadObjectCommand(head), options);
        if (LastModified !== undefined) return LastModified.getTime();
      } catch (thrown) {
        const date = s3Failure(thrown).status === 403 ? serverTime() : undefined;
        if (date !== undefined) return date;
        throw thrown;
      }
      throw this.#cutOff("tell the time");
    });
  }

  async close(): Promise<void> {
    this.#open.client.destroy();
  }

  async #writeIfAbsent(
    key: string,
    text: string,
    signal: AbortSignal | undefined,
  ): Promise<ConditionalWrite> {
    return this.#call(`create "${key}"`, true, signal, async (options) => {
      try {
        await this.#write(key, text, options, { IfNoneMatch: "*" });
        return "written";
      } catch (thrown) {
        const answer = conditionalFailure(thrown);
        if (answer === undefined) throw thrown;
        return answer;
      }
    });
  }

  async #write(
    key: string,
    text: string,
    options: CallOptions,
    condition: Pick<PutObjectCommandInput, "IfNoneMatch"> = {},
  ): Promise<void> {
    const { sdk, client } = this.#open;
    const input = { ...this.#common, ...this.#writing, ...condition, Key: this.#prefix + key };
    const { ETag } = await client.send(
      new sdk.PutObjectCommand({ ...input, Body: Buffer.from(text), ContentType: "application/json" }),
      options,
    );
    // Every S3 server names what it has written; an answer without a name comes from something that stands between.
    if (ETag === undefined) throw this.#cutOff(`write "${key}"`);
  }

  /** Gives every page of a listing to `take`. */
  async #pages(
    doing: string,
    wanted: { readonly prefix: string; readonly after: string; readonly delimiter?: string },
    signal: AbortSignal | undefined,
    take: (page: ListObjectsV2CommandOutput) => void,
  ): Promise<void> {
    const { prefix, after, delimiter } = wanted;
    const { sdk, client } = this.#open;
    await this.#call(doing, false, signal, async (options) => {
      let token: string | undefined;
      do {
        const page: ListObjectsV2CommandOutput = await client.send(
          new sdk.ListObjectsV2Command({
            ...this.#common,
            Prefix: this.#prefix + prefix,
            MaxKeys: this.#settings.page,
            ...(delimiter !== undefined && { Delimiter: delimiter }),
            ...(after !== "" && { StartAfter: this.#prefix + after }),
            ...(token !== undefined && { ContinuationToken: token }),
          }),
          options,
        );
        take(page);
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
        // What isn't a listing (a login page of a network, answered with 200) has no such fields.
        if (page.IsTruncated === undefined || (page.IsTruncated && token === undefined))
          throw this.#cutOff(doing);
      } while (token !== undefined);
    });
  }

  #cutOff(doing: string): Error {
    return storeError(
      "STORE_UNAVAILABLE",
      `Cannot ${doing} in the checkpoint store "${this.location}": the answer is cut off, or not S3's`,
      { hint: "Look whether fs.s3a.endpoint or AWS_ENDPOINT_URL_S3 is the address of an S3 server." },
    );
  }

  async #call<T>(
    doing: string,
    writing: boolean,
    signal: AbortSignal | undefined,
    work: (options: CallOptions) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    try {
      return await work(signal === undefined ? {} : { abortSignal: signal });
    } catch (thrown) {
      signal?.throwIfAborted();
      const { bucket } = this.#settings;
      // The next try is signed for the server's time.
      if (s3Failure(thrown).code === CLOCK_REFUSED) this.#open.correctClock();
      const answered = this.#open.serverTime() !== undefined;
      throw s3Error({ location: this.location, bucket, answered }, doing, writing, thrown);
    }
  }
}

function listingOf(prefix: string): string {
  return prefix === "" ? "list all objects" : `list "${prefix}"`;
}
