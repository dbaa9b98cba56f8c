import { durationText } from "../base/mod.ts";
import type { FailedAttempt } from "./component-record.ts";
import type { AfterFailure } from "./retries.ts";

/** Why a component that may be retried is not, for the log; undefined where there is nothing to say. */
export function givenUpText(attempt: number, next: AfterFailure["next"]): string | undefined {
  switch (next) {
    case "used-up":
      return attempt > 1 ? `failed after ${attempt} attempts` : undefined;
    case "max-elapsed":
      return `failed after ${attempts(attempt)}: the next one would start later than max-elapsed`;
    case "circuit-open":
      return `failed after ${attempts(attempt)}: its circuit breaker stays open longer than retries are left`;
    default:
      return undefined;
  }
}

/** `attempt 2 of 4 failed: …; the next one starts in 2.0 s`. */
export function retryText(
  attempt: number,
  allowed: number,
  message: string,
  next: { readonly delayMs: number; readonly rejected: number },
): string {
  const open = next.rejected === 0 ? "" : ` (${next.rejected} rejected by the open circuit breaker)`;
  return `attempt ${attempt} of ${allowed} failed: ${message}; the next one starts in ${durationText(next.delayMs)}${open}`;
}

/** `completed on attempt 3, after TransientError: … (2 times)`: one reason for each run of equal ones. */
export function recoveredText(attempt: number, failures: readonly FailedAttempt[]): string {
  const counted: { readonly text: string; times: number }[] = [];
  for (const { error } of failures) {
    const text = `${error.name}: ${error.message}`;
    const last = counted.at(-1);
    if (last?.text === text) last.times++;
    else counted.push({ text, times: 1 });
  }
  const reasons = counted.map(({ text, times }) => (times === 1 ? text : `${text} (${times} times)`));
  return `completed on attempt ${attempt}, after ${reasons.join(", then ")}`;
}

function attempts(count: number): string {
  return `${count} attempt${count === 1 ? "" : "s"}`;
}
