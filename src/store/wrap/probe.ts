import { systemRandom, type Random } from "../../base/mod.ts";
import { isTransient, storeError } from "../errors.ts";
import type { CheckpointStore } from "../store.ts";

/** Logs below this name are our own trials: of the probe and of `cairn doctor`. No pipeline's folder is named so. */
export const TRIAL_FOLDER = "cairn-trial";

/**
 * Tries once, before the first append or lease, whether the store keeps its word: a second record at a number must be
 * refused, and the first one must be read back. Some servers ignore the conditions of a write and answer that it was
 * done. The trial is removed again. It costs a few requests and shows no atomicity; `cairn doctor` races for that.
 *
 * Errors of the first append or lease: STORE_BROKEN_PROMISE.
 */
export function withProbe(store: CheckpointStore, random: Random = systemRandom): CheckpointStore {
  let probed: Promise<void> | undefined;
  const ready = (signal: AbortSignal | undefined): Promise<void> => {
    probed ??= probe(store, random, signal).catch((thrown: unknown) => {
      // A store that couldn't be reached may be asked again; one that lied stays a liar.
      if (signal?.aborted === true || isTransient(thrown)) probed = undefined;
      throw thrown;
    });
    return probed;
  };
  return {
    location: store.location,
    can: store.can,
    shortcuts: store.shortcuts,
    async append(log, seq, text, signal) {
      await ready(signal);
      return store.append(log, seq, text, signal);
    },
    read: (log, from, signal) => store.read(log, from, signal),
    last: (log, signal) => store.last(log, signal),
    logs: (prefix, signal) => store.logs(prefix, signal),
    remove: (log, seqs, signal) => store.remove(log, seqs, signal),
    async takeLease(name, holder, signal) {
      await ready(signal);
      return store.takeLease(name, holder, signal);
    },
    ...(store.adoptLease && { adoptLease: store.adoptLease.bind(store) }),
    leaseHolder: (name, signal) => store.leaseHolder(name, signal),
    time: (signal) => store.time(signal),
    writtenAt: (log, signal) => store.writtenAt(log, signal),
    close: () => store.close(),
  };
}

async function probe(store: CheckpointStore, random: Random, signal: AbortSignal | undefined): Promise<void> {
  const log = `${TRIAL_FOLDER}/${random.nonce().toLowerCase()}`;
  const text = (what: string): string => JSON.stringify({ seq: 1, what });
  try {
    const first = await store.append(log, 1, text("first"), signal);
    if (first.taken) throw broken(store, "a number that nobody had used was answered as taken");
    const second = await store.append(log, 1, text("second"), signal);
    if (!second.taken)
      throw broken(store, "a second record was written over the first one at the same number");
    const stored = await store.read(log, 1, signal);
    if (stored.length !== 1 || stored[0]?.text !== text("first")) {
      throw broken(store, "a record that it took was not read back");
    }
  } finally {
    await store.remove(log, [1], signal);
  }
}

function broken(store: CheckpointStore, what: string): Error {
  return storeError("STORE_BROKEN_PROMISE", `Cannot keep checkpoints in "${store.location}": ${what}`, {
    hint: 'Two runners could both believe that they own the run. Use another store, or set pipeline.checkpoint.single-writer = true where no second runner ever starts; "cairn doctor" tells more.',
    details: { location: store.location },
  });
}
