import type {
  AppendResult,
  CheckpointStore,
  LeaseAnswer,
  LeaseHolder,
  StoredRecord,
} from "../../../src/store/mod.ts";

/** What an object store keeps: records by log and number. Removed numbers can be taken again, gaps are allowed. */
export type Objects = Map<string, Map<number, string>>;

/** A copy that changes by itself. */
export function copyObjects(objects: Objects): Objects {
  return new Map([...objects].map(([log, records]) => [log, new Map(records)]));
}

/** Seconds that pass with each look at the clock of {@link objectStore}. */
export interface StoreTime {
  now: number;
  readonly writtenAt: Map<string, number>;
}

/**
 * The weakest store that the protocol must bear, as the model has it: only "put if absent", get, list and delete
 * on numbers; and a lease that excludes nobody, because any holder may be declared dead at any moment.
 */
export function objectStore(
  objects: Objects,
  time: StoreTime = { now: 0, writtenAt: new Map() },
): CheckpointStore {
  return {
    location: "objects",
    can: { lease: "timed", durable: false },
    async append(log, seq, text): Promise<AppendResult> {
      const records = objects.get(log) ?? new Map<number, string>();
      const present = records.get(seq);
      if (present !== undefined) return { taken: true, present };
      objects.set(log, records.set(seq, text));
      time.writtenAt.set(log, time.now);
      return { taken: false };
    },
    async read(log, from = 1) {
      return recordsOf(objects, log).filter(({ seq }) => seq >= from);
    },
    async last(log) {
      return recordsOf(objects, log).at(-1);
    },
    async logs(prefix) {
      return [...objects.keys()].filter((log) => log.startsWith(prefix)).toSorted();
    },
    async remove(log, seqs) {
      const records = objects.get(log);
      for (const seq of seqs) records?.delete(seq);
      if (records?.size === 0) objects.delete(log);
    },
    async takeLease(): Promise<LeaseAnswer> {
      return { held: false, lease: toothlessLease() };
    },
    async leaseHolder(): Promise<LeaseHolder | undefined> {
      return undefined;
    },
    async time() {
      return time.now;
    },
    async writtenAt(log) {
      return objects.has(log) ? (time.writtenAt.get(log) ?? 0) : undefined;
    },
    async close() {
      await Promise.resolve();
    },
  };
}

function toothlessLease(): Extract<LeaseAnswer, { held: false }>["lease"] {
  const never = new AbortController();
  return {
    lost: never.signal,
    check: () => never.signal.throwIfAborted(),
    note: async () => Promise.resolve(),
    release: async () => Promise.resolve(),
  };
}

function recordsOf(objects: Objects, log: string): StoredRecord[] {
  return [...(objects.get(log) ?? [])]
    .map(([seq, text]) => ({ seq, text }))
    .toSorted((a, b) => a.seq - b.seq);
}
