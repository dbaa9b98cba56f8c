import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { tempDir } from "../../kit/mod.ts";
import { localStore } from "../../../src/store/mod.ts";
import { holder } from "../../checkpoint/kit/runs.ts";

const NAME = "daily/unkeyed/lock";
const RECORD = '{"seq":1,"events":[]}';

test("whoever takes a lease and records nothing leaves no file behind", async () => {
  using dir = tempDir();
  const store = localStore({ folder: dir.join("checkpoints") });
  const answer = await store.takeLease(NAME, holder("one"));
  if (answer.held) throw new Error("held by nobody");
  expect(existsSync(dir.join("checkpoints/daily/unkeyed"))).toBe(true);
  await answer.lease.release();
  expect(existsSync(dir.join("checkpoints/daily"))).toBe(false);
  await store.close();
});

test("the lock file stays where anything was recorded", async () => {
  using dir = tempDir();
  const store = localStore({ folder: dir.join("checkpoints") });
  const answer = await store.takeLease(NAME, holder("one"));
  await store.append("daily/unkeyed/keys", 1, RECORD);
  if (!answer.held) await answer.lease.release();
  expect(existsSync(dir.join("checkpoints/daily/unkeyed/lock.lock"))).toBe(true);
  await store.close();
});

test("a lease has one holder at a time, also where its file comes and goes", async () => {
  using dir = tempDir();
  let holders = 0;
  let most = 0;
  let taken = 0;
  const racer = async (id: string): Promise<void> => {
    const store = localStore({ folder: dir.join("checkpoints") });
    for (let round = 0; round < 100; round++) {
      const answer = await store.takeLease(NAME, holder(id));
      if (answer.held) continue;
      most = Math.max(most, ++holders);
      taken++;
      await Promise.resolve();
      answer.lease.check();
      holders--;
      await answer.lease.release();
    }
    await store.close();
  };
  await Promise.all(["one", "two", "three"].map((id) => racer(id)));
  expect(most).toBe(1);
  expect(taken).toBeGreaterThan(0);
});
