import type { RetryPolicy } from "../config/mod.ts";
import type { WireError } from "./worker/protocol.ts";

/** Retries in a row that an open breaker may reject before a component is given up. */
const MAX_REJECTED = 10_000;

/** How many attempts a policy allows. */
export function maxAttempts(policy: RetryPolicy | undefined): number {
  return 1 + (policy?.maxRetries ?? 0);
}

/** Whether the error of a failed attempt is one that the policy tries again. */
export function isRetryable(policy: RetryPolicy | undefined, error: WireError): boolean {
  if (policy === undefined || error.steering === "permanent") return false;
  if (error.steering === "transient") return true;
  const { retryableExceptions: names, retryableExitCodes: codes } = policy;
  if (names.length === 0 && codes.length === 0) return true;
  const ended = error.exitCode !== undefined && codes.includes(error.exitCode);
  return ended || names.some((name) => isNamed(error, name));
}

/** The original's names are qualified (`java.io.IOException`); the last part is a class's name here. */
function isNamed(error: WireError, name: string): boolean {
  const short = name.slice(name.lastIndexOf(".") + 1);
  return error.classes.includes(name) || error.classes.includes(short);
}

/**
 * The time before a retry (the first is number 1) in ms: `initial-delay-ms` times `backoff-multiplier` for each
 * retry before, at most `max-delay-ms`, plus or minus up to `jitter-factor` of it. `fraction` is uniform in [0, 1).
 */
export function retryDelay(policy: RetryPolicy, retry: number, fraction: number): number {
  const { initialDelayMs, maxDelayMs, jitterFactor } = policy;
  // Without the first clause 0 times infinity, after very many retries, would be no number.
  const grown = initialDelayMs === 0 ? 0 : initialDelayMs * policy.backoffMultiplier ** (retry - 1);
  const delay = Math.min(grown, maxDelayMs);
  const jitter = delay * jitterFactor * (2 * fraction - 1);
  return Math.max(0, Math.round(delay + jitter));
}

/** Where a component stands after a failed attempt. */
export interface RetryPosition {
  /** Retries that are spent: made, or rejected by an open breaker. */
  readonly spent: number;
  /** Since its first attempt in this run, ms. */
  readonly elapsedMs: number;
  /** How long its circuit breaker stays open, ms; 0: closed. */
  readonly openMs: number;
}

/** The next attempt, or why there is none. */
export type NextRetry =
  | { readonly delayMs: number; readonly spent: number; readonly rejected: number }
  | "used-up"
  | "max-elapsed"
  | "circuit-open";

/**
 * The retry that follows. Retries that fall due while the breaker is open are rejected: spent, and not made. The
 * first one after that is made; where none is left there is no more attempt.
 */
export function nextRetry(policy: RetryPolicy, position: RetryPosition, fraction: number): NextRetry {
  const { elapsedMs, openMs, spent } = position;
  const last = Math.min(policy.maxRetries, spent + MAX_REJECTED);
  if (spent >= last) return "used-up";
  let delayMs = 0;
  for (let retry = spent + 1; retry <= last; retry++) {
    delayMs += retryDelay(policy, retry, fraction);
    if (policy.maxElapsedMs !== undefined && elapsedMs + delayMs > policy.maxElapsedMs) return "max-elapsed";
    if (delayMs >= openMs) return { delayMs, spent: retry, rejected: retry - spent - 1 };
  }
  return "circuit-open";
}
