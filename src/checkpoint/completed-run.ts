import type { CheckpointStore } from "../store/mod.ts";
import { holdsMore } from "./cleanup.ts";
import { readKeyLog } from "./key-log.ts";
import { keyNames } from "./names.ts";
import { readRun } from "./run-reading.ts";
import { withCheckpointErrors } from "./store-failure.ts";

/** What is still known of a run that has completed, even where its checkpoint was removed. */
export interface CompletedRun {
  readonly rootRunId: string;
  readonly resumedFrom: string | undefined;
  /** False where nothing is left of it but the records that outlive every removal. */
  readonly kept: boolean;
}

/** Reads a completed run: from its own records where they are kept, else from the key log. */
export async function completedRun(
  store: CheckpointStore,
  run: { readonly pipelineName: string; readonly runKey: string | undefined; readonly runId: string },
  signal?: AbortSignal,
): Promise<CompletedRun> {
  return withCheckpointErrors(async () => readCompleted(store, run, signal));
}

async function readCompleted(
  store: CheckpointStore,
  run: Parameters<typeof completedRun>[1],
  signal: AbortSignal | undefined,
): Promise<CompletedRun> {
  const names = keyNames(run.pipelineName, run.runKey);
  const reading = await readRun(store, names, run.runId, signal);
  const kept = holdsMore(reading);
  if (reading.state !== undefined) {
    const { rootRunId, resumedFrom } = reading.state;
    return { rootRunId, resumedFrom, kept };
  }
  const lines = await readKeyLog(store, names, signal);
  const before = new Map(lines.map((line) => [line.runId, line.resumedFrom]));
  const seen = new Set([run.runId]);
  let root = run.runId;
  for (let at = before.get(root); at !== undefined && !seen.has(at); at = before.get(at)) {
    seen.add(at);
    root = at;
  }
  return { rootRunId: root, resumedFrom: before.get(run.runId), kept };
}
