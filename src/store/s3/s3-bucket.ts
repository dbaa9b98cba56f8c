import type { CairnError } from "../../base/mod.ts";
import { openS3Client, type OpenS3Client } from "./s3-client.ts";
import { CLOCK_REFUSED, s3Error, s3Failure } from "./s3-error.ts";
import { customerKey, writingInput } from "./s3-request.ts";
import { readS3Settings, type S3SettingsOptions } from "./s3-settings.ts";

/** Longest silence of a server on a data request, in ms: a part is uploaded, or a large object put together, meanwhile. */
const DATA_ANSWER_MS = 120_000;

/** One bucket with everything that its settings say a request must hold; for data, where checkpoints need not lie. */
export interface S3Bucket extends Pick<OpenS3Client, "sdk" | "client"> {
  /** What every request says. */
  readonly common: { readonly Bucket: string; readonly RequestPayer?: "requester" };
  /** What a request says that reads an object or a part of it. */
  readonly reading: ReturnType<typeof customerKey>;
  /** What a request says that writes one. */
  readonly writing: ReturnType<typeof writingInput>;
  /** Objects in one answer to a listing. */
  readonly page: number;
  /** False: the user says that the server knows no conditions. */
  readonly conditions: boolean;
  /** Does `work`; what the SDK throws becomes a STORE_… error. `doing` as in `write "s3a://lake/x"`. */
  call<T>(doing: string, writing: boolean, signal: AbortSignal | undefined, work: S3Work<T>): Promise<T>;
  /** S3's code of what was thrown: `NoSuchKey`, `PreconditionFailed`. */
  codeOf(thrown: unknown): { readonly code: string; readonly status: number | undefined };
  close(): void;
}

/** A piece of work with the options that each `send` in it takes. */
export type S3Work<T> = (options: { readonly abortSignal?: AbortSignal }) => Promise<T>;

/**
 * Opens a bucket by the same settings that a checkpoint store there has. No request is made.
 *
 * @throws CairnError STORE_BAD_SETTINGS
 */
export async function openS3Bucket(bucket: string, options: S3SettingsOptions): Promise<S3Bucket> {
  const settings = readS3Settings(bucket, options);
  const network = { ...settings.network, answerMs: Math.max(settings.network.answerMs, DATA_ANSWER_MS) };
  const open = await openS3Client({ ...settings, network });
  const fail = (doing: string, writing: boolean, thrown: unknown): CairnError => {
    // The next try is signed for the server's time.
    if (s3Failure(thrown).code === CLOCK_REFUSED) open.correctClock();
    const answered = open.serverTime() !== undefined;
    return s3Error({ location: undefined, bucket, answered }, doing, writing, thrown);
  };
  return {
    sdk: open.sdk,
    client: open.client,
    common: { Bucket: settings.bucket, ...(settings.requesterPays && { RequestPayer: "requester" }) },
    reading: customerKey(settings.writing),
    writing: writingInput(settings.writing),
    page: settings.page,
    conditions: settings.conditions,
    async call(doing, writing, signal, work) {
      signal?.throwIfAborted();
      try {
        return await work(signal === undefined ? {} : { abortSignal: signal });
      } catch (thrown) {
        signal?.throwIfAborted();
        throw fail(doing, writing, thrown);
      }
    },
    codeOf: s3Failure,
    close: () => open.client.destroy(),
  };
}
