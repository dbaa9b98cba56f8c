import { CairnError } from "../base/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";
import { keptFrom } from "./cleanup.ts";
import { deleteRun, type DeleteTools, type Deletion } from "./delete.ts";
import { deriveState } from "./derive-state.ts";
import { chainOf } from "./key-log.ts";
import { mayBeUntold } from "./outbox.ts";
import { type KnownRun, knownKeys, type ReadKey, readKey, type ReadRun, successorIn } from "./known-runs.ts";
import { checkLog } from "./chain.ts";
import type { RunEvent } from "./events.ts";
import { type RunReading, readRun } from "./run-reading.ts";
import { withCheckpointErrors } from "./store-failure.ts";
import type { CheckpointState } from "./state.ts";

/** What is pruned where nothing else is said. */
const PRUNED_STATES: readonly CheckpointState[] = ["completed", "superseded", "deleted"];
/**
 * How long a final record outlives everything else, in ms of the store's own clock. It is the number that a
 * sleeping writer would try; this is the one place where safety uses time.
 */
const SWEEP_AFTER_MS: number = 7 * 24 * 60 * 60 * 1000;

/** What to prune. */
export interface PruneOptions {
  /** Absent: all pipelines of the location. */
  readonly pipelineName?: string | undefined;
  /** Only runs whose last record is older, by the store's clock, in ms. */
  readonly olderThanMs: number;
  /** Default {@link PRUNED_STATES}. */
  readonly states?: readonly CheckpointState[] | undefined;
  /** True: nothing is removed. */
  readonly dryRun?: boolean | undefined;
  readonly ignoreLease?: boolean | undefined;
}

/** One run that was pruned, or would be. */
export interface Pruned {
  readonly runId: string;
  readonly pipelineName: string;
  /** When it was started, ISO 8601. */
  readonly startedAt: string;
  readonly state: CheckpointState;
  /** Records removed, or that would be. */
  readonly removed: number;
  /** True where the final record went too. */
  readonly swept: boolean;
}

/**
 * Removes old checkpoints of a pipeline (or all), all its run keys, oldest run of a chain first. Live runs and superseded
 * ones whose successor has not begun are passed over.
 */
export async function prune(tools: DeleteTools, options: PruneOptions): Promise<readonly Pruned[]> {
  return withCheckpointErrors(async () => pruneAll(tools, options));
}

async function pruneAll(tools: DeleteTools, options: PruneOptions): Promise<readonly Pruned[]> {
  const pruned: Pruned[] = [];
  const scope = { pipelineName: options.pipelineName };
  for (const known of await knownKeys(tools.store, scope, tools.signal)) {
    const key = await readKey(tools.store, known, tools.signal);
    for (const one of key.runs) {
      const result = await pruneOne(tools, options, key, one);
      if (result !== undefined) pruned.push(result);
    }
    if (options.dryRun !== true) await sweepOutputs(tools, key);
  }
  return pruned;
}

async function pruneOne(
  tools: DeleteTools,
  options: PruneOptions,
  key: ReadKey,
  one: ReadRun,
): Promise<Pruned | undefined> {
  const { run, reading } = one;
  if (reading === undefined || reading.stored.length === 0) return undefined;
  const state = deriveState(key, one);
  const states = options.states ?? PRUNED_STATES;
  if (!states.includes(state) || isHeldBack(key, one, options)) return undefined;
  const log = run.names.run(run.runId);
  const age = await ageOf(tools.store, log, tools.signal);
  if (age === undefined || age < options.olderThanMs) return undefined;
  const swept = age >= SWEEP_AFTER_MS && (await maySweep(tools, key, one));
  const facts = { runId: run.runId, pipelineName: run.pipelineName, startedAt: run.at, state };
  if (options.dryRun === true) {
    const removed = swept ? reading.stored.length : toRemove(reading);
    return removed > 0 ? { ...facts, removed, swept } : undefined;
  }
  const deletion = await deleteUnlessHeld(tools, run, options.ignoreLease);
  if (deletion === undefined) return undefined;
  const { removed } = deletion;
  const gone = swept ? await sweep(tools, run.names.run(run.runId)) : 0;
  return removed + gone > 0 ? { ...facts, removed: removed + gone, swept: gone > 0 } : undefined;
}

/** Undefined where somebody has gone on with it since it was read: then it is no longer to be pruned. */
async function deleteUnlessHeld(
  tools: DeleteTools,
  run: KnownRun,
  ignoreLease: boolean | undefined,
): Promise<Deletion | undefined> {
  try {
    return await deleteRun(tools, run, { ignoreLease });
  } catch (thrown) {
    if (thrown instanceof CairnError && thrown.code === "CHECKPOINT_HELD") return undefined;
    throw thrown;
  }
}

/** A live run, and a superseded one whose successor has no record yet. */
function isHeldBack(key: ReadKey, { run, reading }: ReadRun, options: PruneOptions): boolean {
  const holder = key.holder;
  const live = holder !== undefined && (holder.runId === undefined || holder.runId === run.runId);
  if (live && options.ignoreLease !== true) return true;
  return reading !== undefined && successorIn(key, reading)?.kind === "empty";
}

async function ageOf(store: CheckpointStore, log: string, signal?: AbortSignal): Promise<number | undefined> {
  const written = await store.writtenAt(log, signal);
  return written === undefined ? undefined : (await store.time(signal)) - written;
}

/** Never of the key log's last run, nor of the one that its `superseded` names, nor before what came before it. */
async function maySweep(tools: DeleteTools, key: ReadKey, { run, reading }: ReadRun): Promise<boolean> {
  const last = key.runs.at(-1);
  if (last === undefined || last.run.runId === run.runId) return false;
  const lastNow = await readRun(tools.store, run.names, last.run.runId, tools.signal);
  if (lastNow.supersededBy?.runId === run.runId) return false;
  if (reading === undefined || toRemove(reading) > 0) return false;
  // What its hooks are to be told stands in its last records.
  if (await mayBeUntold(tools, run.names, key.key.lines, run.runId)) return false;
  for (const older of chainOf(key.key.lines, run.runId).slice(0, -1)) {
    if ((await tools.store.last(run.names.run(older), tools.signal)) !== undefined) return false;
  }
  return true;
}

/** Records that a deletion takes away. */
function toRemove(reading: RunReading): number {
  const kept = keptFrom(reading);
  return reading.stored.filter(({ seq }) => seq < kept).length;
}

async function sweep(tools: DeleteTools, log: string): Promise<number> {
  const stored = await tools.store.read(log, 1, tools.signal);
  await tools.store.remove(
    log,
    stored.map(({ seq }) => seq),
    tools.signal,
  );
  return stored.length;
}

/** Large outputs that no journal of the key names any more, after the same time: fenced writers leave some. */
async function sweepOutputs(tools: DeleteTools, key: ReadKey): Promise<void> {
  const { names } = key.key;
  const { store, signal } = tools;
  const logs = await store.logs(`${names.prefix}carry/`, signal);
  if (logs.length === 0) return;
  const named = new Set<string>();
  for (const { run } of key.runs) {
    for (const hash of namedOutputs(await store.read(names.run(run.runId), 1, signal)))
      named.add(names.carry(hash));
  }
  for (const log of logs) {
    const age = named.has(log) ? undefined : await ageOf(store, log, signal);
    if (age !== undefined && age >= SWEEP_AFTER_MS) await sweep(tools, log);
  }
}

function namedOutputs(stored: Parameters<typeof checkLog>[0]): string[] {
  const names: string[] = [];
  for (const { events } of checkLog<RunEvent>(stored).records) {
    for (const event of events) {
      const completions =
        event.type === "run-started"
          ? (event.carried?.completions ?? [])
          : event.type === "component-completed" || event.type === "component-skipped"
            ? [event]
            : [];
      for (const { outputsAt } of completions) if (outputsAt !== undefined) names.push(outputsAt);
    }
  }
  return names;
}
