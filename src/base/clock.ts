import { startTimer } from "./start-timer.ts";

/** Time as an argument, so that tests own it. */
export interface Clock {
  /** Milliseconds since the epoch, for people and records; may jump. */
  now(): number;
  /** Milliseconds from an arbitrary start; never goes back and goes on while the machine sleeps (CLOCK_BOOTTIME where there is one). */
  steady(): number;
  /** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  steady: () => performance.now(),
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const onAbort = (): void => {
        stop();
        reject(signal?.reason as Error);
      };
      const stop = startTimer(ms, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      signal?.addEventListener("abort", onAbort, { once: true });
      return undefined;
    });
  },
};

/** ISO 8601 in UTC with milliseconds, the one spelling of instants in records and documents. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
