import type { Clock } from "../base/mod.ts";
import { retrying } from "../store/mod.ts";
import { asFileError } from "./file-error.ts";

/** How the calls of remote file systems are repeated. */
export interface RetrySettings {
  /** How long a failing call is repeated, ms. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** A try that takes longer counts as failed, ms: a part of a large file has to go through. */
const TRY_TIMEOUT_MS = 5 * 60_000;

/** Repeats `work` while it fails with what may pass; its errors come out as FILE_… ones. */
export async function remoteCall<T>(
  uri: string,
  call: string,
  { timeoutMs, clock }: RetrySettings,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    return await retrying(uri, call, { timeoutMs, tryTimeoutMs: TRY_TIMEOUT_MS, clock }, signal, work);
  } catch (thrown) {
    signal?.throwIfAborted();
    throw asFileError(thrown);
  }
}
