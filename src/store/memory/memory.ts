import type { LeaseHolder } from "../store.ts";

/** One log: the records that stand, by number, and the highest number that was ever taken. */
export interface MemoryLog {
  readonly records: Map<number, string | undefined>;
  highest: number;
  /** Milliseconds since the epoch. */
  writtenAt: number;
}

/** One lease, held or left over. `owner` is the handle that holds it, undefined where nobody does. */
export interface MemoryLease {
  owner: symbol | undefined;
  holder: LeaseHolder | undefined;
}

/** What several handles share, as several processes share a disk. */
export interface Memory {
  readonly logs: Map<string, MemoryLog>;
  readonly leases: Map<string, MemoryLease>;
  readonly notes: Map<string, string>;
}

/** An empty memory. */
export function newMemory(): Memory {
  return { logs: new Map(), leases: new Map(), notes: new Map() };
}
