import type { PipelineHooks } from "../sdk/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";

/** Marks hooks that stand for a store; a symbol, so that no hook of a plugin can be taken for one. */
export const CHECKPOINT_STORE: unique symbol = Symbol("cairn.checkpoint-store");

/** The marker that {@link checkpointHooks} gives. */
export interface CheckpointHooks extends PipelineHooks {
  readonly [CHECKPOINT_STORE]: CheckpointStore;
}

/**
 * Marks a run as checkpointed in `store`. A marker: it saves nothing as a hook; `runPipeline` finds it, also
 * inside `composeHooks`, and keeps the journal with every guarantee.
 */
export function checkpointHooks(store: CheckpointStore): CheckpointHooks {
  return { name: "checkpoint", [CHECKPOINT_STORE]: store };
}
