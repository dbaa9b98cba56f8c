import { describe, test } from "bun:test";
import { readdirSync, truncateSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { openFolderStore, type CheckpointStore } from "../../../src/store/mod.ts";
import { storeConformance } from "../../../src/store/testing.ts";
import { tempDir } from "../../kit/mod.ts";

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
    const another = async (): Promise<CheckpointStore> => {
      const store = await openFolderStore({ folder, layout: "link" });
      open.push(store);
      return store;
    };
    return {
      store: await another(),
      another,
      tear: async (log) => truncateSync(highest(`${folder}/${log}.log`), 7),
      async die(store) {
        await store.close();
        const longAgo = Date.now() / 1000 - 3600;
        for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
          if (name.includes(".lease/")) utimesSync(join(folder, name), longAgo, longAgo);
        }
      },
      async [Symbol.asyncDispose]() {
        for (const store of open) await store.close();
        dir[Symbol.dispose]();
      },
    };
  },
});
