import { CairnError } from "../base/mod.ts";
import { type CheckpointStore, inParallel, type LeaseHolder } from "../store/mod.ts";
import { deriveState, RESUMABLE, stateIn, statusOf } from "./derive-state.ts";
import type { RunEvent } from "./events.ts";
import {
  type KnownRun,
  knownKeys,
  type ReadKey,
  readKey,
  type ReadRun,
  runsOf,
  type Scope,
  WIDTH,
} from "./known-runs.ts";
import { lookAtKey, stateOf } from "./look-at-key.ts";
import type { Damage } from "./record.ts";
import type { RunReading } from "./run-reading.ts";
import { withCheckpointErrors } from "./store-failure.ts";
import { noSuchRun } from "./start-plan.ts";
import type { Checkpoint, CheckpointState, RunState } from "./state.ts";
import { stopsNowhere, type Summary, summaryOf } from "./summary.ts";

/** What to list. */
export interface ListOptions extends Scope {
  /** Only failed, partial and interrupted runs. Default false. */
  readonly resumableOnly?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The checkpoints of a location, the newest run first. A run whose records were removed (cleaned up, deleted)
 * has none any more, nor has one that never wrote its first record.
 */
export async function listCheckpoints(
  store: CheckpointStore,
  options: ListOptions = {},
): Promise<readonly Checkpoint[]> {
  const found: Checkpoint[] = [];
  await withCheckpointErrors(async () => {
    const keys = await knownKeys(store, options, options.signal);
    const looked = await inParallel(keys, WIDTH, (key) => lookAtKey(store, key, options.signal));
    for (const key of looked) {
      for (const { facts, summary, hasRecords } of key.runs) {
        if (hasRecords) found.push(checkpointWith(summary, stateIn(key.facts, facts), key.facts.holder));
      }
    }
  });
  const listed = options.resumableOnly === true ? found.filter(({ state }) => RESUMABLE.has(state)) : found;
  return listed
    .toReversed()
    .toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : a.startedAt > b.startedAt ? -1 : 0));
}

/**
 * A run of a location by its ID, a unique beginning of one, or `latest` (of the key last started, where there are
 * several). Throws CHECKPOINT_NO_SUCH_RUN and CHECKPOINT_AMBIGUOUS_RUN (world, exit 4).
 */
export async function findRun(
  store: CheckpointStore,
  idOrPrefix: string,
  scope: Scope = {},
  signal?: AbortSignal,
): Promise<KnownRun> {
  const keys = await withCheckpointErrors(async () => knownKeys(store, scope, signal));
  const runs = keys.flatMap((key) => runsOf(key));
  if (idOrPrefix === "latest") return latestOf(keys.flatMap((key) => runsOf(key).slice(-1)));
  const exact = runs.filter(({ runId }) => runId === idOrPrefix);
  const matching = exact.length > 0 ? exact : runs.filter(({ runId }) => runId.startsWith(idOrPrefix));
  const [only, ...others] = matching;
  if (only === undefined || idOrPrefix === "") throw noSuchRun(idOrPrefix);
  if (others.length === 0) return only;
  throw new CairnError(`Cannot tell which run "${idOrPrefix}" is: ${matching.length} run IDs begin with it`, {
    code: "CHECKPOINT_AMBIGUOUS_RUN",
    kind: "world",
    hint: `Give more of the ID: ${matching
      .map(({ runId }) => runId)
      .slice(0, 5)
      .join(", ")}`,
    details: { runId: idOrPrefix },
  });
}

function latestOf(ends: readonly KnownRun[]): KnownRun {
  const [latest] = ends.toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  if (latest === undefined) throw noSuchRun("latest");
  return latest;
}

/** One checkpoint in full. */
export interface CheckpointDetails {
  readonly checkpoint: Checkpoint;
  /** The fold of what can be read; undefined where nothing can. */
  readonly state: RunState | undefined;
  readonly records: readonly {
    readonly seq: number;
    readonly at: string;
    readonly events: readonly RunEvent[];
  }[];
  /** Numbers of torn, void records. */
  readonly voids: readonly number[];
  /** Where the journal is damaged; empty where it is whole or its records were removed in order. */
  readonly damage: readonly Damage[];
}

/** Reads one run in full, also one whose records were removed. Throws CHECKPOINT_NO_SUCH_RUN. */
export async function readCheckpoint(
  store: CheckpointStore,
  run: Pick<KnownRun, "pipelineName" | "runKey" | "runId">,
  signal?: AbortSignal,
): Promise<CheckpointDetails> {
  const scope = { pipelineName: run.pipelineName, runKey: run.runKey ?? null };
  const key = await withCheckpointErrors(async () => {
    const [known] = await knownKeys(store, scope, signal);
    return known === undefined ? undefined : readKey(store, known, signal);
  });
  const one = key?.runs.find((candidate) => candidate.run.runId === run.runId);
  if (key === undefined || one === undefined) throw noSuchRun(run.runId);
  const { reading } = one;
  return {
    checkpoint: checkpointOf(key, one),
    state: stateOf(reading),
    records: (reading?.log.records ?? []).map(({ seq, at, events }) => ({ seq, at, events })),
    voids: reading?.log.voids ?? [],
    damage: damageOf(reading),
  };
}

/** Damage worth a word: numbers missing below a final record were removed. */
export function damageOf(reading: RunReading | undefined): readonly Damage[] {
  if (reading === undefined) return [{ seq: 1, why: "written by a newer version" }];
  if (reading.kind === "corrupt")
    return reading.damage === undefined
      ? reading.log.damage
      : [reading.damage, ...reading.log.damage.slice(1)];
  return reading.log.gaps ? [] : reading.log.damage;
}

function checkpointOf(key: ReadKey, one: ReadRun): Checkpoint {
  return checkpointWith(summaryOf(one.run, stateOf(one.reading)), deriveState(key, one), key.holder);
}

/** A summary with what is known around it. */
function checkpointWith(
  summary: Summary,
  state: CheckpointState,
  holder: LeaseHolder | undefined,
): Checkpoint {
  return {
    ...summary,
    state,
    status: statusOf(state),
    failedAt: stopsNowhere(state) ? null : summary.failedAt,
    holder: state === "running" ? (holder ?? null) : null,
  };
}
