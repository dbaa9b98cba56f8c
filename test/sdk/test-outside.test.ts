import { expect, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { defineComponent } from "../../src/sdk/mod.ts";
import { testComponent } from "../../src/sdk/testing.ts";
import { tempDir } from "../kit/mod.ts";

/** Starts a job in a list, and writes what it is known by. */
function submitter(jobs: string[], lookup: boolean): ReturnType<typeof defineComponent> {
  return defineComponent({
    async run({ intent, output }) {
      const out = await output("lake/job.txt");
      const job = await intent("submit", {
        start: ({ idempotencyKey }) => {
          jobs.push(idempotencyKey);
          return idempotencyKey;
        },
        ...(lookup && { find: ({ idempotencyKey }) => jobs.find((one) => one === idempotencyKey) }),
      });
      await out.write(job);
      return { job };
    },
  });
}

test("a completed component has published its outputs, a crashed one nothing", async () => {
  using dir = tempDir();
  const jobs: string[] = [];
  const component = submitter(jobs, true);
  const first = await testComponent(component, { cwd: dir.path, crash: { intent: "submit" } });
  expect(first).toMatchObject({ status: "crashed", published: [] });
  expect(existsSync(dir.join("lake/job.txt"))).toBeFalse();
  const second = await first.resume();
  expect(second).toMatchObject({
    status: "completed",
    intents: [{ key: "submit", how: "found" }],
    published: [{ uri: dir.join("lake/job.txt"), size: 32 }],
  });
  expect(jobs.length).toBe(1);
  expect(dir.read("lake/job.txt")).toBe(jobs[0] ?? "");
  expect(readdirSync(dir.join("lake"))).toEqual(["job.txt"]);
});

test("a crash before the start, without a look-up, is an unknown outcome; after its record its result is given back", async () => {
  using dir = tempDir();
  const jobs: string[] = [];
  const component = submitter(jobs, false);
  const before = await testComponent(component, { cwd: dir.path, crash: { intent: "submit", at: "before" } });
  const unknown = await before.resume();
  expect(unknown).toMatchObject({
    status: "failed",
    steering: "permanent",
    error: { code: "OUTCOME_UNKNOWN" },
  });
  expect(jobs).toEqual([]);
  const after = await testComponent(component, {
    cwd: dir.path,
    crash: { intent: "submit", at: "recorded" },
  });
  expect(await after.resume()).toMatchObject({ status: "completed", intents: [{ how: "restored" }] });
  expect(jobs.length).toBe(1);
});
