import { partsOf } from "../run/mod.ts";
import type { PipelineHooks } from "../sdk/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";

/** Where the marker keeps its store. */
const STORE: unique symbol = Symbol("cairn.checkpoint-store");

interface Marker extends PipelineHooks {
  readonly [STORE]: CheckpointStore;
}

/**
 * Marks a run as checkpointed in `store`. A marker: it saves nothing as a hook; `runPipeline` finds it, also
 * inside `composeHooks`, and keeps the journal with every guarantee.
 */
export function checkpointHooks(store: CheckpointStore): PipelineHooks {
  const marker: Marker = { name: "checkpoint", [STORE]: store };
  return marker;
}

/** The store of the first marker among hooks, undefined where there is none. */
export function markedStore(hooks: PipelineHooks | undefined): CheckpointStore | undefined {
  if (hooks === undefined) return undefined;
  const marker = partsOf(hooks).find((part): part is Marker => STORE in part);
  return marker?.[STORE];
}
