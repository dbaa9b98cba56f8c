import { describe, test } from "bun:test";
import { statSync, truncateSync } from "node:fs";
import { openLocalStore, type CheckpointStore } from "../../../src/store/mod.ts";
import { storeConformance } from "../../../src/store/testing.ts";
import { tempDir } from "../../kit/mod.ts";
import { childStore, type ChildStore } from "../child-store.ts";

storeConformance({
  name: "local",
  runner: { describe, test },
  async open() {
    const dir = tempDir();
    const folder = dir.join("checkpoints");
    const open: CheckpointStore[] = [];
    const children: ChildStore[] = [];
    const here = async (): Promise<CheckpointStore> => {
      const store = await openLocalStore({ folder });
      open.push(store);
      return store;
    };
    return {
      store: await here(),
      // Every other handle is in a process of its own.
      another() {
        if (children.length * 2 >= open.length + children.length) return here();
        const child = childStore(folder);
        children.push(child);
        return Promise.resolve(child);
      },
      async tear(log) {
        const file = `${folder}/${log}.jsonl`;
        truncateSync(file, statSync(file).size - 5);
      },
      async die(store) {
        await children.find((child) => child === store)?.kill();
      },
      async [Symbol.asyncDispose]() {
        for (const child of children) await child.kill();
        for (const store of open) await store.close();
        dir[Symbol.dispose]();
      },
    };
  },
});
