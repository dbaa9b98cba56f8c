import { describe, test } from "bun:test";
import { newMemory, openMemoryStore, type MemoryStore } from "../../../src/store/mod.ts";
import { storeConformance } from "../../../src/store/testing.ts";

storeConformance({
  name: "memory",
  runner: { describe, test },
  async open() {
    const memory = newMemory();
    const store = openMemoryStore({ memory });
    return {
      store,
      another: async () => openMemoryStore({ memory }),
      async tear(log) {
        const entry = memory.logs.get(log);
        if (entry !== undefined) entry.records.set(entry.highest, undefined);
      },
      die: async (handle) => (handle as MemoryStore).die(),
      [Symbol.asyncDispose]: () => store.close(),
    };
  },
});
