import type { LeaseHolder } from "../store/mod.ts";
import { isPoisoned } from "./budget.ts";
import { type ReadKey, type ReadRun, successorOf } from "./known-runs.ts";
import type { RunKind, RunReading } from "./run-reading.ts";
import type { CheckpointState, CheckpointStatus, RunState } from "./state.ts";

/** What one run's journal, or its head, says of it. */
export interface OwnFacts {
  readonly runId: string;
  /** Undefined: written by a newer version. */
  readonly kind: RunKind | undefined;
  readonly supersededBy: RunReading["supersededBy"];
  /** Of a run that is not completed: how it ended, as far as its own journal says. */
  readonly state: CheckpointState;
}

/** The runs of a key in the order of their starts, and what is known around them. */
export interface KeyFacts {
  readonly runs: readonly OwnFacts[];
  readonly holder: LeaseHolder | undefined;
  /** Whether a run that superseded another has no record yet. */
  isEmpty(runId: string): boolean;
}

/** The state of a run of a key whose journals were read. */
export function deriveState(key: ReadKey, one: ReadRun): CheckpointState {
  return stateIn(keyFacts(key), ownFacts(one));
}

/** A key whose journals were read, as facts. */
function keyFacts(key: ReadKey): KeyFacts {
  return {
    runs: key.runs.map(ownFacts),
    holder: key.holder,
    isEmpty: (runId) => successorOf(key, runId)?.kind === "empty",
  };
}

/** What a run's journal says, as facts. */
export function ownFacts({ run, reading }: ReadRun): OwnFacts {
  const state = reading?.state === undefined ? "interrupted" : ownState(reading.state);
  return { runId: run.runId, kind: reading?.kind, supersededBy: reading?.supersededBy, state };
}

/** How a run ended, by its own journal alone. */
export function ownState(state: RunState): CheckpointState {
  if (state.end?.type === "run-completed") return "completed";
  if (isPoisoned(state)) return "poisoned";
  if (state.end?.type !== "run-failed") return "interrupted";
  const { reason } = state.end;
  return reason === "partial" || reason === "poisoned" ? reason : "failed";
}

/**
 * The state of a run: from its own journal, from the key log (a later success retires it) and from the lease
 * (an open journal whose writer holds the key is running, any other is interrupted).
 */
export function stateIn(key: KeyFacts, one: OwnFacts): CheckpointState {
  switch (one.kind) {
    case "completed":
    case "deleted":
      return one.kind;
    case "superseded":
      return isPending(key, one) && !isRetired(key, one) ? one.state : "superseded";
    case "open":
    case "failed":
      if (isRunning(key, one)) return "running";
      return isRetired(key, one) ? "superseded" : one.state;
    case "empty":
      return "interrupted";
    case "corrupt":
    default:
      return "corrupt";
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
function isPending(key: KeyFacts, { supersededBy: by }: OwnFacts): boolean {
  return by !== undefined && !by.fresh && key.holder?.runId !== by.runId && key.isEmpty(by.runId);
}

function isRunning(key: KeyFacts, { kind, runId }: OwnFacts): boolean {
  return kind === "open" && key.holder?.runId === runId;
}

function isRetired(key: KeyFacts, { runId }: OwnFacts): boolean {
  const from = key.runs.findIndex((run) => run.runId === runId);
  return key.runs.slice(from + 1).some(({ kind }) => kind === "completed");
}
