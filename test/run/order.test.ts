import { expect, test } from "bun:test";
import { memoryCheckpointStore, type RunResult } from "../../src/api/mod.ts";
import { dependenciesOf } from "../../src/run/graph.ts";
import { Scheduler } from "../../src/run/scheduler.ts";
import { fromSeed, seeded } from "../kit/mod.ts";
import { recordingHooks, statuses, testPipeline } from "./pipeline-kit.ts";

test("depends-on absent is the component before in the file, [] none, names those", () => {
  const component = (index: number, dependsOn: readonly string[] | undefined, enabled = true): unknown => ({
    index,
    instanceName: `c${index}`,
    enabled,
    dependsOn,
  });
  const components = [
    component(0, undefined),
    component(1, undefined, false),
    component(2, undefined),
    component(3, []),
    component(4, ["c0", "c3", "c1"]),
  ] as Parameters<typeof dependenciesOf>[0];
  expect(dependenciesOf(components)).toEqual([
    { after: [], needsSuccess: false },
    { after: [], needsSuccess: false },
    { after: [0], needsSuccess: false },
    { after: [], needsSuccess: true },
    { after: [0, 3], needsSuccess: true },
  ]);
});

test("the scheduler starts everything once, in order, never before its predecessors and never too many", () => {
  const random = seeded("scheduler");
  for (let round = 0; round < 300; round++) {
    const chance = fromSeed(random.seed + round);
    const size = 1 + chance.int(30);
    const dependencies = Array.from({ length: size }, (_, index) => ({
      after: Array.from({ length: index }, (__, before) => before).filter(() => chance.int(4) === 0),
      needsSuccess: chance.int(2) === 0,
    }));
    const maxParallel = 1 + chance.int(4);
    const scheduler = new Scheduler(dependencies, maxParallel);
    const settled = new Set(dependencies.flatMap((_, index) => (chance.int(5) === 0 ? [index] : [])));
    scheduler.begin(settled);
    const fates = new Map<number, "done" | "failed" | "unmet">([...settled].map((index) => [index, "done"]));
    const running: number[] = [];
    for (;;) {
      for (let next = scheduler.next(); next !== undefined; next = scheduler.next()) {
        expect(fates.has(next)).toBe(false);
        for (const before of dependencies[next]?.after ?? []) {
          expect(fates.has(before)).toBe(true);
          if (dependencies[next]?.needsSuccess === true) expect(fates.get(before)).toBe("done");
        }
        running.push(next);
      }
      expect(running.length).toBeLessThanOrEqual(maxParallel);
      const [over] = running.splice(chance.int(Math.max(1, running.length)), 1);
      if (over === undefined) break;
      const fate = chance.int(4) === 0 ? "failed" : "done";
      fates.set(over, fate);
      scheduler.over(over, fate);
      for (const unmet of scheduler.takeUnmet()) fates.set(unmet, "unmet");
    }
    expect(fates.size).toBe(size);
    for (const [index, fate] of fates) {
      if (fate !== "unmet") continue;
      const before = (dependencies[index]?.after ?? []).map((one) => fates.get(one));
      expect(before.some((one) => one === "failed" || one === "unmet")).toBe(true);
    }
  }
});

const DIAMOND = [
  { type: "t.Tally", name: "A" },
  { type: "t.Tally", name: "B", more: 'depends-on = ["A"]', config: "sleepMs = 200" },
  { type: "t.Tally", name: "C", more: 'depends-on = ["A"]', config: "sleepMs = 200" },
  { type: "t.Tally", name: "D", more: 'depends-on = ["B", "C"]' },
];

test("components whose predecessors are over run side by side", async () => {
  using pipeline = testPipeline();
  const { hooks, calls } = recordingHooks();
  const text = pipeline.text(DIAMOND, "max-parallel = 2");
  const { result } = await pipeline.run(text, { hooks, store: memoryCheckpointStore() });
  expect(statuses(result)).toEqual(["completed", "completed", "completed", "completed"]);
  const started = (name: string): number => calls.indexOf(`beforeComponent ${name} 1`);
  const completed = (name: string): number => calls.indexOf(`afterComponent ${name} completed`);
  expect(Math.max(started("B"), started("C"))).toBeLessThan(Math.min(completed("B"), completed("C")));
  expect(started("D")).toBeGreaterThan(Math.max(completed("B"), completed("C")));
});

test("under fail-fast a failure cancels running siblings, and their cancelling is not held against them", async () => {
  using pipeline = testPipeline();
  pipeline.dir.write("B.fail", "");
  const components = DIAMOND.map((one) => (one.name === "C" ? { ...one, config: "sleepMs = 60000" } : one));
  const text = pipeline.text(components, "max-parallel = 2");
  const store = memoryCheckpointStore();
  const { result } = await pipeline.run(text, { store, graceMs: 100 });
  expect(result).toMatchObject({ status: "failed", reason: "component", exitCode: 1 });
  expect(result.components.map(({ status, reason }) => `${status} ${reason}`)).toEqual([
    "completed first-run",
    "failed failed",
    "failed cancelled",
    "skipped dependency-failed",
  ]);
});

test("under fail-fast = false the rest goes on, and what names a failed one is skipped", async () => {
  using pipeline = testPipeline();
  pipeline.dir.write("B.fail", "");
  const text = pipeline.text(
    [...DIAMOND, { type: "t.Tally", name: "E" }],
    "max-parallel = 2, fail-fast = false",
  );
  const { result } = await pipeline.run(text);
  expect(result).toMatchObject({ status: "partial", exitCode: 3 });
  expect(result.components.map(({ status, reason }) => `${status} ${reason}`)).toEqual([
    "completed first-run",
    "failed failed",
    "completed first-run",
    "skipped dependency-failed",
    "completed first-run",
  ]);
});

test("a disabled component is left out and keeps its place in the numbering", async () => {
  using pipeline = testPipeline();
  const text = pipeline.text([
    { type: "t.Tally", name: "A" },
    { type: "no.SuchType", name: "Off", more: "enabled = false" },
    { type: "t.Tally", name: "C" },
  ]);
  const { result } = await pipeline.run(text);
  expect(result.exitCode).toBe(0);
  expect(result.components.map(({ index, status, reason }) => [index, status, reason])).toEqual([
    [0, "completed", "first-run"],
    [1, "not-run", "disabled"],
    [2, "completed", "first-run"],
  ]);
});

test("an empty pipeline succeeds with a warning", async () => {
  using pipeline = testPipeline();
  const { result } = await pipeline.run(pipeline.text([]));
  expect(result).toMatchObject({ exitCode: 0, status: "completed", components: [] });
  expect(result.warnings).toEqual(["The pipeline has no components: nothing was run."]);
});

function pidsOf(result: RunResult): unknown[] {
  return result.components.map(({ outputs }) => (outputs as { pid: number }).pid);
}

const PID = `export default (ctx) => ({ pid: process.pid, ...(ctx.config.stdin ? { stdin: require("node:fs").readFileSync(0, "utf8") } : {}), env: ctx.env, own: { ...process.env } });`;

test("a worker process is reused after a clean end, never under isolation = fresh, and none is the runner", async () => {
  using pipeline = testPipeline({ "t/Pid.ts": PID });
  const components = ["A", "B", "C"].map((name) => ({ type: "t.Pid", name }));
  const text = pipeline.text(components);
  const shared = pidsOf((await pipeline.run(text)).result);
  expect(new Set(shared).size).toBe(1);
  expect(shared[0]).not.toBe(process.pid);
  const fresh = pidsOf((await pipeline.run(text, { isolation: "fresh" })).result);
  expect(new Set(fresh).size).toBe(3);
  const [none] = pidsOf(
    (await pipeline.run(pipeline.text(components.slice(0, 1)), { isolation: "none" })).result,
  );
  expect(none).toBe(process.pid);
});

test("components get /dev/null as stdin and an environment without what is Cairn's or would change their process", async () => {
  using pipeline = testPipeline({ "t/Pid.ts": PID });
  const { result } = await pipeline.run(
    pipeline.text([{ type: "t.Pid", name: "A", config: "stdin = true" }]),
    {
      env: {
        PATH: process.env["PATH"],
        KEPT: "yes",
        CAIRN_PLUGINS: "",
        BUN_OPTIONS: "--smol",
        NODE_OPTIONS: "--x",
      },
    },
  );
  const outputs = result.components[0]?.outputs as {
    readonly stdin: string;
    readonly env: Record<string, string>;
    readonly own: Record<string, string>;
  };
  expect(outputs.stdin).toBe("");
  expect(outputs.env["KEPT"]).toBe("yes");
  expect(Object.keys(outputs.env).filter((name) => /^(?:CAIRN_|BUN_|NODE_)/.test(name))).toEqual([]);
  expect(outputs.own["BUN_OPTIONS"]).toBeUndefined();
  expect(outputs.own["NODE_OPTIONS"]).toBeUndefined();
});
