import { systemClock, type Clock } from "../../base/mod.ts";
import { storeError } from "../errors.ts";
import { checkName, checkRecord, gapError } from "../names.ts";
import type { AppendResult, CheckpointStore, LeaseHolder, StoredRecord } from "../store.ts";
import { newMemory, type Memory, type MemoryLog } from "./memory.ts";
import { takeMemoryLease } from "./memory-lease.ts";

export interface MemoryStoreOptions {
  /** Shared by all handles that are to see the same logs, as processes share a disk; a new one by default. */
  readonly memory?: Memory;
  readonly clock?: Clock;
}

/** A handle on a memory; tests open several, one for each process they play. */
export interface MemoryStore extends CheckpointStore {
  /** What to hand to a further `openMemoryStore` that is to see the same logs. */
  readonly memory: Memory;
  /** Plays the death of this handle's process: its leases are free, its later calls fail. */
  die(): void;
  /** Plays the removal of a lock file: whoever holds the lease finds it lost, anybody can take it. */
  breakLease(name: string): void;
}

/**
 * The store in memory: for tests, and for library users who want runs without traces. It keeps every law of
 * `CheckpointStore` except durability, which it says (`can.durable`).
 */
export function openMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const memory = options.memory ?? newMemory();
  const clock = options.clock ?? systemClock;
  const owners = new Set<symbol>();
  let closed = false;

  const enter = (name: string, signal: AbortSignal | undefined): void => {
    if (closed) throw storeError("STORE_CLOSED", `Cannot use "${name}": the memory store is closed`);
    signal?.throwIfAborted();
    checkName(name);
  };
  const logsOf = (log: string, signal: AbortSignal | undefined): MemoryLog | undefined => {
    enter(log, signal);
    return memory.logs.get(log);
  };

  return {
    location: "memory",
    memory,
    can: { lease: "os", durable: false },
    async append(log, seq, text, signal) {
      checkRecord(log, seq, text);
      return appendTo(memory, log, logsOf(log, signal), { seq, text, now: clock.now() });
    },
    async read(log, from = 1, signal) {
      return recordsOf(logsOf(log, signal)).filter((record) => record.seq >= from);
    },
    async last(log, signal) {
      return recordsOf(logsOf(log, signal)).at(-1);
    },
    async logs(prefix, signal) {
      enter(prefix === "" ? "all" : prefix.replace(/\/$/, ""), signal);
      return [...memory.logs.keys()].filter((name) => name.startsWith(prefix)).toSorted();
    },
    async remove(log, seqs, signal) {
      const entry = logsOf(log, signal);
      for (const seq of seqs) entry?.records.delete(seq);
      if (entry?.records.size === 0) memory.logs.delete(log);
    },
    async takeLease(name, holder, signal) {
      enter(name, signal);
      const owner = Symbol(name);
      const answer = takeMemoryLease(memory, name, owner, holder);
      if (!answer.held) owners.add(owner);
      return answer;
    },
    async leaseHolder(name, signal): Promise<LeaseHolder | undefined> {
      enter(name, signal);
      const entry = memory.leases.get(name);
      return entry?.owner === undefined ? undefined : entry.holder;
    },
    async time(signal) {
      signal?.throwIfAborted();
      return clock.now();
    },
    async writtenAt(log, signal) {
      return logsOf(log, signal)?.writtenAt;
    },
    async close() {
      closed = true;
    },
    die() {
      closed = true;
      for (const entry of memory.leases.values()) {
        if (entry.owner !== undefined && owners.has(entry.owner)) entry.owner = undefined;
      }
    },
    breakLease(name) {
      const entry = memory.leases.get(name);
      if (entry !== undefined) entry.owner = undefined;
    },
  };
}

interface NewRecord {
  readonly seq: number;
  readonly text: string;
  readonly now: number;
}

function appendTo(
  memory: Memory,
  log: string,
  entry: MemoryLog | undefined,
  record: NewRecord,
): AppendResult {
  const highest = entry?.highest ?? 0;
  if (record.seq <= highest) return { taken: true, present: entry?.records.get(record.seq) };
  if (record.seq !== highest + 1) throw gapError(log, record.seq, highest);
  const kept = entry ?? { records: new Map<number, string | undefined>(), highest: 0, writtenAt: 0 };
  kept.records.set(record.seq, record.text);
  kept.highest = record.seq;
  kept.writtenAt = record.now;
  memory.logs.set(log, kept);
  return { taken: false };
}

function recordsOf(log: MemoryLog | undefined): StoredRecord[] {
  if (log === undefined) return [];
  return [...log.records].map(([seq, text]) => ({ seq, text })).toSorted((a, b) => a.seq - b.seq);
}
