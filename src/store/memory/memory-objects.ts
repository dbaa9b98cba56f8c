import { systemClock, type Clock } from "../../base/mod.ts";
import type { ListedObject, ObjectOperations } from "../object/object-operations.ts";

/** Objects in memory, by key, shared by all who open them. */
export type ObjectMemory = Map<string, { readonly text: string; readonly modifiedAt: number }>;

export interface MemoryObjectsOptions {
  /** Shared by all handles that are to see the same objects; a new one by default. */
  readonly memory?: ObjectMemory;
  /** The store's own clock; the machine's by default. */
  readonly clock?: Clock;
}

/** The five operations in memory: what the object layout is tested on. Every call is one step: nobody sees half of it. */
export function openMemoryObjects(options: MemoryObjectsOptions = {}): ObjectOperations {
  const memory: ObjectMemory = options.memory ?? new Map();
  const clock = options.clock ?? systemClock;
  const write = (key: string, text: string): void => void memory.set(key, { text, modifiedAt: clock.now() });
  return {
    location: "memory",
    timeGrainMs: 1,
    async putIfAbsent(key, text, signal) {
      signal?.throwIfAborted();
      if (memory.has(key)) return false;
      write(key, text);
      return true;
    },
    async put(key, text, signal) {
      signal?.throwIfAborted();
      write(key, text);
    },
    async get(key, signal) {
      signal?.throwIfAborted();
      return memory.get(key)?.text;
    },
    async list(prefix, after = "", signal) {
      signal?.throwIfAborted();
      const found: ListedObject[] = [];
      for (const [key, { text, modifiedAt }] of memory) {
        if (key.startsWith(prefix) && key > after)
          found.push({ key, size: Buffer.byteLength(text), modifiedAt });
      }
      return found.toSorted((a, b) => (a.key < b.key ? -1 : 1));
    },
    async delete(key, signal) {
      signal?.throwIfAborted();
      memory.delete(key);
    },
    async time(signal) {
      signal?.throwIfAborted();
      return clock.now();
    },
    async close() {
      // Nothing is open.
    },
  };
}
