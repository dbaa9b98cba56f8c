import { type JsonObject, systemClock, systemRandom } from "../base/mod.ts";
import {
  type Checkpoint,
  type CheckpointDetails,
  type CheckpointState,
  deleteRun,
  type DeleteTools,
  findRun,
  listCheckpoints as list,
  prune,
  type Pruned,
  readCheckpoint as read,
  verifyRun,
} from "../checkpoint/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";
import { type SweepRequest, sweepStaged } from "./sweep-staged.ts";

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
  return list(store, { pipelineName: request.pipelineName, resumableOnly: request.resumable });
}

/** Failed, partial and interrupted runs of a pipeline, newest first. */
export function listResumableCheckpoints(
  pipelineName: string,
  store: CheckpointStore,
): Promise<readonly Checkpoint[]> {
  return listCheckpoints(store, { pipelineName, resumable: true });
}

/** One checkpoint with all that is kept of it. */
export interface CheckpointInFull extends Pick<CheckpointDetails, "checkpoint" | "state" | "records"> {
  /** What is wrong with its chain; empty: sound. */
  readonly problems: readonly string[];
}

/**
 * Reads one checkpoint. `runId`: the ID, a unique prefix or `latest` (then `pipelineName` may narrow it).
 * @throws CairnError CHECKPOINT_NO_SUCH_RUN, CHECKPOINT_AMBIGUOUS_RUN
 */
export async function readCheckpoint(
  store: CheckpointStore,
  runId: string,
  pipelineName?: string,
): Promise<CheckpointInFull> {
  const { checkpoint, state, records, damage } = await read(
    store,
    await findRun(store, runId, { pipelineName }),
  );
  return { checkpoint, state, records, problems: damage.map(problemText) };
}

function problemText({ seq, why }: { readonly seq: number; readonly why: string }): string {
  return `record ${seq}: ${why}`;
}

export interface Verification {
  readonly runId: string;
  readonly records: number;
  readonly sound: boolean;
  readonly problems: readonly string[];
}

/** Checks the chain of one checkpoint. @throws as {@link readCheckpoint}, and CHECKPOINT_NEWER_VERSION */
export async function verifyCheckpoint(store: CheckpointStore, runId: string): Promise<Verification> {
  const found = await verifyRun(store, await findRun(store, runId));
  const problems = found.damage.map(problemText);
  return { runId: found.runId, records: found.records, sound: problems.length === 0, problems };
}

export interface DeleteRequest {
  /** Also while a live runner holds it. Default false. */
  readonly ignoreLease?: boolean | undefined;
  /** Is told what the run's attempts had staged and could not be removed. */
  readonly warn?: ((message: string) => void) | undefined;
}

export type { Pruned };

/** What deletions are done with; `warn` is told what could not be swept. */
function deleteTools(store: CheckpointStore, warn: SweepRequest["warn"]): DeleteTools {
  const sweep = (staged: readonly JsonObject[]): Promise<void> => sweepStaged(staged, { warn });
  return { store, clock: systemClock, random: systemRandom, sweep };
}

/** Removes one checkpoint; answers its full run ID. @throws as {@link readCheckpoint}, and CHECKPOINT_HELD */
export async function deleteCheckpoint(
  store: CheckpointStore,
  runId: string,
  request: DeleteRequest = {},
): Promise<string> {
  const run = await findRun(store, runId);
  const { ignoreLease, warn } = request;
  return (await deleteRun(deleteTools(store, warn), run, { ignoreLease })).runId;
}

export interface PruneRequest {
  readonly olderThanMs: number;
  readonly pipelineName?: string | undefined;
  /** Default: completed, superseded, deleted. */
  readonly states?: readonly CheckpointState[] | undefined;
  /** Only tell. Default false. */
  readonly dryRun?: boolean | undefined;
  /** Is told what attempts had staged and could not be removed. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** Removes what is old; answers what was (or would be) removed. */
export function pruneCheckpoints(store: CheckpointStore, request: PruneRequest): Promise<readonly Pruned[]> {
  return prune(deleteTools(store, request.warn), request);
}
