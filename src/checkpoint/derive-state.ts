import { isPoisoned } from "./budget.ts";
import { type ReadKey, type ReadRun, successorIn } from "./known-runs.ts";
import type { RunReading } from "./run-reading.ts";
import type { CheckpointState, CheckpointStatus, RunState } from "./state.ts";

/**
 * The state of a run: from its own journal, from the key log (a later success retires it) and from the lease
 * (an open journal whose writer holds the key is running, any other is interrupted).
 */
export function deriveState(key: ReadKey, { run, reading }: ReadRun): CheckpointState {
  if (reading === undefined) return "corrupt";
  switch (reading.kind) {
    case "completed":
    case "deleted":
      return reading.kind;
    case "superseded":
      return isPending(key, reading) ? unfinished(key, reading) : "superseded";
    case "open":
    case "failed":
      return isRunning(key, reading) || !isRetired(key, run.runId) ? unfinished(key, reading) : "superseded";
    case "corrupt":
      return "corrupt";
    case "empty":
    default:
      return "interrupted";
  }
}

/** The original's three values. */
export function statusOf(state: CheckpointState): CheckpointStatus {
  if (state === "running") return "Running";
  return state === "completed" ? "Completed" : "Failed";
}

/** States that a resume can start from. */
export const RESUMABLE: ReadonlySet<CheckpointState> = new Set<CheckpointState>([
  "failed",
  "partial",
  "interrupted",
]);

/** The fold of what can be read: of a damaged journal, the records before the first damage. */
export function readableState(
  reading: RunReading,
  fold: (records: RunReading["log"]["records"]) => RunState | undefined,
): RunState | undefined {
  if (reading.state !== undefined) return reading.state;
  const damaged = reading.log.damage[0]?.seq ?? Infinity;
  return fold(reading.log.records.filter(({ seq }) => seq < damaged));
}

/** Its successor was named and never begun: whoever resumes it goes on with that one. */
function isPending(key: ReadKey, reading: RunReading): boolean {
  const by = reading.supersededBy;
  if (by === undefined || by.fresh || key.holder?.runId === by.runId) return false;
  return successorIn(key, reading)?.kind === "empty";
}

function isRunning(key: ReadKey, reading: RunReading): boolean {
  return reading.kind === "open" && key.holder?.runId === reading.runId;
}

function isRetired(key: ReadKey, runId: string): boolean {
  const from = key.runs.findIndex(({ run }) => run.runId === runId);
  return key.runs.slice(from + 1).some(({ reading }) => reading?.kind === "completed");
}

function unfinished(key: ReadKey, reading: RunReading): CheckpointState {
  if (isRunning(key, reading)) return "running";
  if (reading.state !== undefined && isPoisoned(reading.state)) return "poisoned";
  const end = reading.state?.end;
  if (end?.type !== "run-failed") return "interrupted";
  return end.reason === "partial" || end.reason === "poisoned" ? end.reason : "failed";
}
