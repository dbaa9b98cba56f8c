import { CairnError } from "../base/mod.ts";
import { type CheckpointStore, inParallel, type LeaseHolder, type StoreShortcuts } from "../store/mod.ts";
import { type KeyLogLine, readKeyLog } from "./key-log.ts";
import { type KeyNames, keyNames, namesBelow, pipelineFolder } from "./names.ts";
import { type RunReading, readRun } from "./run-reading.ts";

/** Keys and runs that are read at a time. */
export const WIDTH = 16;

/** Which part of a location to look at. */
export interface Scope {
  readonly pipelineName?: string | undefined;
  /** Only with a pipeline; null: only runs without a key. Absent: all. */
  readonly runKey?: string | null | undefined;
}

/** One pipeline and run key, with its starts. */
export interface KnownKey {
  readonly names: KeyNames;
  readonly lines: readonly KeyLogLine[];
}

/** One run of a location: where it lies, and its last start. */
export interface KnownRun {
  readonly names: KeyNames;
  readonly runId: string;
  readonly pipelineName: string;
  readonly runKey: string | undefined;
  /** The run that it resumed. */
  readonly resumedFrom: string | undefined;
  /** When it was put into the key log, ISO 8601. */
  readonly at: string;
}

/** The key logs of a location, with their starts. */
export async function knownKeys(
  store: CheckpointStore,
  scope: Scope,
  signal?: AbortSignal,
): Promise<readonly KnownKey[]> {
  const places = await placesOf(store, scope, signal);
  const keys = await inParallel(places, WIDTH, async (names) => ({
    names,
    lines: await readKeyLog(store, names, signal),
  }));
  return keys.filter(({ lines }) => lines.length > 0);
}

async function placesOf(
  store: CheckpointStore,
  scope: Scope,
  signal?: AbortSignal,
): Promise<readonly KeyNames[]> {
  if (scope.pipelineName !== undefined && scope.runKey !== undefined) {
    return [keyNames(scope.pipelineName, scope.runKey ?? undefined)];
  }
  const prefix = scope.pipelineName === undefined ? "" : `${pipelineFolder(scope.pipelineName)}/`;
  if (store.shortcuts !== undefined) return placesByFolders(store.shortcuts, prefix, signal);
  const logs = await store.logs(prefix, signal);
  return logs.filter((log) => log.endsWith("/keys")).map((log) => namesBelow(log.slice(0, -"keys".length)));
}

/** The keys of a pipeline, or of all, without a listing of all that lies in them. */
async function placesByFolders(
  shortcuts: StoreShortcuts,
  prefix: string,
  signal?: AbortSignal,
): Promise<readonly KeyNames[]> {
  const pipelines = prefix === "" ? await shortcuts.folders("", signal) : [prefix];
  const keys = await inParallel(pipelines, WIDTH, (pipeline) => shortcuts.folders(pipeline, signal));
  return keys.flat().map((key) => namesBelow(key));
}

/** The runs of a key, in the order of their last start. */
export function runsOf({ names, lines }: KnownKey): readonly KnownRun[] {
  const runs = new Map<string, KnownRun>();
  for (const { runId, pipelineName, runKey, resumedFrom, at } of lines) {
    runs.delete(runId);
    runs.set(runId, { names, runId, pipelineName, runKey, resumedFrom, at });
  }
  return [...runs.values()];
}

/** A run with its journal; undefined reading where a newer version has written it. */
export interface ReadRun {
  readonly run: KnownRun;
  readonly reading: RunReading | undefined;
}

/** A key with all its journals read, and who holds it. */
export interface ReadKey {
  readonly key: KnownKey;
  readonly runs: readonly ReadRun[];
  readonly holder: LeaseHolder | undefined;
  /** Journals of successors that are not in the key log: their starts died before. */
  readonly strays: ReadonlyMap<string, RunReading>;
}

/** The journal of the run that has superseded this one; undefined where none has. */
export function successorIn(key: ReadKey, reading: RunReading): RunReading | undefined {
  const by = reading.supersededBy?.runId;
  return by === undefined ? undefined : successorOf(key, by);
}

/** The journal of a run that another one's `superseded` names. */
export function successorOf(key: ReadKey, by: string): RunReading | undefined {
  return key.strays.get(by) ?? key.runs.find(({ run }) => run.runId === by)?.reading;
}

/** Reads all journals of a key. */
export async function readKey(store: CheckpointStore, key: KnownKey, signal?: AbortSignal): Promise<ReadKey> {
  const runs: ReadRun[] = [];
  for (const run of runsOf(key)) runs.push({ run, reading: await readKnown(store, run, signal) });
  const known = new Set(runs.map(({ run }) => run.runId));
  const strays = new Map<string, RunReading>();
  for (const { reading } of runs) {
    const by = reading?.supersededBy?.runId;
    if (by === undefined || known.has(by)) continue;
    const stray = await readKnown(store, { names: key.names, runId: by }, signal);
    if (stray !== undefined) strays.set(by, stray);
  }
  return { key, runs, strays, holder: await store.leaseHolder(key.names.lock, signal) };
}

/** Reads the journal of one run; undefined where a newer version has written it. */
export async function readKnown(
  store: CheckpointStore,
  run: Pick<KnownRun, "names" | "runId">,
  signal?: AbortSignal,
): Promise<RunReading | undefined> {
  try {
    return await readRun(store, run.names, run.runId, signal);
  } catch (thrown) {
    if (thrown instanceof CairnError && thrown.code === "CHECKPOINT_NEWER_VERSION") return undefined;
    throw thrown;
  }
}
