import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { ownFolderPrefix, sweepStaleFolders } from "../../src/plugin/executable/stale-folders.ts";
import { tempDir } from "../kit/mod.ts";

test.skipIf(process.platform !== "linux")(
  "folders of processes that are gone are swept, and no others",
  async () => {
    using dir = tempDir("cairn-stale-");
    const own = ownFolderPrefix();
    const [pid, start, here] = own.split("-").slice(2, 5);
    const gone = Bun.spawn(["true"]);
    await gone.exited;
    const kept = [
      `${own}abc123`,
      `cairn-program-${gone.pid}-${start}-000000000000-abc123`,
      "cairn-program-abc123",
      "somebody-else",
      `cairn-program-${gone.pid}-8-${here}-linked`,
    ];
    for (const name of kept.slice(0, -1)) mkdirSync(dir.join(name));
    symlinkSync(dir.join("somebody-else"), dir.join(kept.at(-1) ?? ""));
    dir.write(`cairn-program-${gone.pid}-7-${here}-abc123/output`, "");
    dir.write(`cairn-program-${pid}-7-${here}-abc123/python/cairn.py`, "");
    sweepStaleFolders(dir.path);
    expect(readdirSync(dir.path).toSorted()).toEqual(kept.toSorted());
  },
);
