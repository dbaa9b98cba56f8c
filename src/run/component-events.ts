import { isoTime, type JsonValue } from "../base/mod.ts";
import type { Completion, RunEvent } from "../checkpoint/mod.ts";
import type { AttemptOutcome } from "./attempt.ts";
import { errorRecord } from "./component-record.ts";
import type { WireError } from "./worker/protocol.ts";

/** One attempt that is under way or about to start. */
export interface Try {
  readonly index: number;
  readonly attempt: number;
  /** True: in a worker that has run nothing. */
  readonly fresh: boolean;
}

/** Events with the starts that they allow after them. */
export function withStarts(events: readonly RunEvent[], next: readonly Try[]): readonly RunEvent[] {
  if (next.length === 0) return events;
  const starts = next.map(({ index, attempt }): RunEvent => ({ type: "attempt-started", index, attempt }));
  return [...events, ...starts];
}

/** Which attempt of which component an event is about, and how long it took. */
export interface AttemptFacts {
  readonly index: number;
  readonly attempt: number;
  readonly durationMs: number;
}

/** An attempt that came to its end as it should. */
export type GoodOutcome = AttemptOutcome & { readonly how: "completed" | "skipped" };

/** The facts of a completion; `now` is its time, ms since the epoch, and `outputs` hold no secret. */
export function completionOf(
  facts: AttemptFacts,
  outcome: GoodOutcome,
  outputs: JsonValue | undefined,
  now: number,
): Completion {
  const { index, attempt, durationMs } = facts;
  const artifacts = outcome.how === "completed" ? outcome.artifacts : undefined;
  return {
    index,
    attempt,
    startedAt: isoTime(now - durationMs),
    completedAt: isoTime(now),
    durationMs: Math.round(durationMs),
    ...(outputs === undefined ? {} : { outputs }),
    ...(artifacts === undefined ? {} : { artifacts }),
    ...(outcome.how === "skipped" ? { skipped: outcome.reason } : {}),
  };
}

/** The event of a completion. */
export function completionEvent(completion: Completion): RunEvent {
  const type = completion.skipped === undefined ? "component-completed" : "component-skipped";
  return { type, ...completion };
}

/** How a failure counts. */
export interface FailureKind {
  /** Another attempt follows in this run. */
  readonly retrying: boolean;
  /** It does not count against the resume budget. */
  readonly transient: boolean;
}

/** The event of a failed attempt. */
export function failureEvent(facts: AttemptFacts, error: WireError, kind: FailureKind): RunEvent {
  return {
    type: "component-failed",
    index: facts.index,
    attempt: facts.attempt,
    durationMs: Math.round(facts.durationMs),
    error: errorRecord(error),
    ...(kind.retrying ? { retrying: true } : {}),
    ...(kind.transient ? { transient: true } : {}),
  };
}
