import type { CheckpointStore } from "../../../src/api/mod.ts";
import { storeError } from "../../../src/store/mod.ts";

/**
 * A runner's view of a store that ends with the runner: from the given append on every call fails, as if the machine
 * were gone. `written`: that record is still there afterwards. `dead` says whether that has come.
 */
export function dyingStore(
  store: CheckpointStore,
  kill: { readonly at: number; readonly written: boolean } | undefined,
): { readonly store: CheckpointStore; readonly dead: () => boolean } {
  let appends = 0;
  const dead = (): boolean => kill !== undefined && appends >= kill.at;
  const gone = (): Error => storeError("STORE_IO", "the machine is gone");
  const unlessDead =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      dead() ? Promise.reject(gone()) : call(...args);
  const dying: CheckpointStore = {
    location: store.location,
    can: store.can,
    async append(...args) {
      if (dead()) throw gone();
      appends++;
      if (!dead()) return store.append(...args);
      if (kill?.written === true) await store.append(...args);
      throw gone();
    },
    read: unlessDead(store.read.bind(store)),
    last: unlessDead(store.last.bind(store)),
    logs: unlessDead(store.logs.bind(store)),
    remove: unlessDead(store.remove.bind(store)),
    takeLease: unlessDead(store.takeLease.bind(store)),
    leaseHolder: unlessDead(store.leaseHolder.bind(store)),
    time: unlessDead(store.time.bind(store)),
    writtenAt: unlessDead(store.writtenAt.bind(store)),
    close: () => Promise.resolve(),
  };
  return { store: dying, dead };
}
