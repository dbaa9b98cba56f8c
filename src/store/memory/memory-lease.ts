import { storeError } from "../errors.ts";
import type { Lease, LeaseAnswer, LeaseHolder } from "../store.ts";
import type { Memory } from "./memory.ts";

/**
 * Takes a lease of `memory`, as an operating system lock would be taken: it is free where its owner has released
 * it or died. `owner` stands for the lock itself, so that who lost it can tell.
 */
export function takeMemoryLease(
  memory: Memory,
  name: string,
  owner: symbol,
  holder: LeaseHolder,
): LeaseAnswer {
  const entry = memory.leases.get(name) ?? { owner: undefined, holder: undefined };
  if (entry.owner !== undefined) return { held: true, holder: entry.holder };
  const previous = entry.holder;
  memory.leases.set(name, { owner, holder });
  return { held: false, lease: memoryLease(memory, name, owner), ...(previous && { previous }) };
}

function memoryLease(memory: Memory, name: string, owner: symbol): Lease {
  const lost = new AbortController();
  let released = false;
  const mine = (): boolean => memory.leases.get(name)?.owner === owner;
  const check = (): void => {
    if (!released && !mine() && !lost.signal.aborted) {
      lost.abort(
        storeError("STORE_LEASE_LOST", `Cannot go on: the lease "${name}" was taken away`, {
          hint: "Another process owns the run now; this one has to stop.",
        }),
      );
    }
    lost.signal.throwIfAborted();
  };
  return {
    lost: lost.signal,
    check,
    async note(change) {
      check();
      const entry = memory.leases.get(name);
      if (entry?.holder !== undefined) entry.holder = { ...entry.holder, ...change };
    },
    async release() {
      if (mine()) memory.leases.set(name, { owner: undefined, holder: undefined });
      released = true;
    },
  };
}
