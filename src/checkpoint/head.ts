import type { CheckpointStore } from "../store/mod.ts";
import { ownState } from "./derive-state.ts";
import { type KeyNames, runSegment } from "./names.ts";
import { type Summary, summaryOf } from "./summary.ts";
import type { CheckpointState, RunState } from "./state.ts";

/**
 * What a run's own journal said when its writer's turn had ended: for lists, so that they need not read it. A head
 * decides nothing: without it, and wherever the key log or the lease say that there may be more to know, the journal
 * is read.
 */
export interface Head {
  readonly version: 1;
  /** Never `running`, `superseded`, `deleted` or `corrupt`: those are not for the run's own journal to say. */
  readonly state: CheckpointState;
  readonly summary: Summary;
}

/**
 * What a note says by its name alone: there is a head to read; or the run's records were removed, of one that had
 * completed or of another.
 */
export type Mark = "head" | "completed" | "gone";

const MARKS: readonly Mark[] = ["head", "completed", "gone"];
/** The states that a head can say. */
const STATES: ReadonlySet<unknown> = new Set(["interrupted", "failed", "partial", "completed", "poisoned"]);

function headsFolder(names: KeyNames): string {
  return `${names.prefix}heads/`;
}

function noteOf(names: KeyNames, runId: string, mark: Mark): string {
  return `${headsFolder(names)}${runSegment(runId)}.${mark}`;
}

/** Writes the head of a run whose journal says no more, as far as its writer is concerned. May be lost; never throws for it. */
export async function writeHead(store: CheckpointStore, names: KeyNames, state: RunState): Promise<void> {
  if (store.shortcuts === undefined) return;
  const run = { ...state, at: state.startedAt };
  const head: Head = { version: 1, state: ownState(state), summary: summaryOf(run, state) };
  await store.shortcuts.putNote(noteOf(names, state.runId, "head"), JSON.stringify(head));
}

/** Removes the head of a run that is about to lose its records: from here on its journal is read. */
export async function dropHead(store: CheckpointStore, names: KeyNames, runId: string): Promise<void> {
  await store.shortcuts?.removeNote(noteOf(names, runId, "head"));
}

/** Notes that a run has lost its records. May be lost; never throws for it. */
export async function markRemoved(
  store: CheckpointStore,
  names: KeyNames,
  runId: string,
  mark: Exclude<Mark, "head">,
): Promise<void> {
  await store.shortcuts?.putNote(noteOf(names, runId, mark), "{}");
}

/** The marks of a key's runs, by {@link runSegment}; undefined where the store keeps none. */
export async function readMarks(
  store: CheckpointStore,
  names: KeyNames,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Mark> | undefined> {
  if (store.shortcuts === undefined) return undefined;
  const folder = headsFolder(names);
  const marks = new Map<string, Mark>();
  for (const name of await store.shortcuts.notes(folder, signal)) {
    const dot = name.lastIndexOf(".");
    const mark = MARKS.find((known) => known === name.slice(dot + 1));
    const segment = name.slice(folder.length, dot);
    // A removal has the last word, whatever a late writer left.
    if (mark !== undefined && (mark !== "head" || !marks.has(segment))) marks.set(segment, mark);
  }
  return marks;
}

/** The head of a run; undefined where there is none, or it can't be read. */
export async function readHead(
  store: CheckpointStore,
  names: KeyNames,
  runId: string,
  signal?: AbortSignal,
): Promise<Head | undefined> {
  const text = await store.shortcuts?.note(noteOf(names, runId, "head"), signal);
  if (text === undefined) return undefined;
  try {
    const head = JSON.parse(text) as Partial<Head> | null;
    const sound = head?.version === 1 && STATES.has(head.state) && head.summary?.runId === runId;
    return sound ? (head as Head) : undefined;
  } catch {
    // Torn: the journal is read.
    return undefined;
  }
}
