import type { CheckpointStore } from "../store/mod.ts";
import { checkLog } from "./chain.ts";
import type { KeyLogEntry } from "./events.ts";
import { newerVersionError } from "./fold.ts";
import type { KeyNames } from "./names.ts";
import { decodeRecord, NO_PREVIOUS } from "./record.ts";

/** One start, with its place in the log. */
export interface KeyLogLine extends KeyLogEntry {
  readonly seq: number;
  /** ISO 8601. */
  readonly at: string;
}

/** The end of a key log: what the next entry needs, and the last start. */
export interface KeyLogEnd {
  readonly next: number;
  readonly sum: string;
  readonly last: KeyLogLine | undefined;
}

/** The last start of a key, by one request where its record can be read. */
export async function readKeyLogEnd(
  store: CheckpointStore,
  names: KeyNames,
  signal?: AbortSignal,
): Promise<KeyLogEnd> {
  const last = await store.last(names.keys, signal);
  if (last === undefined) return { next: 1, sum: NO_PREVIOUS, last: undefined };
  const decoded = decodeRecord<KeyLogEntry>(last.seq, last.text);
  if (decoded.good) {
    const { seq, sum, at, events } = decoded.record;
    return { next: seq + 1, sum, last: linesOf(events, seq, at).at(-1) };
  }
  const log = checkLog<KeyLogEntry>(await store.read(names.keys, 1, signal));
  return {
    next: log.next,
    sum: log.sum,
    last: log.records.flatMap((record) => linesOf(record.events, record.seq, record.at)).at(-1),
  };
}

/** All starts of a key (from a number on), oldest first. Entries that can't be read are left out (their numbers stay taken). */
export async function readKeyLog(
  store: CheckpointStore,
  names: KeyNames,
  signal?: AbortSignal,
  from: number = 1,
): Promise<readonly KeyLogLine[]> {
  const log = checkLog<KeyLogEntry>(await store.read(names.keys, from, signal));
  return log.records.flatMap((record) => linesOf(record.events, record.seq, record.at));
}

/** The run that a start took over or retired, undefined where it came after none. */
export function predecessorOf(entry: KeyLogEntry): string | undefined {
  return entry.resumedFrom ?? entry.retires;
}

/** A run and all that came before it, oldest first: what it resumed or retired, by the key log. */
export function chainOf(lines: readonly KeyLogLine[], runId: string): readonly string[] {
  const before = new Map<string, string>();
  for (const line of lines) {
    const previous = predecessorOf(line);
    if (previous !== undefined) before.set(line.runId, previous);
  }
  const chain = new Set<string>();
  for (let at: string | undefined = runId; at !== undefined && !chain.has(at); at = before.get(at))
    chain.add(at);
  return [...chain].toReversed();
}

function linesOf(events: readonly KeyLogEntry[], seq: number, at: string): KeyLogLine[] {
  return events.map((event) => {
    if (event.type !== "start") throw newerVersionError("?", `key-log entry "${String(event.type)}"`);
    return { ...event, seq, at };
  });
}
