import type { JsonValue } from "../base/mod.ts";
import type { Completion, ErrorFactsRecord } from "../checkpoint/mod.ts";
import type { PreparedComponent } from "./prepare.ts";
import type { ComponentOutcome, ComponentStatus } from "./result.ts";
import type { WireError } from "./worker/protocol.ts";

/** What is known of one component while a run goes on, and in the end. */
export interface ComponentRecord {
  status: ComponentStatus;
  reason: string;
  attempts: number;
  durationMs: number;
  outputs: JsonValue | undefined;
  error: WireError | undefined;
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
    startedAt: 0,
  };
}

/** The record of a component whose completion came from the checkpoint. */
export function restoredRecord(completion: Completion, reason: string): ComponentRecord {
  const { durationMs, outputs } = completion;
  return { ...newRecord(reason), status: "restored", durationMs, outputs };
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
    error:
      error === undefined
        ? null
        : { name: error.name, message: error.message, code: error.code ?? null, hint: error.hint ?? null },
  };
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
