import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { rmSync, statSync, writeFileSync } from "node:fs";
import type { CairnError } from "../../../src/base/mod.ts";
import { openLocalStore } from "../../../src/store/mod.ts";
import { tempDir, type TempDir } from "../../kit/mod.ts";
import { mayMount, mount, unmount } from "../../kit/mount.ts";
import { caught } from "../failure.ts";

const holder = {
  id: "1",
  host: "h",
  pid: 1,
  pidStart: "",
  bootId: "",
  pidNamespace: "",
  since: "",
  groups: [],
};

const title = mayMount
  ? "on a real file system"
  : "on a real file system (left out: this user may not mount one)";

describe.skipIf(!mayMount)(title, () => {
  let dir: TempDir;
  beforeAll(() => {
    dir = tempDir();
  });
  afterAll(() => dir[Symbol.dispose]());

  test("a full disk: the append fails, nothing of it stays, and the same bytes are taken once there is space", async () => {
    const place = dir.join("small");
    expect(mount(place, "size=64k")).toBe(true);
    try {
      const store = await openLocalStore({ folder: `${place}/store` });
      const big = (seq: number): string => `{"seq":${seq},"body":"${"x".repeat(7_000)}"}`;
      writeFileSync(`${place}/ballast`, Buffer.alloc(16_384));
      let seq = 1;
      let full: CairnError | undefined;
      while (full === undefined) {
        try {
          await store.append("p/k/run", seq, big(seq));
          seq++;
        } catch (thrown) {
          full = thrown as CairnError;
        }
        expect(seq).toBeLessThan(12);
      }
      expect(full).toMatchObject({ code: "STORE_FULL", kind: "world" });
      expect(full.message).toContain("no space");
      expect((await store.read("p/k/run")).map((record) => record.seq)).toEqual(
        Array.from({ length: seq - 1 }, (_, i) => i + 1),
      );
      expect((await caught(() => store.append("p/k/run", seq, big(seq)))).code).toBe("STORE_FULL");
      expect(statSync(`${place}/store/p/k/run.jsonl`).size).toBe((seq - 1) * (big(1).length + 1));
      rmSync(`${place}/ballast`);
      expect(await store.append("p/k/run", seq, big(seq))).toEqual({ taken: false });
      expect((await store.last("p/k/run"))?.text).toBe(big(seq));
      await store.close();
    } finally {
      unmount(place);
    }
  });

  test("a read-only location: what is there can be read, a lease and an append say why not and what to do", async () => {
    const place = dir.join("readonly");
    expect(mount(place, "size=1m")).toBe(true);
    try {
      const writable = await openLocalStore({ folder: `${place}/store` });
      await writable.append("p/k/run", 1, '{"seq":1,"a":1}');
      await writable.close();
      expect(spawnSync("mount", ["-o", "remount,ro", place]).status).toBe(0);
      const store = await openLocalStore({ folder: `${place}/store` });
      expect(await store.read("p/k/run")).toHaveLength(1);
      expect(await store.logs("")).toEqual(["p/k/run"]);
      for (const call of [
        () => store.append("p/k/run", 2, '{"seq":2,"a":1}'),
        () => store.append("p/k/other", 1, '{"seq":1,"a":1}'),
        () => store.takeLease("p/k/lock", holder),
        () => store.remove("p/k/run", [1]),
      ]) {
        const error = await caught(call);
        expect(error.code).toBe("STORE_NOT_WRITABLE");
        expect(error.message).toContain(`"${place}/store"`);
        expect(error.message).toContain("read-only");
        expect(error.hint).toContain("--checkpoint=");
      }
      const nowhere = await openLocalStore({ folder: `${place}/none/store` });
      expect((await caught(() => nowhere.takeLease("p/k/lock", holder))).code).toBe("STORE_NOT_WRITABLE");
      expect(await nowhere.logs("")).toEqual([]);
    } finally {
      unmount(place);
    }
  });
});
