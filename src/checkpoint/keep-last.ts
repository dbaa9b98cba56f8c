import { CairnError } from "../base/mod.ts";
import { keptFrom } from "./cleanup.ts";
import { deleteRun, type DeleteTools } from "./delete.ts";
import { deriveState } from "./derive-state.ts";
import { chainOf } from "./key-log.ts";
import { type KnownKey, knownKeys, type ReadRun, readKey } from "./known-runs.ts";
import { withCheckpointErrors } from "./store-failure.ts";

/** A completed run that has more than its final record. */
interface Kept {
  readonly key: KnownKey;
  readonly run: ReadRun["run"];
}

/**
 * Deletes the completed checkpoints of a pipeline, over all its run keys, but for the `keep` newest ones; each with the runs
 * that it resumed. Gives the IDs of the completed ones that went. Final records and key logs stay as in every deletion.
 */
export async function keepLast(
  tools: DeleteTools,
  request: { readonly pipelineName: string; readonly keep: number },
): Promise<readonly string[]> {
  return withCheckpointErrors(async () => {
    const kept: Kept[] = [];
    for (const known of await knownKeys(tools.store, { pipelineName: request.pipelineName }, tools.signal)) {
      const key = await readKey(tools.store, known, tools.signal);
      for (const one of key.runs) {
        if (deriveState(key, one) === "completed" && hasMore(one)) kept.push({ key: known, run: one.run });
      }
    }
    const newestFirst = kept.toSorted((a, b) => (a.run.at < b.run.at ? 1 : a.run.at > b.run.at ? -1 : 0));
    const deleted: string[] = [];
    for (const { key, run } of newestFirst.slice(request.keep)) {
      if (await deleteChain(tools, key, run.runId)) deleted.push(run.runId);
    }
    return deleted;
  });
}

function hasMore({ reading }: ReadRun): boolean {
  if (reading === undefined) return false;
  const final = keptFrom(reading);
  return reading.log.records.some(({ seq }) => seq < final);
}

/** Oldest first, as every removal; false where somebody writes to one of them, who then comes first. */
async function deleteChain(tools: DeleteTools, key: KnownKey, runId: string): Promise<boolean> {
  try {
    for (const one of chainOf(key.lines, runId)) await deleteRun(tools, { names: key.names, runId: one });
    return true;
  } catch (thrown) {
    if (thrown instanceof CairnError && thrown.code === "CHECKPOINT_HELD") return false;
    throw thrown;
  }
}
