import { readFileSync } from "node:fs";
import { expect, test } from "bun:test";
import {
  fileSystemCheckpointStore,
  Interrupt,
  listCheckpoints,
  memoryCheckpointStore,
} from "../../src/api/mod.ts";
import { startCairn, type TempDir } from "../kit/mod.ts";
import { eventTypes, isAlive, recordingHooks, statuses, testPipeline, until } from "./pipeline-kit.ts";

const WAITER = `import { writeFileSync } from "node:fs";
export default async (ctx) => {
  const { pidFile, heed, loop, child } = ctx.config;
  const pids = [process.pid];
  if (child) pids.push(Bun.spawn(["sleep", "1000"]).pid);
  writeFileSync(pidFile, pids.join(" "));
  if (loop) for (;;);
  if (heed) await new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason)));
  else await Bun.sleep(1_000_000);
};
`;

function waiterText(
  pipeline: ReturnType<typeof testPipeline>,
  config: string,
): { readonly text: string; readonly pids: () => readonly number[] } {
  const file = pipeline.dir.join("pids");
  const text = pipeline.text(
    [
      { type: "t.Tally", name: "A" },
      { type: "t.Waiter", name: "W", config: `pidFile = ${JSON.stringify(file)}\n${config}` },
      { type: "t.Tally", name: "C" },
    ],
    'checkpoint { enabled = true, location = "checkpoints", auto-resume = true }',
  );
  return { text, pids: () => readFileSync(file, "utf8").split(" ").map(Number) };
}

async function started(dir: TempDir): Promise<void> {
  await until("the component to start", () => Bun.file(dir.join("pids")).exists());
}

test("an interrupt aborts ctx.signal, is recorded, and starts nothing more", async () => {
  using pipeline = testPipeline({ "t/Waiter.ts": WAITER });
  const store = memoryCheckpointStore();
  const { text } = waiterText(pipeline, "heed = true");
  const { hooks, calls } = recordingHooks();
  const interrupt = new AbortController();
  const running = pipeline.run(text, { store, hooks, signal: interrupt.signal });
  await started(pipeline.dir);
  interrupt.abort(new Interrupt("SIGTERM"));
  const { result } = await running;
  expect(result).toMatchObject({ status: "interrupted", reason: "SIGTERM", exitCode: 143 });
  expect(statuses(result)).toEqual(["completed", "failed", "not-run"]);
  expect(result.components[1]).toMatchObject({ reason: "interrupted", error: { name: "Interrupt" } });
  expect((await eventTypes(store, result.runId)).at(-1)).toBe("run-interrupted");
  expect(calls.at(-1)).toBe("afterPipeline interrupted");
});

test("a component that does not heed its signal is killed after the grace, with its children", async () => {
  using pipeline = testPipeline({ "t/Waiter.ts": WAITER });
  const { text, pids } = waiterText(pipeline, "loop = true, child = true");
  const interrupt = new AbortController();
  const running = pipeline.run(text, { signal: interrupt.signal, graceMs: 300 });
  await started(pipeline.dir);
  await until("the child's number", () => pids().length === 2);
  interrupt.abort(new Interrupt("SIGINT"));
  const { result } = await running;
  expect(result.exitCode).toBe(130);
  for (const pid of pids()) await until(`process ${pid} to be gone`, () => !isAlive(pid));
});

test("a second signal kills at once, long before the grace", async () => {
  using pipeline = testPipeline({ "t/Waiter.ts": WAITER });
  const { text, pids } = waiterText(pipeline, "loop = true");
  const interrupt = new AbortController();
  const kill = new AbortController();
  const running = pipeline.run(text, { signal: interrupt.signal, kill: kill.signal, graceMs: 600_000 });
  await started(pipeline.dir);
  interrupt.abort(new Interrupt("SIGINT"));
  kill.abort();
  const { result } = await running;
  expect(result).toMatchObject({ status: "interrupted", exitCode: 130 });
  for (const pid of pids()) expect(isAlive(pid)).toBe(false);
});

for (const [signal, code] of [
  ["SIGTERM", 143],
  ["SIGINT", 130],
  ["SIGHUP", 129],
] as const) {
  test(`${signal} to the process ends it with ${code} and leaves a checkpoint that resumes`, async () => {
    using pipeline = testPipeline({ "t/Waiter.ts": WAITER });
    const { text, pids } = waiterText(pipeline, "");
    const file = pipeline.dir.write("p.conf", text);
    const cairn = startCairn(["run", file, "--grace=200ms"], {
      cwd: pipeline.dir.path,
    });
    await started(pipeline.dir);
    cairn.kill(signal);
    expect(await cairn.exited).toBe(code);
    expect(await new Response(cairn.stderr).text()).toContain("cairn resume");
    for (const pid of pids()) expect(isAlive(pid)).toBe(false);
    const store = fileSystemCheckpointStore(pipeline.dir.join("checkpoints"));
    const [checkpoint] = await listCheckpoints(store);
    expect(checkpoint?.state).toBe("interrupted");
    await store.close();
  });
}

test("wrong 2: a killed run is resumable at once, and its workers die with it, busy ones and their children too", async () => {
  using pipeline = testPipeline({ "t/Waiter.ts": WAITER });
  const { text, pids } = waiterText(pipeline, "loop = true, child = true");
  const file = pipeline.dir.write("p.conf", text);
  const cairn = startCairn(["run", file], { cwd: pipeline.dir.path });
  await started(pipeline.dir);
  await until("the child's number", () => pids().length === 2);
  cairn.kill("SIGKILL");
  await cairn.exited;
  const [worker, child] = pids();
  if (worker === undefined || child === undefined) throw new Error("two processes were started");
  for (const pid of [worker, child]) await until(`process ${pid} to be gone`, () => !isAlive(pid));
  const store = fileSystemCheckpointStore(pipeline.dir.join("checkpoints"));
  const [checkpoint] = await listCheckpoints(store);
  expect(checkpoint).toMatchObject({ state: "interrupted", completedComponents: [{ name: "A" }] });
  await store.close();
  const interrupt = new AbortController();
  const again = pipeline.run(text, { signal: interrupt.signal, graceMs: 100 });
  await until("the second start", () => pids()[0] !== worker);
  interrupt.abort(new Interrupt("SIGTERM"));
  const { result } = await again;
  expect(statuses(result)).toEqual(["restored", "failed", "not-run"]);
});

test("the pipeline's timeout stops what runs and gives exit code 9", async () => {
  using pipeline = testPipeline({ "t/Waiter.ts": WAITER });
  const store = memoryCheckpointStore();
  const { text } = waiterText(pipeline, "heed = true");
  const { result } = await pipeline.run(text, { store, timeoutMs: 500 });
  expect(result).toMatchObject({ status: "failed", reason: "timeout", exitCode: 9 });
  expect(result.components[1]).toMatchObject({ status: "failed", reason: "timeout" });
  expect((await eventTypes(store, result.runId)).at(-1)).toBe("run-failed");
});
