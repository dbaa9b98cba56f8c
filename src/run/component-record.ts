import type { JsonValue } from "../base/mod.ts";
import type { Completion, ErrorFactsRecord } from "../checkpoint/mod.ts";
import type { PreparedComponent } from "./prepare.ts";
import type { ComponentOutcome, ComponentStatus, ResultError } from "./result.ts";
import type { WireError } from "./worker/protocol.ts";

/** Why a component counts as skipped that threw `SkipComponent`. */
const SKIPPED_ITSELF = "skip-component";

/** An attempt of this run that failed and was followed, or not, by another. */
export interface FailedAttempt {
  readonly attempt: number;
  readonly durationMs: number;
  readonly error: WireError;
}

/** What is known of one component while a run goes on, and in the end. */
export interface ComponentRecord {
  status: ComponentStatus;
  reason: string;
  attempts: number;
  durationMs: number;
  outputs: JsonValue | undefined;
  error: WireError | undefined;
  /** In the order of attempts. */
  failures: FailedAttempt[];
  /** On the steady clock: start of the first attempt in this run. */
  startedAt: number;
}

/** A component that has not been reached yet. */
export function newRecord(reason: string): ComponentRecord {
  return {
    status: "not-run",
    reason,
    attempts: 0,
    durationMs: 0,
    outputs: undefined,
    error: undefined,
    failures: [],
    startedAt: 0,
  };
}

/** The record of a component whose completion came from the checkpoint. */
export function restoredRecord(completion: Completion, reason: string): ComponentRecord {
  const { durationMs, outputs } = completion;
  return { ...newRecord(reason), status: "restored", durationMs, outputs };
}

/** Whether its work is done: in this run, in an earlier one, or by itself found needless. */
export function isCompleted({ status, reason }: Pick<ComponentRecord, "status" | "reason">): boolean {
  // Who was skipped because a dependency failed has done nothing and runs when the pipeline is resumed.
  return (
    status === "completed" || status === "restored" || (status === "skipped" && reason === SKIPPED_ITSELF)
  );
}

/** A component in the result document. */
export function outcomeOf(prepared: PreparedComponent, record: ComponentRecord): ComponentOutcome {
  const { error } = record;
  return {
    index: prepared.config.index,
    name: prepared.config.instanceName,
    type: prepared.config.instanceType,
    status: record.status,
    reason: record.reason,
    attempts: record.attempts,
    durationMs: Math.round(record.durationMs),
    outputs: record.outputs ?? null,
    error: error === undefined ? null : resultError(error),
    failedAttempts: record.failures.map((failure) => ({ ...failure, error: resultError(failure.error) })),
  };
}

function resultError({ name, message, code, hint }: WireError): ResultError {
  return { name, message, code: code ?? null, hint: hint ?? null };
}

/** An error as the journal keeps it. */
export function errorRecord(error: WireError): ErrorFactsRecord {
  const { name, message, code, hint } = error;
  return {
    name,
    message,
    ...(code === undefined ? {} : { code }),
    ...(hint === undefined ? {} : { hint }),
  };
}
