import { systemClock, type Clock } from "../../base/mod.ts";
import { storeError } from "../errors.ts";
import { checkName, checkRecord, gapError } from "../names.ts";
import type {
  AppendResult,
  CheckpointStore,
  LeaseAnswer,
  LeaseHolder,
  StoreAbilities,
  StoredRecord,
  StoreShortcuts,
} from "../store.ts";
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
  return new MemoryHandle(options.memory ?? newMemory(), options.clock ?? systemClock);
}

class MemoryHandle implements MemoryStore {
  readonly location = "memory";
  readonly can: StoreAbilities = { lease: "os", durable: false };
  readonly shortcuts: StoreShortcuts;
  readonly memory: Memory;
  readonly #clock: Clock;
  /** The locks that this handle took. */
  readonly #owners = new Set<symbol>();
  #closed = false;

  constructor(memory: Memory, clock: Clock) {
    this.memory = memory;
    this.#clock = clock;
    this.shortcuts = {
      seal: () => Promise.resolve(),
      readRecords: (log, signal) => this.read(log, 1, signal),
      folders: async (prefix, signal) => foldersOf(await this.logs(prefix, signal), prefix),
      putNote: async (name, text, signal) => {
        signal?.throwIfAborted();
        checkName(name);
        if (!this.#closed) memory.notes.set(name, text);
      },
      notes: async (prefix, signal) => {
        this.#enter(prefix.replace(/\/$/, ""), signal);
        return [...memory.notes.keys()].filter((name) => name.startsWith(prefix)).toSorted();
      },
      note: async (name, signal) => {
        this.#enter(name, signal);
        return memory.notes.get(name);
      },
      removeNote: async (name, signal) => {
        this.#enter(name, signal);
        memory.notes.delete(name);
      },
    };
  }

  async append(log: string, seq: number, text: string, signal?: AbortSignal): Promise<AppendResult> {
    checkRecord(log, seq, text);
    return appendTo(this.memory, log, this.#log(log, signal), { seq, text, now: this.#clock.now() });
  }

  async read(log: string, from: number = 1, signal?: AbortSignal): Promise<readonly StoredRecord[]> {
    return recordsOf(this.#log(log, signal)).filter((record) => record.seq >= from);
  }

  async last(log: string, signal?: AbortSignal): Promise<StoredRecord | undefined> {
    return recordsOf(this.#log(log, signal)).at(-1);
  }

  async logs(prefix: string, signal?: AbortSignal): Promise<readonly string[]> {
    this.#enter(prefix === "" ? "all" : prefix.replace(/\/$/, ""), signal);
    return [...this.memory.logs.keys()].filter((name) => name.startsWith(prefix)).toSorted();
  }

  async remove(log: string, seqs: readonly number[], signal?: AbortSignal): Promise<void> {
    const entry = this.#log(log, signal);
    for (const seq of seqs) entry?.records.delete(seq);
    if (entry?.records.size === 0) this.memory.logs.delete(log);
  }

  async takeLease(name: string, holder: LeaseHolder, signal?: AbortSignal): Promise<LeaseAnswer> {
    this.#enter(name, signal);
    const owner = Symbol(name);
    const answer = takeMemoryLease(this.memory, name, owner, holder);
    if (!answer.held) this.#owners.add(owner);
    return answer;
  }

  async leaseHolder(name: string, signal?: AbortSignal): Promise<LeaseHolder | undefined> {
    this.#enter(name, signal);
    const entry = this.memory.leases.get(name);
    return entry?.owner === undefined ? undefined : entry.holder;
  }

  async time(signal?: AbortSignal): Promise<number> {
    signal?.throwIfAborted();
    return this.#clock.now();
  }

  async writtenAt(log: string, signal?: AbortSignal): Promise<number | undefined> {
    return this.#log(log, signal)?.writtenAt;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  die(): void {
    this.#closed = true;
    for (const entry of this.memory.leases.values()) {
      if (entry.owner !== undefined && this.#owners.has(entry.owner)) entry.owner = undefined;
    }
  }

  breakLease(name: string): void {
    const entry = this.memory.leases.get(name);
    if (entry !== undefined) entry.owner = undefined;
  }

  #enter(name: string, signal: AbortSignal | undefined): void {
    if (this.#closed) throw storeError("STORE_CLOSED", `Cannot use "${name}": the memory store is closed`);
    signal?.throwIfAborted();
    checkName(name);
  }

  #log(log: string, signal: AbortSignal | undefined): MemoryLog | undefined {
    this.#enter(log, signal);
    return this.memory.logs.get(log);
  }
}

/** The folders directly below `prefix` that lead to some of the names. */
function foldersOf(names: readonly string[], prefix: string): string[] {
  const ends = names.map((name) => [name, name.indexOf("/", prefix.length) + 1] as const);
  const folders = ends.flatMap(([name, end]) => (end > 0 ? name.slice(0, end) : []));
  return [...new Set(folders)].toSorted();
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
