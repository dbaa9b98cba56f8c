import type { CheckpointStore } from "../store/mod.ts";
import { damageOf } from "./list.ts";
import type { KnownRun } from "./known-runs.ts";
import type { Damage } from "./record.ts";
import { type RunKind, readRun } from "./run-reading.ts";
import { withCheckpointErrors } from "./store-failure.ts";

/** What checking a run's chain found. */
export interface Verification {
  readonly runId: string;
  readonly kind: RunKind;
  /** Records whose sum is right. */
  readonly records: number;
  /** Numbers of torn records that nobody ever took as written. */
  readonly voids: readonly number[];
  /** Where the chain is broken; empty: it is sound. */
  readonly damage: readonly Damage[];
}

/** Checks sums, numbers and chain of one run. Throws CHECKPOINT_NEWER_VERSION and what the store throws. */
export async function verifyRun(
  store: CheckpointStore,
  run: Pick<KnownRun, "names" | "runId">,
  signal?: AbortSignal,
): Promise<Verification> {
  const reading = await withCheckpointErrors(async () => readRun(store, run.names, run.runId, signal));
  return {
    runId: run.runId,
    kind: reading.kind,
    records: reading.log.records.length,
    voids: reading.log.voids,
    damage: damageOf(reading),
  };
}
