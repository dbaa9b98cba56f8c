import { writeFileSync, rmSync } from "node:fs";
import { expect, test } from "bun:test";
import {
  fileSystemCheckpointStore,
  listCheckpoints,
  memoryCheckpointStore,
  planPipeline,
  readConfig,
  type RunOptions,
} from "../../src/api/mod.ts";
import { recordingHooks, statuses, type TestPipeline, testPipeline } from "./pipeline-kit.ts";

/** Makes a component fail until told otherwise. */
function fail(pipeline: TestPipeline, name: string): { mend(): void } {
  const file = pipeline.dir.write(`${name}.fail`, "");
  return { mend: () => rmSync(file) };
}

const ABC = [
  { type: "t.Tally", name: "A", config: "value = 1" },
  { type: "t.Tally", name: "B", config: "value = 2" },
  { type: "t.Tally", name: "C", config: "value = 3" },
];

const CHECKPOINT = 'checkpoint { enabled = true, location = "checkpoints", cleanup-on-success = false }';

test("wrong 3: a resumed run that fails again early keeps all progress", async () => {
  using pipeline = testPipeline();
  const store = memoryCheckpointStore();
  const b = fail(pipeline, "B");
  const text = pipeline.text(ABC);
  const options: RunOptions = { store, autoResume: true };
  for (let run = 0; run < 3; run++) {
    const { result } = await pipeline.run(text, options);
    expect(statuses(result)).toEqual([run === 0 ? "completed" : "restored", "failed", "not-run"]);
  }
  b.mend();
  const { result } = await pipeline.run(text, options);
  expect(statuses(result)).toEqual(["restored", "completed", "completed"]);
  expect([pipeline.tally("A"), pipeline.tally("B"), pipeline.tally("C")]).toEqual([1, 4, 1]);
});

test("wrong 4: a success retires the failure before it, which is never resumed again", async () => {
  using pipeline = testPipeline();
  const store = memoryCheckpointStore();
  const b = fail(pipeline, "B");
  const text = pipeline.text(ABC);
  const failed = await pipeline.run(text, { store });
  b.mend();
  const second = await pipeline.run(text, { store, autoResume: true });
  expect(second.result.resumedFrom).toBe(failed.result.runId);
  const third = await pipeline.run(text, { store, autoResume: true });
  expect(third.result.resumedFrom).toBeNull();
  expect(statuses(third.result)).toEqual(["completed", "completed", "completed"]);
  const again = pipeline.run(text, { store, resume: failed.result.runId });
  expect(again).rejects.toMatchObject({ name: "CairnError" });
});

test("wrong 5: with fail-fast = false the failed component runs on resume, and not those after it that completed", async () => {
  using pipeline = testPipeline();
  const store = memoryCheckpointStore();
  const b = fail(pipeline, "B");
  const text = pipeline.text(ABC, "fail-fast = false");
  const partial = await pipeline.run(text, { store });
  expect(partial.result).toMatchObject({ status: "partial", reason: "partial", exitCode: 3 });
  expect(statuses(partial.result)).toEqual(["completed", "failed", "completed"]);
  b.mend();
  const { result } = await pipeline.run(text, { store, autoResume: true });
  expect(statuses(result)).toEqual(["restored", "completed", "restored"]);
  expect([pipeline.tally("A"), pipeline.tally("B"), pipeline.tally("C")]).toEqual([1, 2, 1]);
  expect(result.warnings.join("\n")).toContain('"C" completed although "B"');
});

test("wrong 7: a changed completed component is refused by what changed, not by a count", async () => {
  using pipeline = testPipeline();
  const store = memoryCheckpointStore();
  fail(pipeline, "B");
  const { result } = await pipeline.run(pipeline.text(ABC), { store });
  const changed = pipeline.text([{ type: "t.Tally", name: "A", config: "value = 9" }, ...ABC.slice(1)]);
  const refused = await pipeline
    .run(changed, { store, autoResume: true })
    .catch((thrown: unknown) => thrown as Error);
  expect(refused).toMatchObject({ code: "CHECKPOINT_CONFIG_CHANGED", kind: "world" });
  const { message } = refused as Error;
  expect(message).toContain(result.runId);
  expect(message).toContain('"A"');
  expect(message).toContain("value: 1 → 9");
  const [only] = await listCheckpoints(store);
  expect(only?.state).toBe("failed");
  const accepted = await pipeline.run(changed, { store, autoResume: true, onConfigChange: "accept" });
  expect(accepted.result.components[0]).toMatchObject({
    status: "restored",
    reason: "config-change-accepted",
  });
  const rerun = await pipeline.run(
    pipeline.text([{ type: "t.Tally", name: "A", config: "value = 10" }, ...ABC.slice(1)]),
    { store, autoResume: true, onConfigChange: "rerun" },
  );
  expect(rerun.result.components[0]).toMatchObject({ status: "completed", reason: "config-changed" });
});

test("a component that has not completed may change freely", async () => {
  using pipeline = testPipeline();
  const store = memoryCheckpointStore();
  const b = fail(pipeline, "B");
  await pipeline.run(pipeline.text(ABC), { store });
  b.mend();
  const changed = [...ABC.slice(0, 1), { type: "t.Tally", name: "B", config: "value = 20" }];
  const { result } = await pipeline.run(pipeline.text(changed), {
    store,
    autoResume: true,
    onConfigChange: "accept",
  });
  expect(result.components[1]?.outputs).toEqual({ value: 20 });
});

test("wrong 8: a completion that can't be recorded stops the run with exit code 6", async () => {
  using pipeline = testPipeline();
  const real = memoryCheckpointStore();
  let appends = 0;
  const store = {
    ...real,
    can: real.can,
    location: real.location,
    append: (log: string, seq: number, text: string) => {
      if (text.includes("component-completed") && ++appends > 1) {
        throw Object.assign(new Error("disk full"), {});
      }
      return real.append(log, seq, text);
    },
    read: real.read.bind(real),
    last: real.last.bind(real),
    logs: real.logs.bind(real),
    remove: real.remove.bind(real),
    takeLease: real.takeLease.bind(real),
    leaseHolder: real.leaseHolder.bind(real),
    time: real.time.bind(real),
    writtenAt: real.writtenAt.bind(real),
    close: real.close.bind(real),
  };
  const { hooks, calls } = recordingHooks();
  // A clock that runs through the store's patience.
  let ahead = 0;
  const clock = {
    now: () => Date.now() + ahead,
    steady: () => performance.now() + ahead,
    sleep: async (ms: number, signal?: AbortSignal) => {
      await Bun.sleep(5);
      signal?.throwIfAborted();
      ahead += ms;
    },
  };
  const { result } = await pipeline.run(pipeline.text(ABC), { store, hooks, clock });
  expect(result).toMatchObject({ status: "failed", reason: "store", exitCode: 6 });
  expect(statuses(result)).toEqual(["completed", "failed", "not-run"]);
  expect(calls).not.toContain("afterComponent B completed");
  expect(pipeline.tally("C")).toBe(0);
  const { result: resumed } = await pipeline.run(pipeline.text(ABC), { store: real, autoResume: true });
  expect(statuses(resumed)).toEqual(["restored", "completed", "completed"]);
});

test("wrong 9: of two runs that resume at the same time one runs and the other is told who", async () => {
  using pipeline = testPipeline();
  const location = pipeline.dir.join("checkpoints");
  const b = fail(pipeline, "B");
  const text = pipeline.text(
    [ABC[0], { ...ABC[1], config: "sleepMs = 300" }, ABC[2]].flatMap((one) => one ?? []) as typeof ABC,
  );
  await pipeline.run(text, { checkpoint: location });
  b.mend();
  const both = await Promise.allSettled([
    pipeline.run(text, { checkpoint: location, autoResume: true }),
    pipeline.run(text, { checkpoint: location, autoResume: true }),
  ]);
  const refused = both.filter(({ status }) => status === "rejected");
  expect(refused).toHaveLength(1);
  expect(refused[0]).toMatchObject({ reason: { code: "CHECKPOINT_HELD" } });
  expect(pipeline.tally("C")).toBe(1);
});

test("outputs are restored and given to the components after", async () => {
  const reader = `export default (ctx) => { if (ctx.config.fail) throw new Error("not yet"); return ctx.outputs("A"); };`;
  using pipeline = testPipeline({ "t/Reader.ts": reader });
  const store = memoryCheckpointStore();
  const components = (isFailing: boolean): string =>
    pipeline.text([
      { type: "t.Tally", name: "A", config: "value = 7" },
      { type: "t.Reader", name: "B", config: `fail = ${isFailing}` },
    ]);
  await pipeline.run(components(true), { store });
  const { result } = await pipeline.run(components(false), { store, autoResume: true });
  expect(result.components[1]).toMatchObject({ status: "completed", outputs: { value: 7 } });
  expect(pipeline.tally("A")).toBe(1);
});

test("a step runs once over attempts, crashes and resumes", async () => {
  const stepper = `import { appendFileSync, existsSync } from "node:fs";
export default async (ctx) => {
  const one = await ctx.step("one", () => { appendFileSync(ctx.config.log, "1"); return { n: 41 }; });
  if (ctx.run.attempt === 1 && ctx.run.resumedFrom === undefined) process.kill(process.pid, "SIGKILL");
  if (!existsSync(ctx.config.go)) throw new Error("not yet");
  const two = await ctx.step("two", () => { appendFileSync(ctx.config.log, "2"); });
  return { sum: one.n + 1, two };
};`;
  using pipeline = testPipeline({ "t/Stepper.ts": stepper });
  const store = memoryCheckpointStore();
  const log = pipeline.dir.join("log");
  const config = `log = ${JSON.stringify(log)}, go = ${JSON.stringify(pipeline.dir.join("go"))}`;
  const more = "retry-policy { max-retries = 1, initial-delay-ms = 1 }";
  const text = pipeline.text([{ type: "t.Stepper", name: "S", config, more }]);
  const first = await pipeline.run(text, { store });
  expect(first.result.components[0]).toMatchObject({ status: "failed", attempts: 2 });
  writeFileSync(pipeline.dir.join("go"), "");
  const { result } = await pipeline.run(text, { store, autoResume: true });
  expect(result.components[0]?.outputs).toEqual({ sum: 42, two: null });
  expect(pipeline.dir.read("log")).toBe("12");
});

test("a step's name may be used once", async () => {
  const twice = `export default async (ctx) => { await ctx.step("a", () => 1); await ctx.step("a", () => 2); };`;
  using pipeline = testPipeline({ "t/Twice.ts": twice });
  const { result } = await pipeline.run(pipeline.text([{ type: "t.Twice", name: "T" }]));
  expect(result.components[0]?.error?.code).toBe("STEP_NAME_TAKEN");
});

test("an artifact that is gone lets its component and all later ones run again", async () => {
  const maker = `import { writeFileSync, appendFileSync } from "node:fs";
export default async (ctx) => { appendFileSync(ctx.config.runs, "x"); writeFileSync(ctx.config.file, "made"); await ctx.artifact(ctx.config.file); };`;
  using pipeline = testPipeline({ "t/Maker.ts": maker });
  const store = memoryCheckpointStore();
  const file = pipeline.dir.join("made.txt");
  const config = `file = ${JSON.stringify(file)}, runs = ${JSON.stringify(pipeline.dir.join("maker"))}`;
  const c = fail(pipeline, "C");
  const text = pipeline.text([{ type: "t.Maker", name: "M", config }, ...ABC.slice(1)]);
  await pipeline.run(text, { store });
  rmSync(file);
  c.mend();
  const { result } = await pipeline.run(text, { store, autoResume: true });
  expect(result.components.map(({ reason }) => reason)).toEqual([
    "artifact-missing",
    "after-rerun",
    "failed-before",
  ]);
  expect(pipeline.dir.read("maker")).toBe("xx");
});

test("hooks are told of restored components, and completions come after their durable record", async () => {
  using pipeline = testPipeline();
  const store = memoryCheckpointStore();
  const b = fail(pipeline, "B");
  await pipeline.run(pipeline.text(ABC), { store });
  b.mend();
  const { hooks, calls } = recordingHooks();
  const durable: boolean[] = [];
  const watch = {
    async afterComponent(component: {
      readonly name: string;
      readonly runId: string;
      readonly status: string;
    }) {
      if (component.status === "restored") return;
      const [latest] = await listCheckpoints(store);
      durable.push(latest?.completedComponents.some(({ name }) => name === component.name) === true);
    },
  };
  const { composeHooks } = await import("../../src/api/mod.ts");
  await pipeline.run(pipeline.text(ABC), { store, autoResume: true, hooks: composeHooks(hooks, watch) });
  expect(calls).toEqual([
    "beforePipeline",
    "afterComponent A restored",
    "beforeComponent B 1",
    "afterComponent B completed",
    "beforeComponent C 1",
    "afterComponent C completed",
    "afterPipeline completed",
  ]);
  expect(durable).toEqual([true, true]);
});

test("--set of the resumed run holds for the resume, what is given now wins, secrets must be given again", async () => {
  using pipeline = testPipeline();
  const store = memoryCheckpointStore();
  const b = fail(pipeline, "B");
  const file = pipeline.dir.write(
    "p.conf",
    `value = 1, password = none\n${pipeline.text([{ type: "t.Tally", name: "A", config: "value = ${value}" }, ABC[1] as (typeof ABC)[0]])}`,
  );
  const { runFile } = await import("../../src/api/mod.ts");
  const options = { store, cwd: pipeline.dir.path, env: {}, autoResume: true };
  await runFile(file, { ...options, set: [{ path: "value", value: "5" }] });
  const again = await runFile(file, options);
  expect(again.components[0]).toMatchObject({ status: "restored", outputs: { value: 5 } });
  const differs = runFile(file, { ...options, set: [{ path: "value", value: "6" }] });
  expect(differs).rejects.toMatchObject({ code: "CHECKPOINT_CONFIG_CHANGED" });
  await differs.catch(() => undefined);
  await runFile(file, { ...options, fresh: true, set: [{ path: "password", value: "hidden-value" }] });
  const needed = await runFile(file, options).catch((thrown: unknown) => thrown);
  expect(needed).toMatchObject({ code: "RESUME_OPTION_NEEDED", kind: "config" });
  for (const log of await store.logs("")) {
    const records = await store.read(log);
    expect(records.some(({ text }) => text?.includes("hidden-value") === true)).toBe(false);
  }
  b.mend();
  const done = await runFile(file, { ...options, set: [{ path: "password", value: "other" }] });
  expect(done.status).toBe("completed");
});

test("an explicit resume takes a prefix and latest, implies checkpointing, and carries the chain's first run ID", async () => {
  using pipeline = testPipeline();
  const location = pipeline.dir.join("checkpoints");
  const b = fail(pipeline, "B");
  const text = pipeline.text(ABC, 'checkpoint { location = "checkpoints" }');
  const { result: first } = await pipeline.run(text, { checkpoint: true });
  const { result: second } = await pipeline.run(text, { resume: first.runId.slice(0, 30) });
  expect(second).toMatchObject({ resumedFrom: first.runId, rootRunId: first.runId, exitCode: 1 });
  b.mend();
  const { result: third } = await pipeline.run(text, { resume: "latest" });
  expect(third).toMatchObject({ resumedFrom: second.runId, rootRunId: first.runId, exitCode: 0 });
  expect(third.checkpoint).toEqual({ location, kept: false });
  const unknown = pipeline.run(text, { resume: "nobody" });
  expect(unknown).rejects.toMatchObject({ code: "CHECKPOINT_NO_SUCH_RUN" });
  await unknown.catch(() => undefined);
});

test("a run key that has completed is not run again under auto-resume", async () => {
  using pipeline = testPipeline();
  const store = memoryCheckpointStore();
  const text = pipeline.text(ABC);
  await pipeline.run(text, { store, autoResume: true, runKey: "2026-11-23" });
  const { result } = await pipeline.run(text, { store, autoResume: true, runKey: "2026-11-23" });
  expect(result).toMatchObject({ reason: "already-completed", exitCode: 0, status: "completed" });
  expect(pipeline.tally("A")).toBe(1);
  await pipeline.run(text, { store, autoResume: true, runKey: "2026-11-24" });
  expect(pipeline.tally("A")).toBe(2);
});

test.each([true, false])(
  "what is said of a run that has completed is true, its checkpoint cleaned up or not (%p)",
  async (cleanupOnSuccess) => {
    using pipeline = testPipeline();
    const location = pipeline.dir.join("checkpoints");
    const b = fail(pipeline, "B");
    const text = pipeline.text(ABC, 'checkpoint { location = "checkpoints" }');
    const run = { checkpoint: true, autoResume: true, runKey: "2026-11-23", cleanupOnSuccess };
    const { result: first } = await pipeline.run(text, run);
    b.mend();
    const { result: second } = await pipeline.run(text, run);
    expect(second).toMatchObject({ resumedFrom: first.runId, exitCode: 0 });
    const { result: third } = await pipeline.run(text, run);
    expect(third).toMatchObject({
      reason: "already-completed",
      runId: second.runId,
      rootRunId: first.runId,
      resumedFrom: first.runId,
      checkpoint: { location, kept: !cleanupOnSuccess },
    });
  },
);

test("a plan says what a run would do and writes nothing", async () => {
  using pipeline = testPipeline();
  const location = pipeline.dir.join("checkpoints");
  fail(pipeline, "B");
  const text = pipeline.text(ABC, CHECKPOINT);
  const { result } = await pipeline.run(text);
  const store = fileSystemCheckpointStore(location);
  const before = JSON.stringify(await listCheckpoints(store));
  const { pipeline: config } = await readConfig("-", { text, cwd: pipeline.dir.path, env: {} });
  if (config === undefined) throw new Error("the text is a pipeline");
  const plan = await planPipeline(config, { autoResume: true });
  expect(plan).toMatchObject({ version: 1, resumes: result.runId, location, refused: false });
  expect(plan.components.map(({ action, reason }) => `${action} ${reason}`)).toEqual([
    "restore completed",
    "run failed-before",
    "run not-completed",
  ]);
  expect(JSON.stringify(await listCheckpoints(store))).toBe(before);
  await store.close();
  expect(pipeline.tally("B")).toBe(1);
});

test("auto-resume and run keys are refused without checkpointing", () => {
  using pipeline = testPipeline();
  const text = pipeline.text(ABC);
  expect(pipeline.run(text, { autoResume: true })).rejects.toMatchObject({ kind: "config" });
  expect(pipeline.run(text, { runKey: "k" })).rejects.toMatchObject({ kind: "config" });
});
