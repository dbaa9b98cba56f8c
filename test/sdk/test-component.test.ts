import { describe, expect, test } from "bun:test";
import { defineComponent, PermanentError, SkipComponent, TransientError, v } from "../../src/sdk/mod.ts";
import { fakeClock, storeConformance, testComponent } from "../../src/sdk/testing.ts";
import { tempDir } from "../kit/mod.ts";

/** What a promise rejects with. */
async function thrownBy(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (thrown) {
    return thrown;
  }
  throw new Error("it did not reject");
}

const copied: string[] = [];

/** Copies files one by one, each in a step. */
const copyFiles = defineComponent({
  config: v.object({ fileNames: v.array(v.string()) }),
  async run({ config, step, log, progress, run }) {
    for (const [index, name] of config.fileNames.entries()) {
      await step(`copy ${name}`, () => void copied.push(name));
      progress(index + 1, config.fileNames.length, name);
    }
    log.info("copied", { files: config.fileNames.length, resumed: run.resumedFrom !== undefined });
    return { files: config.fileNames.length };
  },
});

describe("testComponent", () => {
  test("runs a component and tells all it did", async () => {
    copied.length = 0;
    const clock = fakeClock(Date.UTC(2026, 10, 23));
    const run = await testComponent(copyFiles, { config: { "file-names": ["a", "b"] }, clock });
    expect(run.status).toBe("completed");
    expect(run.outputs).toEqual({ files: 2 });
    expect(run.steps).toEqual([
      { name: "copy a", result: null, how: "ran" },
      { name: "copy b", result: null, how: "ran" },
    ]);
    expect(run.progress).toEqual([
      { done: 1, total: 2, label: "a" },
      { done: 2, total: 2, label: "b" },
    ]);
    expect(run.logs).toEqual([
      { level: "info", message: "copied", fields: { files: 2, resumed: false }, at: Date.UTC(2026, 10, 23) },
    ]);
    expect(copied).toEqual(["a", "b"]);
  });

  test.each([
    ["before", ["a"], ["a", "b", "c"]],
    ["unrecorded", ["a", "b"], ["a", "b", "b", "c"]],
    ["recorded", ["a", "b"], ["a", "b", "c"]],
  ] as const)("crashes %s a step, and a resume goes on from what is durable", async (at, before, after) => {
    copied.length = 0;
    const first = await testComponent(copyFiles, {
      config: { fileNames: ["a", "b", "c"] },
      crash: { step: "copy b", at },
    });
    expect([first.status, first.outputs]).toEqual(["crashed", undefined]);
    expect(copied).toEqual([...before]);
    const second = await first.resume();
    expect(second.status).toBe("completed");
    expect(copied).toEqual([...after]);
    expect(second.steps.filter((step) => step.how === "restored").map((step) => step.name)).toEqual(
      at === "recorded" ? ["copy a", "copy b"] : ["copy a"],
    );
    expect(second.logs[0]?.fields).toEqual({ files: 3, resumed: true });
  });

  test("ends at a crash as SIGKILL would: no finally, nothing of a parallel branch", async () => {
    let finals = 0;
    const parallel = defineComponent({
      async run({ step, log }) {
        try {
          await Promise.all([
            step("one", () => 1),
            (async () => {
              await Bun.sleep(1);
              log.info("still here");
              await step("two", () => 2);
            })(),
          ]);
        } finally {
          finals++;
        }
      },
    });
    const run = await testComponent(parallel, { crash: { step: "one" } });
    await Bun.sleep(5);
    expect([run.status, finals, run.logs, run.steps]).toEqual(["crashed", 0, [], []]);
  });

  test("says so where the crash's step is never reached", async () => {
    const run = testComponent(copyFiles, { config: { fileNames: ["a"] }, crash: { step: "copy z" } });
    expect(await thrownBy(run)).toMatchObject({
      code: "TEST_STEP_NOT_REACHED",
      message: 'Cannot crash at step "copy z": the component ended without running it',
      hint: 'Its steps were "copy a".',
    });
  });

  test.each([
    [
      () => {
        throw new TransientError("busy");
      },
      "failed",
      "transient",
    ],
    [
      () => {
        throw new PermanentError("no such table");
      },
      "failed",
      "permanent",
    ],
    [
      () => {
        throw new SkipComponent("nothing new");
      },
      "skipped",
      "skip",
    ],
    [
      () => {
        throw new Error("boom");
      },
      "failed",
      undefined,
    ],
    [async () => Promise.reject(new Error("boom")), "failed", undefined],
    [() => new Date() as never, "failed", undefined],
  ] as const)("%#: a failure is an answer", async (run, status, steering) => {
    const answer = await testComponent(run);
    expect([answer.status, answer.steering, answer.outputs]).toEqual([status, steering, undefined]);
    expect(answer.error).toBeInstanceOf(Error);
  });

  test("refuses a wrong configuration as a run would", async () => {
    const run = testComponent(copyFiles, { config: { "file-nams": ["a"] } });
    expect(await thrownBy(run)).toMatchObject({
      code: "COMPONENT_CONFIG_INVALID",
      message:
        'Cannot test the component: its configuration is wrong\n  file-nams: unknown key "file-nams" (Did you mean "file-names"?)\n  file-names: the required key "file-names" is missing',
    });
  });

  test("gives outputs of completed components, and refuses names that are unknown", async () => {
    const outputs = { "Extract(orders)": { rows: 3 }, Quiet: undefined };
    const good = await testComponent(
      ({ outputs }) => [outputs("Extract(orders)") ?? null, outputs("Quiet") ?? null],
      { outputs },
    );
    expect(good.outputs).toEqual([{ rows: 3 }, null]);
    const bad = await testComponent(({ outputs }) => outputs("Extract(order)"), { outputs });
    expect(bad.error).toMatchObject({
      code: "OUTPUTS_NOT_COMPLETED",
      hint: 'Did you mean "Extract(orders)"?',
    });
  });

  test("keeps steps to their rules", async () => {
    const twice = await testComponent(async ({ step }) => {
      await step("a", () => 1);
      await step("a", () => 2);
    });
    expect(twice.error).toMatchObject({
      code: "STEP_NAME_TAKEN",
      message: 'Cannot run step "a": this component has used the name already',
    });
    const large = await testComponent(
      async ({ step }) => void (await step("big", () => "x".repeat(300_000))),
    );
    expect(large.error).toMatchObject({ code: "RESULT_TOO_LARGE" });
    const nothing = await testComponent(async ({ step }) => ({
      first: (await step("void", () => {})) as unknown as null,
    }));
    expect([nothing.outputs, (await nothing.resume()).outputs]).toEqual([{ first: null }, { first: null }]);
  });

  test("declares artifacts that are there, and only those", async () => {
    using dir = tempDir();
    const path = dir.write("out/orders.csv", "id\n1\n");
    const run = await testComponent(
      async ({ artifact }) => {
        await artifact("out/orders.csv", { hash: true });
        await artifact(Bun.pathToFileURL(path).href);
      },
      { cwd: dir.path },
    );
    expect(run.artifacts).toEqual([
      { path, options: { hash: true } },
      { path, options: {} },
    ]);
    const missing = await testComponent(({ artifact }) => artifact("nowhere"), { cwd: dir.path });
    expect(missing.error).toMatchObject({ code: "ARTIFACT_MISSING" });
  });

  test("aborts the signal when the fake clock passes the timeout, or at the test's word", async () => {
    const waits = defineComponent({
      run: ({ signal }) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error))),
    });
    const clock = fakeClock();
    const timed = testComponent(waits, { clock, timeoutMs: 60_000 });
    clock.advance(59_999);
    clock.advance(1);
    expect((await timed).error).toMatchObject({ message: "the component ran longer than 60000 ms" });
    const stop = new AbortController();
    const stopped = testComponent(waits, { signal: stop.signal });
    stop.abort(new Error("interrupted"));
    expect((await stopped).error).toMatchObject({ message: "interrupted" });
  });
});

test("a fake clock wakes sleepers in the order of their time, and lets them be aborted", async () => {
  const clock = fakeClock(1000);
  const woken: string[] = [];
  const late = clock.sleep(20).then(() => woken.push("late"));
  const early = clock.sleep(10).then(() => woken.push("early"));
  const stop = new AbortController();
  const aborted = clock.sleep(5, stop.signal);
  stop.abort(new Error("stopped"));
  expect(await thrownBy(aborted)).toMatchObject({ message: "stopped" });
  clock.advance(30);
  await Promise.all([late, early]);
  expect([woken, clock.now(), clock.steady()]).toEqual([["early", "late"], 1030, 30]);
});

test("cairn/testing brings the conformance suite and loads without a test framework", async () => {
  expect(storeConformance).toBeFunction();
  const built = await Bun.build({
    entrypoints: [new URL("../../src/sdk/testing.ts", import.meta.url).pathname],
    target: "bun",
  });
  expect(await built.outputs[0]?.text()).not.toContain('bun:test"');
});

test("what a component returns has to be what its output contract says", async () => {
  const component = (value: string) =>
    defineComponent({ output: [{ name: "n", type: "int" }], run: () => ({ n: value.length, more: value }) });
  expect((await testComponent(component("one"))).status).toBe("completed");
  const wrong = defineComponent({ output: [{ name: "n", type: "int" }], run: () => ({ n: "one" }) });
  expect(await testComponent(wrong)).toMatchObject({
    status: "failed",
    steering: "permanent",
    error: { code: "CONTRACT_VIOLATED" },
  });
});
