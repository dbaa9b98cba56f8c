import { isoTime, type JsonObject } from "../base/mod.ts";
import type { AbandonedRun, HookComponent, HookError, HookRun, LateEnd, RunStatus } from "../sdk/mod.ts";

/** The original's words for how a run ended; `interrupted` is ours. */
export const PIPELINE_STATUS: Readonly<Record<RunStatus, string>> = {
  completed: "success",
  partial: "partial_success",
  failed: "failure",
  interrupted: "interrupted",
};

/** The word for a run whose process went without one. */
export const ABANDONED_STATUS = "abandoned";

/** The fields that every record about a run starts with. */
export function runFields(run: HookRun): JsonObject {
  return { run_id: run.runId, pipeline_name: run.pipelineName };
}

/** What is added to an end that is told late; nothing to one that is told in time. */
export function lateFields(late: LateEnd | undefined): JsonObject {
  if (late === undefined) return {};
  return { late: true, ended_at: late.endedAt, ...(late.again ? { repeated: true } : {}) };
}

/** The fields of the event `pipeline_abandoned`. */
export function abandonedFields(run: AbandonedRun): JsonObject {
  return {
    ...runFields(run),
    duration_ms: Math.round(run.durationMs),
    status: ABANDONED_STATUS,
    last_seen: run.lastSeenAt,
    closed_by: run.closedBy,
    components_completed: run.completed,
    components_failed: run.failed,
    ...chainFields(run),
    ...(run.again ? { repeated: true } : {}),
  };
}

/** What a start says of the chain of runs it belongs to; nothing for a first run without a key. */
export function chainFields(run: HookRun): JsonObject {
  return {
    ...(run.resumedFrom === undefined ? {} : { resumed_from: run.resumedFrom, root_run_id: run.rootRunId }),
    ...(run.runKey === undefined ? {} : { run_key: run.runKey }),
  };
}

/** The fields that every record about a component starts with; the index counts from 1, as the original's. */
export function componentFields(component: HookComponent): JsonObject {
  return {
    ...runFields(component),
    component_name: component.name,
    component_index: component.index + 1,
    total_components: component.totalComponents,
  };
}

export function errorFields(error: HookError): JsonObject {
  return {
    error_type: error.name,
    error_message: error.message,
    ...(error.code === undefined ? {} : { error_code: error.code }),
    ...(error.hint === undefined ? {} : { error_hint: error.hint }),
  };
}

export function timestampField(now: number): JsonObject {
  return { timestamp: isoTime(now) };
}
