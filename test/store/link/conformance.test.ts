import { describe, test } from "bun:test";
import { readdirSync, truncateSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { openFolderStore, type CheckpointStore } from "../../../src/store/mod.ts";
import { storeConformance } from "../../../src/store/testing.ts";
import { tempDir } from "../../kit/mod.ts";
import { childStore, type ChildStore } from "../child-store.ts";

/** The path of the highest object behind a prefix. */
function highest(folder: string): string {
  return join(folder, readdirSync(folder).toSorted().at(-1) ?? "");
}

storeConformance({
  name: "link layout",
  runner: { describe, test },
  async open() {
    const dir = tempDir();
    const folder = dir.join("checkpoints");
    const open: CheckpointStore[] = [];
    const children: ChildStore[] = [];
    const here = async (): Promise<CheckpointStore> => {
      const store = await openFolderStore({ folder, layout: "link" });
      open.push(store);
      return store;
    };
    return {
      store: await here(),
      // Every other handle is in a process of its own.
      another() {
        if (children.length * 2 >= open.length + children.length) return here();
        const child = childStore(folder, "link");
        children.push(child);
        return Promise.resolve(child);
      },
      tear: async (log) => truncateSync(highest(`${folder}/${log}.log`), 7),
      async die(store) {
        await children.find((child) => child === store)?.kill();
        const longAgo = Date.now() / 1000 - 3600;
        for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
          if (name.includes(".lease/")) utimesSync(join(folder, name), longAgo, longAgo);
        }
      },
      async [Symbol.asyncDispose]() {
        for (const child of children) await child.kill();
        for (const store of open) await store.close();
        dir[Symbol.dispose]();
      },
    };
  },
});
