import type { Checkpoint, CheckpointState, RunEvent, RunState } from "../checkpoint/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";
import { unfinished } from "./unfinished.ts";

/** What to list; absent: everything of the location. */
export interface ListRequest {
  readonly pipelineName?: string | undefined;
  /** Only failed, partial and interrupted runs. Default false. */
  readonly resumable?: boolean | undefined;
}

/** All runs of a store, newest first. */
export function listCheckpoints(
  store: CheckpointStore,
  request: ListRequest = {},
): Promise<readonly Checkpoint[]> {
  return unfinished();
}

/** Failed, partial and interrupted runs of a pipeline, newest first. */
export function listResumableCheckpoints(
  pipelineName: string,
  store: CheckpointStore,
): Promise<readonly Checkpoint[]> {
  return listCheckpoints(store, { pipelineName, resumable: true });
}

/** One checkpoint with all that is kept of it. */
export interface CheckpointInFull {
  readonly checkpoint: Checkpoint;
  readonly state: RunState | undefined;
  /** What is readable, in order. */
  readonly records: readonly {
    readonly seq: number;
    readonly at: string;
    readonly events: readonly RunEvent[];
  }[];
  /** What is wrong with its chain; empty: sound. */
  readonly problems: readonly string[];
}

/**
 * Reads one checkpoint. `runId`: the ID, a unique prefix or `latest` (then `pipelineName` may narrow it).
 * @throws CairnError CHECKPOINT_NOT_FOUND, RUN_ID_AMBIGUOUS
 */
export function readCheckpoint(
  store: CheckpointStore,
  runId: string,
  pipelineName?: string,
): Promise<CheckpointInFull> {
  return unfinished();
}

export interface Verification {
  readonly runId: string;
  readonly records: number;
  readonly sound: boolean;
  readonly problems: readonly string[];
}

/** Checks the chain of one checkpoint. */
export function verifyCheckpoint(store: CheckpointStore, runId: string): Promise<Verification> {
  return unfinished();
}

export interface DeleteRequest {
  /** Also while a live runner holds it. Default false. */
  readonly ignoreLease?: boolean | undefined;
}

/** Removes one checkpoint; answers its full run ID. */
export function deleteCheckpoint(
  store: CheckpointStore,
  runId: string,
  request: DeleteRequest = {},
): Promise<string> {
  return unfinished();
}

export interface PruneRequest {
  readonly olderThanMs: number;
  readonly pipelineName?: string | undefined;
  /** Default: completed, superseded, deleted. */
  readonly states?: readonly CheckpointState[] | undefined;
  /** Only tell. Default false. */
  readonly dryRun?: boolean | undefined;
}

export interface Pruned {
  readonly runId: string;
  readonly pipelineName: string;
  readonly state: CheckpointState;
  readonly startedAt: string;
}

/** Removes what is old; answers what was (or would be) removed. */
export function pruneCheckpoints(store: CheckpointStore, request: PruneRequest): Promise<readonly Pruned[]> {
  return unfinished();
}
