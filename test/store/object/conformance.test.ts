import { describe, test } from "bun:test";
import { systemClock } from "../../../src/base/mod.ts";
import {
  openMemoryObjects,
  openObjectStore,
  type CheckpointStore,
  type ObjectMemory,
} from "../../../src/store/mod.ts";
import { storeConformance } from "../../../src/store/testing.ts";

storeConformance({
  name: "object (in memory)",
  runner: { describe, test },
  async open() {
    const memory: ObjectMemory = new Map();
    let aheadMs = 0;
    const clock = { ...systemClock, now: () => Date.now() + aheadMs };
    const open: CheckpointStore[] = [];
    const another = async (): Promise<CheckpointStore> => {
      const store = openObjectStore({ objects: openMemoryObjects({ memory, clock }) });
      open.push(store);
      return store;
    };
    return {
      store: await another(),
      another,
      async tear(log) {
        const last = [...memory.keys()]
          .filter((key) => key.startsWith(`${log}.log/`))
          .toSorted()
          .at(-1);
        if (last !== undefined) memory.set(last, { text: '{"seq":', modifiedAt: Date.now() });
      },
      async die(store) {
        await store.close();
        aheadMs += 3_600_000;
      },
      async [Symbol.asyncDispose]() {
        for (const store of open) await store.close();
      },
    };
  },
});
