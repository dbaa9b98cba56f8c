import type { ClosedBy, RunEnd, RunEvent } from "./events.ts";
import { foldRun } from "./fold.ts";
import { readableState } from "./derive-state.ts";
import type { RunReading } from "./run-reading.ts";

/**
 * The end of a run that whoever closes it writes down; undefined where the run had an end before, or never began.
 * Of a damaged journal it says what can be read.
 */
export function abandonedEnd(reading: RunReading, closedBy: ClosedBy): RunEnd | undefined {
  if (reading.turnEnded || reading.log.records.length === 0) return undefined;
  const state = readableState(reading, foldRun);
  const lastAt = reading.log.records.at(-1)?.at ?? "";
  const startedAt = state?.startedAt ?? lastAt;
  const { resumedFrom } = state ?? {};
  return {
    status: "abandoned",
    startedAt,
    endedAt: lastAt,
    durationMs: Math.max(0, Date.parse(lastAt) - Date.parse(startedAt)) || 0,
    rootRunId: state?.rootRunId ?? reading.runId,
    ...(resumedFrom !== undefined && { resumedFrom }),
    totalComponents: state?.components.length ?? 0,
    completed: state?.completions.size ?? 0,
    failed: state?.failures.size ?? 0,
    closedBy,
  };
}

/** The same as a member of the event that closes the run. */
export function closing(reading: RunReading, closedBy: ClosedBy): { readonly end?: RunEnd } {
  const end = abandonedEnd(reading, closedBy);
  return end === undefined ? {} : { end };
}

/**
 * How a run ended, by its highest records; undefined where it has not ended, never began, or an older version ended it.
 * What `superseded` and `deleted` say of a run that had ended stands one record below.
 */
export function endOf(reading: RunReading): RunEnd | undefined {
  const [before, top] = reading.log.records.slice(-2).map(({ events }) => events.at(-1));
  if (top === undefined) return endIn(before);
  return endIn(top) ?? (top.type === "superseded" || top.type === "deleted" ? endIn(before) : undefined);
}

function endIn(event: RunEvent | undefined): RunEnd | undefined {
  switch (event?.type) {
    case "run-completed":
    case "run-failed":
    case "run-interrupted":
    case "superseded":
    case "deleted":
      return event.end;
    default:
      return undefined;
  }
}
