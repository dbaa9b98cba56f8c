import { type Section, section } from "./field.ts";
import { duration, list, name, numberFrom, wholeNumber } from "./kinds.ts";
import type { CircuitBreakerPolicy, RetryPolicy } from "./pipeline.ts";

/** Keys and defaults as the original has them, so that its files load. */
export const retryPolicySection: Section<RetryPolicy> = section<RetryPolicy>({
  path: "pipeline.retry-policy",
  doc: "How often and how soon a failed component is tried again. Absent: never.",
  fields: {
    maxRetries: {
      key: "max-retries",
      doc: "how often after the first attempt",
      kind: wholeNumber(0),
      default: 3,
    },
    initialDelayMs: {
      key: "initial-delay-ms",
      doc: "milliseconds before the first retry",
      kind: wholeNumber(0),
      default: 1000,
    },
    maxDelayMs: {
      key: "max-delay-ms",
      doc: "the longest delay, in milliseconds",
      kind: wholeNumber(0),
      default: 30_000,
    },
    backoffMultiplier: {
      key: "backoff-multiplier",
      doc: "what each delay is longer by than the one before",
      kind: numberFrom(1),
      default: 2,
    },
    jitterFactor: {
      key: "jitter-factor",
      doc: "the share of a delay that chance may add or take away",
      kind: numberFrom(0, 1),
      default: 0.1,
    },
    retryableExceptions: {
      key: "retryable-exceptions",
      doc: "names of error classes that are retried; with retryable-exit-codes both empty: all but PermanentError",
      kind: list(name),
      default: [],
    },
    retryableExitCodes: {
      key: "retryable-exit-codes",
      doc: "exit codes of programs that are retried, beside retryable-exceptions; both empty: all errors but PermanentError",
      kind: list(wholeNumber(0)),
      default: [],
    },
    maxElapsedMs: {
      key: "max-elapsed",
      doc: "no retry starts later than this after the component's first attempt in the run",
      kind: duration,
      defaultText: "no bound",
    },
  },
});

/** Keys and defaults as the original has them. */
export const circuitBreakerSection: Section<CircuitBreakerPolicy> = section<CircuitBreakerPolicy>({
  path: "pipeline.circuit-breaker",
  doc: "After how many failed attempts in a row a component is left alone for a while. Absent: never.",
  fields: {
    failureThreshold: {
      key: "failure-threshold",
      doc: "failed attempts in a row that open the breaker",
      kind: wholeNumber(1),
      default: 5,
    },
    resetTimeoutMs: {
      key: "reset-timeout-ms",
      doc: "milliseconds that it stays open before an attempt may show whether things are better",
      kind: wholeNumber(0),
      default: 60_000,
    },
    halfOpenSuccessThreshold: {
      key: "half-open-success-threshold",
      doc: "successful attempts that close it again",
      kind: wholeNumber(1),
      default: 2,
    },
  },
});
