import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import {
  type Clock,
  listCheckpoints,
  listResumableCheckpoints,
  memoryCheckpointStore,
  planPipeline,
  readConfig,
  type RunResult,
  systemClock,
} from "../../src/api/mod.ts";
import { statuses, testPipeline } from "./pipeline-kit.ts";

const AB = [
  { type: "t.Tally", name: "A" },
  { type: "t.Tally", name: "B" },
];
const DAY_MS = 24 * 60 * 60 * 1000;

/** The machine's clock, so many days later. */
function later(days: number): Clock {
  return { ...systemClock, now: () => systemClock.now() + days * DAY_MS };
}

test("at max-resumes the run is poisoned: exit 8, nothing is executed, and lists say so", async () => {
  using pipeline = testPipeline();
  const store = memoryCheckpointStore();
  const b = pipeline.dir.write("B.fail", "");
  const text = pipeline.text(AB, "checkpoint { max-resumes = 3 }");
  const options = { store, autoResume: true, isolation: "none" } as const;
  for (let run = 0; run < 3; run++) await pipeline.run(text, options);
  expect(pipeline.tally("B")).toBe(3);
  expect((await listCheckpoints(store)).map(({ state }) => state)).toEqual([
    "poisoned",
    "superseded",
    "superseded",
  ]);
  expect(await listResumableCheckpoints("test", store)).toEqual([]);

  let refused: unknown;
  await pipeline.run(text, options).catch((thrown: unknown) => (refused = thrown));
  expect(refused).toMatchObject({
    code: "CHECKPOINT_POISONED",
    details: { poisoned: [{ component: "B", runs: 3 }] },
  });
  expect(pipeline.tally("B")).toBe(3);
  expect((await listCheckpoints(store)).length).toBe(3);

  const { pipeline: config } = await readConfig("-", { text, cwd: pipeline.dir.path, env: {} });
  if (config === undefined) throw new Error("no configuration");
  const plan = await planPipeline(config, { ...options, cwd: pipeline.dir.path });
  expect(plan).toMatchObject({ poisoned: [{ component: "B", runs: 3 }] });
  expect(plan.components[1]).toMatchObject({ action: "run", reason: "poisoned" });

  const again = await pipeline.run(text, { ...options, retryPoisoned: true });
  expect(statuses(again.result)).toEqual(["restored", "failed"]);
  rmSync(b);
  const last = await pipeline.run(text, { ...options, retryPoisoned: true });
  expect(statuses(last.result)).toEqual(["restored", "completed"]);
});

test("a changed component begins its count anew, and 0 is no bound", async () => {
  using pipeline = testPipeline();
  pipeline.dir.write("B.fail", "");
  const options = { autoResume: true, isolation: "none" } as const;
  const bounded = memoryCheckpointStore();
  const text = (config: string, resumes: number): string =>
    pipeline.text(
      [
        { type: "t.Tally", name: "A" },
        { type: "t.Tally", name: "B", config },
      ],
      `checkpoint { max-resumes = ${resumes} }`,
    );
  await pipeline.run(text("value = 1", 1), { store: bounded, ...options });
  expect(pipeline.run(text("value = 1", 1), { store: bounded, ...options })).rejects.toMatchObject({
    code: "CHECKPOINT_POISONED",
  });
  const changed = await pipeline.run(text("value = 2", 1), { store: bounded, ...options });
  expect(statuses(changed.result)).toEqual(["restored", "failed"]);

  const unbounded = memoryCheckpointStore();
  for (let run = 0; run < 25; run++)
    await pipeline.run(text("value = 1", 0), { store: unbounded, ...options });
  expect((await listCheckpoints(unbounded))[0]?.state).toBe("failed");
});

test("an auto-resume passes over a run that is older than max-age, counted from the first of its chain", async () => {
  using pipeline = testPipeline();
  const store = memoryCheckpointStore();
  pipeline.dir.write("B.fail", "");
  const text = pipeline.text(AB, "checkpoint { max-age = 3 d }");
  const run = async (days: number, more: object = {}): Promise<RunResult> =>
    (await pipeline.run(text, { store, autoResume: true, isolation: "none", clock: later(days), ...more }))
      .result;
  const first = await run(0);
  const second = await run(2);
  expect(second.resumedFrom).toBe(first.runId);
  expect(run(4, { autoResume: false, resume: "latest" })).rejects.toMatchObject({
    code: "CHECKPOINT_TOO_OLD",
  });
  const fresh = await run(4);
  expect(statuses(fresh)).toEqual(["completed", "failed"]);
  expect(fresh.resumedFrom).toBeNull();
  expect(fresh.warnings.join("\n")).toContain(`Run "${second.runId}" is not resumed: it began at`);
  expect((await run(5)).resumedFrom).toBe(fresh.runId);
});

test("keep-last leaves the newest completed checkpoints of the pipeline, whatever their run keys", async () => {
  using pipeline = testPipeline();
  const store = memoryCheckpointStore();
  const text = pipeline.text(AB, "checkpoint { cleanup-on-success = false, keep-last = 2 }");
  const ids: string[] = [];
  for (const runKey of ["mon", "tue", undefined, "wed"]) {
    const { result } = await pipeline.run(text, { store, isolation: "none", runKey });
    expect(result.checkpoint?.kept).toBe(true);
    ids.push(result.runId);
    await Bun.sleep(2);
  }
  expect((await listCheckpoints(store)).map(({ runId }) => runId)).toEqual(ids.slice(2).toReversed());
  const monday = await pipeline.run(text, { store, isolation: "none", autoResume: true, runKey: "mon" });
  expect(monday.result.reason).toBe("already-completed");
});

test("keep-last takes the runs that a completed one resumed along, and leaves unfinished ones alone", async () => {
  using pipeline = testPipeline();
  const store = memoryCheckpointStore();
  const options = { store, isolation: "none", autoResume: true } as const;
  const text = pipeline.text(AB, "checkpoint { cleanup-on-success = false, keep-last = 1 }");
  const b = pipeline.dir.write("B.fail", "");
  await pipeline.run(text, options);
  await pipeline.run(text, { ...options, runKey: "other" });
  rmSync(b);
  await pipeline.run(text, options);
  await Bun.sleep(2);
  const newest = await pipeline.run(text, options);
  const left = await listCheckpoints(store);
  expect(left.map(({ runId, state }) => `${state} ${runId === newest.result.runId}`)).toEqual([
    "completed true",
    "failed false",
  ]);
});
