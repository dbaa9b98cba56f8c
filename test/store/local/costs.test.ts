import { expect, test } from "bun:test";
import fs from "node:fs";
import { openLocalStore, systemFileSystem } from "../../../src/store/mod.ts";
import { tempDir } from "../../kit/mod.ts";
import { faultyFileSystem } from "./faulty-file-system.ts";

const text = (seq: number): string => `{"seq":${seq},"a":1}`;

test("an append to an open log is one write and one sync, with one look at the path", async () => {
  using dir = tempDir();
  const { fs: counted, calls } = faultyFileSystem(systemFileSystem);
  const store = await openLocalStore({ folder: dir.path, fs: counted });
  await store.append("p/k/run", 1, text(1));
  for (let seq = 2; seq <= 5; seq++) {
    calls.length = 0;
    await store.append("p/k/run", seq, text(seq));
    expect(calls).toEqual(["tryLock", "factsAt", "write", "syncData", "unlock"]);
  }
  await store.close();
});

test("the first record of a log costs one sync of its file; folders are synced once for all logs, their own each time", async () => {
  using dir = tempDir();
  const { fs: counted, calls } = faultyFileSystem(systemFileSystem);
  const store = await openLocalStore({ folder: dir.join("store"), fs: counted });
  const count = (name: string): number => calls.filter((call) => call === name).length;
  await store.append("p/k/keys", 1, text(1));
  // Those of the log and above: p/k, p, the location; and those above it that are young: its parent, the system's temp.
  expect(count("syncData")).toBe(1);
  expect(count("syncFolder")).toBeGreaterThanOrEqual(4);
  expect(count("syncFolder")).toBeLessThanOrEqual(6);
  calls.length = 0;
  await store.append("p/k/other", 1, text(1));
  expect([count("syncData"), count("syncFolder")]).toEqual([1, 1]);
  await store.close();
});

test("removing records and opening a log again leave the time of its last record as it was", async () => {
  using dir = tempDir();
  const first = await openLocalStore({ folder: dir.path });
  for (let seq = 1; seq <= 3; seq++) await first.append("run", seq, text(seq));
  await first.close();
  const longAgo = Math.floor(Date.now() / 1000) - 100_000;
  fs.utimesSync(dir.join("run.jsonl"), longAgo, longAgo);
  const second = await openLocalStore({ folder: dir.path });
  await second.append("run", 3, text(3));
  expect(await second.writtenAt("run")).toBe(longAgo * 1000);
  await second.remove("run", [1, 2]);
  expect(await second.writtenAt("run")).toBe(longAgo * 1000);
  await second.append("run", 4, text(4));
  expect(await second.writtenAt("run")).toBeGreaterThan(longAgo * 1000);
  await second.close();
});

test("what is read is on the disk before it is answered, where its writer may not have brought it there", async () => {
  using dir = tempDir();
  dir.write("young.jsonl", `${text(1)}\n`);
  const old = dir.write("old.jsonl", `${text(1)}\n`);
  const longAgo = Date.now() / 1000 - 3600;
  fs.utimesSync(old, longAgo, longAgo);
  const { fs: counted, calls } = faultyFileSystem(systemFileSystem);
  const store = await openLocalStore({ folder: dir.path, fs: counted });
  for (const call of ["read", "last"] as const) {
    calls.length = 0;
    await store[call]("young");
    expect(calls).toContain("syncData");
    expect(calls).toContain("syncFolder");
    calls.length = 0;
    await store[call]("old");
    expect(calls).not.toContain("syncData");
  }
});
