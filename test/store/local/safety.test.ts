import { describe, expect, test } from "bun:test";
import fs from "node:fs";
import { CairnError } from "../../../src/base/mod.ts";
import { keyNames } from "../../../src/checkpoint/names.ts";
import { openLocalStore, systemFileSystem, type FileSystem } from "../../../src/store/mod.ts";
import { tempDir } from "../../kit/mod.ts";
import { caught } from "../failure.ts";

const record = '{"seq":1,"a":1}';
const holder = {
  id: "1",
  host: "h",
  pid: 1,
  pidStart: "",
  bootId: "b",
  pidNamespace: "",
  since: "",
  groups: [],
};

async function codeOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
  } catch (thrown) {
    if (thrown instanceof CairnError) return thrown.code;
    throw thrown;
  }
  return "no error";
}

describe("what a local store leaves on the disk", () => {
  test("folders are 0700 and files 0600, whatever the umask", async () => {
    using dir = tempDir();
    const before = process.umask(0);
    try {
      const store = await openLocalStore({ folder: dir.join("a/store") });
      await store.append("p/k/run", 1, record);
      await store.append("p/k/run", 2, '{"seq":2,"a":1}');
      await store.takeLease("p/k/lock", holder);
      await store.remove("p/k/run", [1]);
      const mode = (path: string): string => (fs.statSync(dir.join(path)).mode & 0o777).toString(8);
      for (const path of ["a", "a/store", "a/store/p", "a/store/p/k"]) expect(mode(path)).toBe("700");
      for (const path of ["a/store/p/k/run.jsonl", "a/store/p/k/lock.lock"]) expect(mode(path)).toBe("600");
      await store.close();
    } finally {
      process.umask(before);
    }
  });

  test("opening and reading make no folder", async () => {
    using dir = tempDir();
    const store = await openLocalStore({ folder: dir.join("none") });
    await store.logs("");
    await store.read("a");
    await store.leaseHolder("a");
    expect(fs.readdirSync(dir.path)).toEqual([]);
  });

  test("removing the last log of a folder removes the folder, but never the location", async () => {
    using dir = tempDir();
    const store = await openLocalStore({ folder: dir.join("store") });
    await store.append("p/k/runs/a", 1, record);
    await store.append("p/k/keys", 1, record);
    await store.remove("p/k/runs/a", [1]);
    expect(fs.readdirSync(dir.join("store/p/k"))).toEqual(["keys.jsonl"]);
    await store.remove("p/k/keys", [1]);
    expect(fs.readdirSync(dir.join("store"))).toEqual([]);
    await store.close();
  });

  test("no pipeline name, key or run ID leaves the location", async () => {
    using dir = tempDir();
    const folder = dir.join("inside/store");
    const store = await openLocalStore({ folder });
    const hostile = [
      "../../outside",
      "/etc/passwd",
      "..",
      ".",
      "",
      "a\0b",
      "CON",
      "nul",
      "x".repeat(10_000),
      "日本語 👩‍👩‍👧 ‮",
      "a:b\\c|d?e*f",
      "$(touch pwned)",
      "lock",
      "keys",
      "\ud800",
    ];
    const names = new Set<string>();
    for (const [index, text] of hostile.entries()) {
      const key = keyNames(text, hostile.at(-1 - index));
      for (const log of [key.keys, key.run(text)]) {
        names.add(log);
        expect(await store.append(log, 1, record)).toEqual({ taken: false });
      }
      expect((await store.takeLease(key.lock, holder)).held).toBe(false);
    }
    expect(await store.logs("")).toEqual([...names].toSorted());
    expect(fs.readdirSync(dir.path)).toEqual(["inside"]);
    expect(fs.readdirSync(dir.join("inside"))).toEqual(["store"]);
    await store.close();
  });
});

describe("links", () => {
  test("the location itself may be a link, and may lie below one", async () => {
    using dir = tempDir();
    fs.mkdirSync(dir.join("real"));
    fs.symlinkSync(dir.join("real"), dir.join("link"));
    for (const folder of [dir.join("link"), dir.join("link/below")]) {
      const store = await openLocalStore({ folder });
      expect(await store.append("p/run", 1, record)).toEqual({ taken: false });
      expect(await store.logs("")).toEqual(["p/run"]);
      await store.close();
    }
    expect(fs.existsSync(dir.join("real/below/p/run.jsonl"))).toBe(true);
  });

  test("a link inside the location is refused for folders, logs and locks, and listings pass over it", async () => {
    using dir = tempDir();
    fs.mkdirSync(dir.join("store/ok"), { recursive: true });
    fs.mkdirSync(dir.join("outside"));
    dir.write("outside/run.jsonl", `${record}\n`);
    dir.write("outside/lock.lock", "");
    fs.symlinkSync(dir.join("outside"), dir.join("store/away"));
    fs.symlinkSync(dir.join("outside/run.jsonl"), dir.join("store/ok/run.jsonl"));
    fs.symlinkSync(dir.join("outside/lock.lock"), dir.join("store/ok/lock.lock"));
    fs.symlinkSync(dir.join("outside/new.jsonl"), dir.join("store/ok/new.jsonl"));
    const store = await openLocalStore({ folder: dir.join("store") });
    for (const log of ["away/run", "away/new", "ok/run", "ok/new"]) {
      expect(await codeOf(() => store.append(log, 1, record))).toBe("STORE_LINK");
    }
    expect(await codeOf(() => store.read("away/run"))).toBe("STORE_LINK");
    expect(await codeOf(() => store.read("ok/run"))).toBe("STORE_LINK");
    expect(await codeOf(() => store.takeLease("away/lock", holder))).toBe("STORE_LINK");
    expect(await codeOf(() => store.takeLease("ok/lock", holder))).toBe("STORE_LINK");
    expect(await store.logs("")).toEqual([]);
    expect(fs.readdirSync(dir.join("outside")).toSorted()).toEqual(["lock.lock", "run.jsonl"]);
    expect(dir.read("outside/run.jsonl")).toBe(`${record}\n`);
  });

  test("a file where the location should be is told at opening", async () => {
    using dir = tempDir();
    expect(await codeOf(() => openLocalStore({ folder: dir.write("file", "") }))).toBe("STORE_NOT_A_FOLDER");
    expect(await codeOf(() => openLocalStore({ folder: "relative" }))).toBe("STORE_BAD_LOCATION");
  });
});

describe("a file that is removed or replaced under its writer", () => {
  test("a removed log is not made anew by its writer", async () => {
    using dir = tempDir();
    const store = await openLocalStore({ folder: dir.path });
    await store.append("run", 1, record);
    fs.rmSync(dir.join("run.jsonl"));
    expect(await codeOf(() => store.append("run", 2, '{"seq":2,"a":1}'))).toBe("STORE_LOG_GONE");
    expect(await codeOf(() => store.append("run", 2, '{"seq":2,"a":1}'))).toBe("STORE_GAP");
    expect(fs.readdirSync(dir.path)).toEqual([]);
    await store.close();
  });

  test("a replaced log is read anew before anything is written to it", async () => {
    using dir = tempDir();
    const store = await openLocalStore({ folder: dir.path });
    await store.append("run", 1, record);
    const other = '{"seq":1,"a":"other"}';
    dir.write("new", `${other}\n`);
    fs.renameSync(dir.join("new"), dir.join("run.jsonl"));
    expect(await store.append("run", 1, record)).toEqual({ taken: true, present: other });
    expect(await store.append("run", 2, '{"seq":2,"a":1}')).toEqual({ taken: false });
    expect(dir.read("run.jsonl")).toBe(`${other}\n{"seq":2,"a":1}\n`);
    await store.close();
  });

  test("a removed or replaced lock file means that the lease is lost", async () => {
    for (const replace of [false, true]) {
      using dir = tempDir();
      const store = await openLocalStore({ folder: dir.path });
      const first = await store.takeLease("lock", holder);
      if (first.held) throw new Error("not free");
      first.lease.check();
      fs.rmSync(dir.join("lock.lock"));
      if (replace) dir.write("lock.lock", "");
      expect(() => first.lease.check()).toThrow(/lock file/);
      expect(first.lease.lost.aborted).toBe(true);
      expect((first.lease.lost.reason as CairnError).code).toBe("STORE_LEASE_LOST");
      expect((await caught(() => first.lease.note({ runId: "x" }))).message).toMatch(/lock file/);
      const second = await store.takeLease("lock", { ...holder, id: "2" });
      expect(second.held).toBe(false);
      await first.lease.release();
      expect((await store.leaseHolder("lock"))?.id).toBe("2");
    }
  });

  test("a lock file that is replaced between opening and locking it is not the lease", async () => {
    using dir = tempDir();
    let replace = true;
    const racing: FileSystem = {
      ...systemFileSystem,
      tryLock(fd, shared) {
        if (replace) {
          replace = false;
          fs.rmSync(dir.join("lock.lock"));
          dir.write("lock.lock", "");
        }
        return systemFileSystem.tryLock(fd, shared);
      },
    };
    const store = await openLocalStore({ folder: dir.path, fs: racing });
    const answer = await store.takeLease("lock", holder);
    if (answer.held) throw new Error("not free");
    answer.lease.check();
    const other = await openLocalStore({ folder: dir.path });
    expect((await other.takeLease("lock", { ...holder, id: "2" })).held).toBe(true);
    await answer.lease.release();
  });

  test("a lock file with torn or foreign content is taken, and names nobody", async () => {
    using dir = tempDir();
    for (const [index, content] of ["{", "null", '{"id":1}', "\0\0\0", '{"id":"x","host":'].entries()) {
      dir.write(`l${index}.lock`, content);
      const store = await openLocalStore({ folder: dir.path });
      const answer = await store.takeLease(`l${index}`, holder);
      expect(answer.held).toBe(false);
      if (!answer.held) expect(answer.previous).toBeUndefined();
    }
  });

  test("who takes over keeps naming the process groups of the holder before until it notes others", async () => {
    using dir = tempDir();
    const groups = [{ pgid: 5, leaderStart: "9" }];
    dir.write("lock.lock", `${JSON.stringify({ ...holder, id: "dead", groups })}\nrest of a longer note`);
    const store = await openLocalStore({ folder: dir.path });
    const answer = await store.takeLease("lock", holder);
    if (answer.held) throw new Error("not free");
    expect(answer.previous?.id).toBe("dead");
    expect((await store.leaseHolder("lock"))?.groups).toEqual(groups);
    await answer.lease.note({ groups: [] });
    expect((await store.leaseHolder("lock"))?.groups).toEqual([]);
    await answer.lease.release();
  });
});
