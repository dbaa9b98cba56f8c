import { CairnError, messageOf, systemClock, systemRandom, type Clock, type Random } from "../../base/mod.ts";
import { isTransient, storeError } from "../errors.ts";
import type { CheckpointStore } from "../store.ts";
import { wrapShortcuts } from "./wrap-shortcuts.ts";

export interface RetryOptions {
  /** `store-timeout`: how long a failing call is repeated, in ms; 4 minutes by default. Shorter than the lease. */
  readonly timeoutMs?: number | undefined;
  /** After how many ms a try that doesn't answer counts as failed; 30,000 by default. */
  readonly tryTimeoutMs?: number | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  /** When it aborts, nothing is repeated any more: what is under way ends, and a later call has one short try. */
  readonly hurry?: AbortSignal | undefined;
  /** Is told of each failure that is followed by another try. */
  readonly onRetry?: ((retry: StoreRetry) => void) | undefined;
}

export interface StoreRetry {
  /** The method of the store. */
  readonly call: string;
  /** Number of the try that failed, from 1. */
  readonly attempt: number;
  /** Pause before the next one, in ms. */
  readonly delayMs: number;
  readonly error: unknown;
}

const DEFAULT_TIMEOUT_MS = 4 * 60_000;
const DEFAULT_TRY_TIMEOUT_MS = 30_000;
/** Pauses between tries: from the first, doubling, to the longest; each shortened by up to half by chance. */
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 10_000;
const SPREAD = 0.5;
/** How long the one try of a call may take that comes when there is no more time, in ms. */
const HURRIED_TRY_MS = 2_000;

/**
 * Puts retries before a store: transient errors and calls without an answer are repeated with growing pauses until
 * `timeoutMs` is over, then STORE_TIMEOUT is thrown with the last error as its cause. Other errors pass at once. No
 * store retries by itself, so that the time adds up in one place.
 *
 * An append is repeated with the same text, and so may be answered `taken: true` with that text: the first try had
 * worked. `lease`s pass as the store gives them.
 */
export function withRetry(store: CheckpointStore, options: RetryOptions = {}): CheckpointStore {
  const run = <T>(
    call: string,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> => retrying(store.location, call, options, signal, work);
  return {
    location: store.location,
    can: store.can,
    shortcuts: store.shortcuts && wrapShortcuts(store.shortcuts, run),
    append: (log, seq, text, signal) => run("append", signal, (inner) => store.append(log, seq, text, inner)),
    read: (log, from, signal) => run("read", signal, (inner) => store.read(log, from, inner)),
    last: (log, signal) => run("last", signal, (inner) => store.last(log, inner)),
    logs: (prefix, signal) => run("logs", signal, (inner) => store.logs(prefix, inner)),
    remove: (log, seqs, signal) => run("remove", signal, (inner) => store.remove(log, seqs, inner)),
    takeLease: (name, holder, signal) =>
      run("takeLease", signal, (inner) => store.takeLease(name, holder, inner)),
    leaseHolder: (name, signal) => run("leaseHolder", signal, (inner) => store.leaseHolder(name, inner)),
    time: (signal) => run("time", signal, (inner) => store.time(inner)),
    writtenAt: (log, signal) => run("writtenAt", signal, (inner) => store.writtenAt(log, inner)),
    close: () => store.close(),
  };
}

/** Does `work`, what `call` names, as {@link withRetry} does the calls of a store: for what comes before there is one. */
export async function retrying<T>(
  location: string,
  call: string,
  options: RetryOptions,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS, tryTimeoutMs = DEFAULT_TRY_TIMEOUT_MS, hurry } = options;
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  const began = clock.steady();
  const deadline = began + timeoutMs;
  const hurried = hurry?.aborted === true;
  const end = hurry === undefined || hurried ? signal : anySignal(signal, hurry);
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    const fail = (thrown: unknown): CairnError =>
      timeoutError({ location, call, ms: clock.steady() - began, attempts: attempt, cause: thrown });
    let delayMs: number;
    try {
      const left = Math.max(1, deadline - clock.steady());
      return await bounded(clock, Math.min(hurried ? HURRIED_TRY_MS : tryTimeoutMs, left), call, end, work);
    } catch (thrown) {
      // An aborted caller gets no further try, and its own reason.
      signal?.throwIfAborted();
      if (hurry?.aborted === true && (isTransient(thrown) || thrown === hurry.reason)) throw fail(thrown);
      if (!isTransient(thrown)) throw thrown;
      const longest = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), LONGEST_DELAY_MS);
      delayMs = Math.round(longest * (1 - SPREAD * random.fraction()));
      if (clock.steady() + delayMs >= deadline) throw fail(thrown);
      options.onRetry?.({ call, attempt, delayMs, error: thrown });
    }
    try {
      await clock.sleep(delayMs, end);
    } catch (thrown) {
      signal?.throwIfAborted();
      throw hurry?.aborted === true ? fail(thrown) : thrown;
    }
  }
}

function anySignal(signal: AbortSignal | undefined, hurry: AbortSignal): AbortSignal {
  return signal === undefined ? hurry : AbortSignal.any([signal, hurry]);
}

/** Does `work` with a signal that aborts with the caller's or after `ms`; doesn't wait for work that ignores it. */
async function bounded<T>(
  clock: Clock,
  ms: number,
  call: string,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const done = new AbortController();
  const inner = signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]);
  const abandoned = new Promise<never>((_, reject) => {
    inner.addEventListener("abort", () => reject(inner.reason as Error), { once: true });
  });
  const timer = clock.sleep(ms, done.signal).then(
    () => late.abort(storeError("STORE_UNAVAILABLE", `The store did not answer "${call}" within ${ms} ms`)),
    () => undefined,
  );
  try {
    return await Promise.race([work(inner), abandoned]);
  } finally {
    done.abort();
    await timer;
  }
}

interface TimeoutFacts {
  readonly location: string;
  readonly call: string;
  readonly ms: number;
  readonly attempts: number;
  readonly cause: unknown;
}

function timeoutError({ location, call, ms, attempts, cause }: TimeoutFacts): CairnError {
  const times = attempts === 1 ? "once" : `${attempts} times`;
  return storeError(
    "STORE_TIMEOUT",
    `Cannot reach the checkpoint store "${location}": "${call}" failed ${times} in ${Math.round(ms / 1000)} s, at last with: ${messageOf(cause)}`,
    {
      cause,
      hint:
        (cause instanceof CairnError ? cause.hint : undefined) ??
        "What was recorded is intact. When the store answers again, resume; pipeline.checkpoint.store-timeout says how long to try.",
      details: { location, call, attempts },
    },
  );
}
