import { expect, test } from "bun:test";
import { copyFileSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { localStore } from "../../src/store/mod.ts";
import { runCairn, seeded, startCairn } from "../kit/mod.ts";
import { testPipeline, type TestPipeline } from "../run/pipeline-kit.ts";
import { type OutsideSystem, outsideSystem, SUBMIT } from "./outside-system.ts";

const LONG = process.env["CAIRN_TEST_LONG"] === "1";
const CHECKPOINT = `checkpoint { enabled = true, location = "cp", cleanup-on-success = false, intent-settle = 300 ms }`;

function submitting(pipeline: TestPipeline, system: OutsideSystem, config: string = ""): string {
  const own = `url = "${system.url}", ${config}`;
  return pipeline.text(
    [
      { type: "t.Submit", name: "Submit", config: own },
      { type: "t.Tally", name: "After" },
    ],
    CHECKPOINT,
  );
}

/** How often the one action was started. */
function started({ starts }: OutsideSystem): number {
  return [...starts.values()].reduce((sum, times) => sum + times, 0);
}

for (const isolation of ["process", "none"] as const) {
  test(`isolation ${isolation}: a retry finds what an attempt started whose answer was lost`, async () => {
    await using system = outsideSystem();
    using pipeline = testPipeline({ "t/Submit.ts": SUBMIT });
    const retry = `retry-policy { max-retries = 3, initial-delay-ms = 1 }`;
    const text = pipeline.text(
      [
        { type: "t.Submit", name: "Submit", config: `url = "${system.url}"`, more: retry },
        { type: "t.Tally", name: "After" },
      ],
      CHECKPOINT,
    );
    // The job is done and the answer is an error, as where a gateway gives up.
    let answers = 0;
    system.onStart = () => {
      answers++;
      return answers === 1 ? new Response("the gateway gave up", { status: 504 }) : undefined;
    };
    pipeline.dir.write("After.fail", "");
    const first = await pipeline.run(text, { isolation });
    expect(first.result.components[0], JSON.stringify(first)).toMatchObject({
      status: "completed",
      attempts: 2,
    });
    expect(started(system)).toBe(1);
    const [key] = system.starts.keys();
    expect(key).toMatch(/^[0-9a-f]{32}$/);
  }, 60_000);
}

test("a component that fails after its action takes the result on resume, and calls nothing again", async () => {
  await using system = outsideSystem();
  const failing = SUBMIT.replace(
    "return { job };",
    'if (!process.env.GO) throw new Error("later"); return { job };',
  );
  using pipeline = testPipeline({ "t/Submit.ts": failing });
  const text = submitting(pipeline, system, "lookup = false");
  expect((await pipeline.run(text)).result.components[0]?.error?.message).toBe("later");
  const again = await pipeline.run(text, { resume: "latest", env: { ...process.env, GO: "1" } });
  expect(again.result).toMatchObject({ status: "completed" });
  expect(started(system)).toBe(1);
});

/** Runs the CLI and kills it, with all its workers, in the middle of the start. */
async function killedInStart(pipeline: TestPipeline, system: OutsideSystem, text: string): Promise<void> {
  const file = pipeline.dir.write("p.conf", text);
  const reached = Promise.withResolvers<void>();
  system.onStart = () => {
    reached.resolve();
    return new Promise(() => {});
  };
  const cairn = startCairn(["run", file, "--plugins", pipeline.dir.join("plugins")], {
    cwd: pipeline.dir.path,
  });
  await Promise.race([reached.promise, cairn.exited]);
  cairn.kill("SIGKILL");
  await cairn.exited;
  system.onStart = undefined;
}

test("outcome unknown: without a look-up nothing is started twice, and a person says what came of it", async () => {
  await using system = outsideSystem();
  using pipeline = testPipeline({ "t/Submit.ts": SUBMIT });
  const text = submitting(pipeline, system, "lookup = false");
  await killedInStart(pipeline, system, text);
  const args = ["--plugins", pipeline.dir.join("plugins"), "--format=json"];
  const resume = (...more: string[]): ReturnType<typeof runCairn> =>
    runCairn(["resume", pipeline.dir.join("p.conf"), "latest", ...args, ...more], { cwd: pipeline.dir.path });
  const unknown = await resume();
  expect(unknown.code, unknown.stderr).toBe(1);
  expect(unknown.json()).toMatchObject({
    components: [
      {
        status: "failed",
        error: {
          code: "OUTCOME_UNKNOWN",
          hint: expect.stringContaining('--declare="Submit/job"=done') as string,
        },
      },
      {},
    ],
  });
  expect(started(system)).toBe(1);

  const misspelt = await resume("--declare=Submit/other=done");
  expect(misspelt.code).toBe(2);
  expect(misspelt.stderr).toContain('Open: "Submit/job"');
  expect((await resume("--declare=nonsense")).code).toBe(2);

  pipeline.dir.write("After.fail", "");
  const done = await resume('--declare=Submit/job=done:{"job":7}');
  expect(done.json()).toMatchObject({
    components: [{ status: "completed", outputs: { job: { job: 7 } } }, {}],
  });
  expect(started(system)).toBe(1);
}, 120_000);

test("declared absent, it is started", async () => {
  await using system = outsideSystem();
  using pipeline = testPipeline({ "t/Submit.ts": SUBMIT });
  const text = submitting(pipeline, system, "lookup = false");
  await killedInStart(pipeline, system, text);
  const again = await pipeline.run(text, { resume: "latest", declare: ["Submit/job=absent"] });
  expect(again.result).toMatchObject({ status: "completed" });
  expect(started(system)).toBe(2);
}, 120_000);

test("told to stop, the action is cancelled; without a look-up it is then known to be over", async () => {
  await using system = outsideSystem();
  using pipeline = testPipeline({ "t/Submit.ts": SUBMIT });
  const text = submitting(pipeline, system, "lookup = false, cancels = true");
  const abort = new AbortController();
  const release = Promise.withResolvers<void>();
  system.onStart = () => {
    abort.abort();
    return release.promise;
  };
  const running = pipeline.run(text, { signal: abort.signal, graceMs: 20_000 });
  while (system.cancels.length === 0) await Bun.sleep(5);
  release.resolve();
  expect((await running).result.status).toBe("interrupted");
  system.onStart = undefined;
  expect((await pipeline.run(text, { resume: "latest" })).result.status).toBe("completed");
  expect(started(system)).toBe(2);
}, 60_000);

test("killed at random, an action that can be looked up is started once, by whatever run completes it", async () => {
  const random = seeded("kills of external actions");
  const rounds = LONG ? 40 : 4;
  for (let round = 0; round < rounds; round++) {
    await using system = outsideSystem();
    using pipeline = testPipeline({ "t/Submit.ts": SUBMIT });
    const file = pipeline.dir.write("p.conf", submitting(pipeline, system));
    const args = ["--plugins", pipeline.dir.join("plugins"), "--auto-resume", "--run-key=k"];
    const kills = 1 + random.int(2);
    for (let kill = 0; kill < kills; kill++) {
      // Half of them as soon as it is done and before it is answered, the others at any time.
      const inStart = random.next() < 0.5;
      const ms = random.int(900);
      const cairn = startCairn(["run", file, ...args], { cwd: pipeline.dir.path });
      const dead = Promise.withResolvers<void>();
      const end = (): void => {
        cairn.kill("SIGKILL");
        dead.resolve();
      };
      system.onStart = inStart ? end : undefined;
      const timer = setTimeout(end, inStart ? 20_000 : ms);
      await Promise.race([cairn.exited, dead.promise]);
      clearTimeout(timer);
      await cairn.exited;
      system.onStart = undefined;
    }
    const last = await runCairn(["run", file, ...args], { cwd: pipeline.dir.path });
    expect(last.code, `seed ${random.seed}, round ${round}: ${last.stderr}`).toBe(0);
    expect(started(system), `seed ${random.seed}, round ${round}: ${last.stderr}`).toBe(1);
  }
}, 600_000);

test("a run whose lease was lost publishes nothing and cancels nothing", async () => {
  await using system = outsideSystem();
  const both = SUBMIT.replace(
    "return { job };",
    'const out = await output(process.env.TARGET); await out.write("late"); return { job };',
  ).replace("{ config, intent }", "{ config, intent, output }");
  using pipeline = testPipeline({ "t/Submit.ts": both });
  const target = pipeline.dir.join("lake/x");
  const text = submitting(pipeline, system, "cancels = true");
  const location = pipeline.dir.join("shared");
  const store = localStore({ folder: location });
  const entered = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  system.onStart = () => {
    entered.resolve();
    return go.promise;
  };
  const env = { ...process.env, TARGET: target };
  const running = pipeline.run(text, { store, env });
  await entered.promise;
  // Somebody else goes on with the run: its next number is taken.
  takeOver(location);
  go.resolve();
  const { result } = await running;
  await store.close();
  expect(result.exitCode, JSON.stringify(result)).toBeOneOf([5, 6]);
  expect(await Bun.file(target).exists()).toBeFalse();
  expect(system.cancels).toEqual([]);
}, 60_000);

/** Does to the one run's lock what a network file system may do: another process holds it now. */
function takeOver(location: string): void {
  const lock = readdirSync(location, { recursive: true, encoding: "utf8" }).find((name) =>
    name.endsWith("lock"),
  );
  if (lock === undefined) throw new Error("no lock");
  renameSync(join(location, lock), join(location, `${lock}.old`));
  copyFileSync(join(location, `${lock}.old`), join(location, lock));
}
