import { expect, test } from "bun:test";
import { memoryCheckpointStore } from "../../src/api/mod.ts";
import { eventTypes, isAlive, type Ran, statuses, testPipeline, until } from "./pipeline-kit.ts";

/** Each row of docs/misbehaviour.md as a component. */
const BAD = `import { appendFileSync } from "node:fs";
export default async (ctx) => {
  const { kind, pidFile } = ctx.config;
  if (pidFile) appendFileSync(pidFile, process.pid + "\\n");
  switch (kind) {
    case "exit": process.exit(0);
    case "late": setTimeout(() => { throw new Error("too late"); }, 30); return "ok";
    case "reject": Promise.reject(new Error("nobody awaited this")); await Bun.sleep(1000); return "ok";
    case "never": await new Promise(() => {}); break;
    case "signal": await new Promise((_, reject) => ctx.signal.addEventListener("abort", () => reject(ctx.signal.reason))); break;
    case "loop": for (;;);
    case "memory": { const kept = []; for (;;) { kept.push(new Uint8Array(10_000_000).fill(1)); await Bun.sleep(1); } }
    case "memory-of-others": await Bun.spawn(["sh", "-c", "head -c 600000000 /dev/zero | tail -n 1 | sleep 60"], { detached: true }).exited; break;
    case "print": for (;;) process.stdout.write("x".repeat(100) + "\\n");
    case "longline": process.stdout.write("y".repeat(100_000) + "\\n"); return "ok";
    case "kill": process.kill(process.pid, "SIGKILL"); await Bun.sleep(10_000); break;
    case "fork": { const child = Bun.spawn(["sleep", "1000"], { detached: ctx.config.detached === true }); child.unref(); return { pid: child.pid }; }
    case "function": return { run: () => 1 };
    case "big": return "x".repeat(300_000);
    case "text": throw "only a text";
    case "bigstep": await ctx.step("s", () => "x".repeat(300_000)); break;
    case "wait": await Bun.sleep(120); return "waited";
  }
};
`;

/** Runs Before, the misbehaving component, After, with a checkpoint; what is recorded is told by event types. */
async function misbehave(
  kind: string,
  more = "",
  config = "",
): Promise<Ran & { readonly events: readonly string[] }> {
  using pipeline = testPipeline({ "t/Bad.ts": BAD });
  const store = memoryCheckpointStore();
  const text = pipeline.text(
    [
      { type: "t.Tally", name: "Before" },
      { type: "t.Bad", name: "Bad", config: `kind = ${kind}\n${config}`, more },
      { type: "t.Tally", name: "After" },
    ],
    "checkpoint { cleanup-on-success = false }",
  );
  const ran = await pipeline.run(text, { store });
  const events = await eventTypes(store, ran.result.runId);
  return { ...ran, events };
}

function error(ran: Ran): { readonly name: string; readonly code: string | null; readonly message: string } {
  const found = ran.result.components[1]?.error;
  if (found === null || found === undefined) throw new Error("Bad did not fail");
  return found;
}

const FAILED = [
  "run-started",
  "attempt-started",
  "component-completed",
  "attempt-started",
  "component-failed",
  "run-failed",
];

/** The attempt failed, the run with it, and the rest of the world is as it was. */
function expectFailure(ran: Ran & { readonly events: readonly string[] }, code: string | null): void {
  expect(ran.result.exitCode).toBe(1);
  expect(statuses(ran.result)).toEqual(["completed", "failed", "not-run"]);
  expect(error(ran).code).toBe(code);
  expect(ran.events).toEqual(FAILED);
}

test("process.exit(0) fails the component and neither the runner nor its success", async () => {
  const ran = await misbehave("exit");
  expectFailure(ran, "COMPONENT_EXITED");
  expect(error(ran).message).toContain("exit code 0");
});

test("an error thrown after success leaves the completion as it is and ends the process", async () => {
  using pipeline = testPipeline({ "t/Bad.ts": BAD });
  const text = pipeline.text([
    { type: "t.Bad", name: "Bad", config: "kind = late" },
    { type: "t.Bad", name: "Slow", config: "kind = wait" },
  ]);
  const { result, lines } = await pipeline.run(text);
  expect(result.exitCode).toBe(0);
  expect(statuses(result)).toEqual(["completed", "completed"]);
  expect(result.components[0]?.outputs).toBe("ok");
  // It came while Slow ran, in a process that Bad had used: Slow ran again elsewhere, and no retry was spent.
  expect(result.components[1]?.attempts).toBe(1);
  expect(lines.map(({ message }) => message).join("\n")).toContain("too late");
});

test("an error that nobody caught counts in a process that ran nothing else", async () => {
  using pipeline = testPipeline({ "t/Bad.ts": BAD });
  const pids = pipeline.dir.join("pids");
  const config = `kind = reject\npidFile = ${JSON.stringify(pids)}`;
  const text = pipeline.text([
    { type: "t.Tally", name: "Before" },
    { type: "t.Bad", name: "Bad", config },
  ]);
  const { result } = await pipeline.run(text);
  expect(statuses(result)).toEqual(["completed", "failed"]);
  expect(result.components[1]).toMatchObject({
    attempts: 1,
    error: { name: "Error", message: "nobody awaited this" },
  });
  // Once in the process that Before had used, once in a fresh one, where it was charged.
  expect(new Set(pipeline.dir.read("pids").trim().split("\n")).size).toBe(2);
});

test("a promise that never settles is an error at once where nothing is left to wait for", async () => {
  expectFailure(await misbehave("never"), "COMPONENT_STUCK");
});

test("a component that waits for its signal alone waits until its timeout", async () => {
  const ran = await misbehave("signal", "timeout = 400 ms");
  expectFailure(ran, "COMPONENT_TIMEOUT");
  expect(ran.lines.map(({ message }) => message)).toContain(
    "nothing is left to wait for but the signal to stop",
  );
});

test("an endless loop ends with the component's timeout and its process", async () => {
  expectFailure(await misbehave("loop", "timeout = 300 ms"), "COMPONENT_TIMEOUT");
});

test("memory past memory-limit ends the component's process", async () => {
  const ran = await misbehave("memory", "memory-limit = 300 MiB, timeout = 20 s");
  expectFailure(ran, "COMPONENT_OUT_OF_MEMORY");
  expect(error(ran).message).toContain("300 MiB");
});

test.skipIf(process.platform !== "linux")(
  "the memory of programs that a component starts counts for its memory-limit",
  async () => {
    const ran = await misbehave("memory-of-others", "memory-limit = 400 MiB, timeout = 50 s");
    expectFailure(ran, "COMPONENT_OUT_OF_MEMORY");
    expect(error(ran).message).toContain("400 MiB");
  },
);

test("endless printing neither blocks nor fills the runner and ends with the timeout", async () => {
  const before = process.memoryUsage().rss;
  let printed = 0;
  using pipeline = testPipeline({ "t/Bad.ts": BAD });
  const text = pipeline.text([{ type: "t.Bad", name: "Bad", config: "kind = print", more: "timeout = 1 s" }]);
  const { result } = await pipeline.run(text, { observer: { log: () => void printed++ } });
  expect(result.components[0]?.error?.code).toBe("COMPONENT_TIMEOUT");
  expect(printed).toBeGreaterThan(1000);
  expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
});

test("a very long line is cut into pieces", async () => {
  const ran = await misbehave("longline");
  const pieces = ran.lines.filter(({ component }) => component === "Bad");
  expect(pieces.every(({ message, source }) => source === "stdout" && message.length <= 16 * 1024)).toBe(
    true,
  );
  expect(pieces.map(({ message }) => message).join("")).toBe("y".repeat(100_000));
});

test("a component that kills its own process fails with the signal's name", async () => {
  const ran = await misbehave("kill");
  expectFailure(ran, "COMPONENT_KILLED");
  expect(error(ran).message).toContain("SIGKILL");
});

for (const detached of [false, true]) {
  const how = detached ? "in a session of its own" : "in its process group";
  test(`a child process that a component leaves behind ${how} is ended, and its completion stands`, async () => {
    const ran = await misbehave("fork", "", `detached = ${detached}`);
    expect(ran.result.exitCode).toBe(0);
    const outputs = ran.result.components[1]?.outputs as { readonly pid: number } | undefined;
    const pid = outputs?.pid ?? 0;
    await until("the child to be gone", () => !isAlive(pid));
    expect(ran.lines.some(({ message }) => message.includes("left processes behind"))).toBe(true);
  });
}

test("outputs that JSON can't say fail the component", async () => {
  const ran = await misbehave("function");
  expectFailure(ran, "RESULT_NOT_JSON");
  expect(error(ran).message).toContain("value.run is a function");
});

test("outputs of more than 256 KiB fail the component", async () => {
  expectFailure(await misbehave("big"), "RESULT_TOO_LARGE");
});

test("a step's result of more than 256 KiB fails the step", async () => {
  expectFailure(await misbehave("bigstep"), "RESULT_TOO_LARGE");
});

test("a thrown text is told as it is", async () => {
  const ran = await misbehave("text");
  expectFailure(ran, null);
  expect(error(ran).message).toContain("only a text");
});
