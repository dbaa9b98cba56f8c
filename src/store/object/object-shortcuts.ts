import type { Clock } from "../../base/mod.ts";
import type { StoredRecord, StoreShortcuts } from "../store.ts";
import { isLogFolder, noteKey, noteOfKey } from "./keys.ts";
import type { ObjectOperations } from "./object-operations.ts";
import type { SegmentWriter } from "./segment-writer.ts";

export interface ObjectShortcutsOptions {
  readonly objects: ObjectOperations;
  readonly segments: SegmentWriter;
  readonly clock: Clock;
  readonly readRecords: (log: string, signal?: AbortSignal) => Promise<readonly StoredRecord[]>;
}

/** How long a note may take to be written, in ms: nobody depends on it. */
const LONGEST_NOTE_MS = 5_000;

/** Segments, notes and folders of a store of objects: a note is an object `<name>.note`, written over and over. */
export function objectShortcuts(options: ObjectShortcutsOptions): StoreShortcuts {
  const { objects, segments, clock, readRecords } = options;
  return {
    seal: (log) => segments.seal(log),
    readRecords,
    async folders(prefix, signal) {
      signal?.throwIfAborted();
      const names = await (objects.folders?.(prefix, signal) ?? foldersIn(objects, prefix, signal));
      return names.filter((name) => !isLogFolder(name)).toSorted();
    },
    putNote: (name, text, signal) =>
      bounded(clock, signal, (inner) => objects.put(noteKey(name), text, inner)),
    async notes(prefix, signal) {
      const listed = await objects.list(prefix, undefined, signal);
      return listed.flatMap(({ key }) => noteOfKey(key) ?? []);
    },
    note: (name, signal) => objects.get(noteKey(name), signal),
    removeNote: (name, signal) => objects.delete(noteKey(name), signal),
  };
}

/** What a listing of everything says of the folders: for operations that can't tell them apart. */
async function foldersIn(
  objects: ObjectOperations,
  prefix: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const found = new Set<string>();
  for (const { key } of await objects.list(prefix, undefined, signal)) {
    const end = key.indexOf("/", prefix.length);
    if (end > 0) found.add(key.slice(0, end + 1));
  }
  return [...found];
}

/** Does `work` for at most {@link LONGEST_NOTE_MS}; its failure is nobody's to hear of. */
async function bounded(
  clock: Clock,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const late = new AbortController();
  const done = new AbortController();
  const timer = clock.sleep(LONGEST_NOTE_MS, done.signal).then(
    () => late.abort(),
    () => undefined,
  );
  const inner = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
  const over = new Promise<void>((resolve) =>
    inner.addEventListener("abort", () => resolve(), { once: true }),
  );
  // Without the note its reader looks at the records.
  await Promise.race([Promise.allSettled([work(inner)]), over]);
  done.abort();
  await timer;
}
