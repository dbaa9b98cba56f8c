import type { CheckpointStore } from "../store/mod.ts";
import { type KeyLogLine, readKeyLog } from "./key-log.ts";
import type { KeyNames } from "./names.ts";
import { type RunReading, readRun } from "./run-reading.ts";
import type { StartMode } from "./start.ts";
import type { Known } from "./start-plan.ts";

/** Everything that step 2 goes by. */
export interface Choice extends Known {
  readonly store: CheckpointStore;
  readonly names: KeyNames;
  readonly mode: StartMode["kind"];
  /** The run to resume: of mode `resume`, and of a caller's run ID that is taken by an older run. */
  readonly target: string | undefined;
  /** True where a completed last run is the answer: the start has a run key, or the caller's ID is that run's. */
  readonly completedIsEnough: boolean;
  /** The ID of the run, where a new one is begun. */
  readonly runId: string;
  /** Whether the caller can live with this ID for its run, which another start has chosen. */
  accepts(runId: string): boolean;
  readonly signal: AbortSignal | undefined;
}

/** Reads a run by its ID under the choice's key. */
export async function read(choice: Choice, runId: string): Promise<RunReading> {
  return readRun(choice.store, choice.names, runId, choice.signal);
}

/** The whole key log: read only where an older run is asked for. */
export async function history(choice: Choice): Promise<readonly KeyLogLine[]> {
  return readKeyLog(choice.store, choice.names, choice.signal);
}
