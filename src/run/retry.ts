import type { RetryPolicy } from "../config/mod.ts";
import type { WireError } from "./worker/protocol.ts";

/** How many attempts a policy allows. */
export function maxAttempts(policy: RetryPolicy | undefined): number {
  return 1 + (policy?.maxRetries ?? 0);
}

/** Whether a failed attempt may be followed by another one. */
export function mayRetry(policy: RetryPolicy | undefined, attempt: number, error: WireError): boolean {
  if (policy === undefined || attempt >= maxAttempts(policy) || error.steering === "permanent") return false;
  if (error.steering === "transient" || policy.retryableExceptions.length === 0) return true;
  return policy.retryableExceptions.some((name) => isNamed(error, name));
}

/** The original's names are qualified (`java.io.IOException`); the last part is a class's name here. */
function isNamed(error: WireError, name: string): boolean {
  const short = name.slice(name.lastIndexOf(".") + 1);
  return error.classes.includes(name) || error.classes.includes(short);
}

/**
 * The time before the next attempt in ms: `initial-delay-ms` times `backoff-multiplier` for each attempt
 * before, at most `max-delay-ms`, plus or minus up to `jitter-factor` of it. `fraction` is uniform in [0, 1).
 */
export function retryDelay(policy: RetryPolicy, attempt: number, fraction: number): number {
  const grown = policy.initialDelayMs * policy.backoffMultiplier ** (attempt - 1);
  const delay = Math.min(grown, policy.maxDelayMs);
  const jitter = delay * policy.jitterFactor * (2 * fraction - 1);
  return Math.max(0, Math.round(delay + jitter));
}
