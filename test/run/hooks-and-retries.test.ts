import { expect, test } from "bun:test";
import { composeHooks, memoryCheckpointStore } from "../../src/api/mod.ts";
import { isRetryable, maxAttempts, nextRetry, retryDelay } from "../../src/run/retry.ts";
import { seeded } from "../kit/mod.ts";
import { eventTypes, recordingHooks, testPipeline } from "./pipeline-kit.ts";

const POLICY = {
  maxRetries: 3,
  initialDelayMs: 100,
  maxDelayMs: 350,
  backoffMultiplier: 2,
  jitterFactor: 0,
  retryableExceptions: [],
  retryableExitCodes: [],
  maxElapsedMs: undefined,
};

test("delays grow by the multiplier up to the longest, and jitter stays within its share", () => {
  expect([1, 2, 3, 4].map((attempt) => retryDelay(POLICY, attempt, 0.5))).toEqual([100, 200, 350, 350]);
  const random = seeded("jitter");
  for (let round = 0; round < 200; round++) {
    const delay = retryDelay({ ...POLICY, jitterFactor: 0.1 }, 2, random.next());
    expect(delay).toBeGreaterThanOrEqual(180);
    expect(delay).toBeLessThanOrEqual(220);
  }
  expect(retryDelay({ ...POLICY, initialDelayMs: 0 }, 5000, 0.5)).toBe(0);
});

test("typed errors and retryable-exceptions decide what is tried again", () => {
  const error = (name: string, steering?: "transient" | "permanent") =>
    ({ name, message: "", classes: [name, "Error"], steering }) as const;
  expect(maxAttempts(undefined)).toBe(1);
  expect(isRetryable(undefined, error("TypeError"))).toBe(false);
  expect(isRetryable(POLICY, error("TypeError"))).toBe(true);
  expect(nextRetry(POLICY, { spent: 3, elapsedMs: 0, openMs: 0 }, 0.5)).toBe("used-up");
  expect(isRetryable(POLICY, error("PermanentError", "permanent"))).toBe(false);
  const only = { ...POLICY, retryableExceptions: ["java.net.SocketException"] };
  expect(isRetryable(only, error("TypeError"))).toBe(false);
  expect(isRetryable(only, error("SocketException"))).toBe(true);
  expect(isRetryable(only, error("TransientError", "transient"))).toBe(true);
});

test("an error is retried if its class or its exit code is listed, or where both lists are empty", () => {
  const error = (exitCode?: number, steering?: "transient" | "permanent") =>
    ({ name: "ProgramError", message: "", classes: ["ProgramError", "Error"], exitCode, steering }) as const;
  const codes = { ...POLICY, retryableExitCodes: [75, 9] };
  expect([75, 9, 1, undefined].map((code) => isRetryable(codes, error(code)))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(isRetryable(codes, error(1, "transient"))).toBe(true);
  expect(isRetryable(codes, error(75, "permanent"))).toBe(false);
  const both = { ...codes, retryableExceptions: ["ProgramError"] };
  expect(isRetryable(both, error(1))).toBe(true);
  expect(isRetryable(POLICY, error(1))).toBe(true);
});

test("a component that ends its process is retried by its exit code", async () => {
  using pipeline = testPipeline({ "t/Exit.ts": "export default (ctx) => process.exit(ctx.config.code);" });
  const text = pipeline.text(
    [
      { type: "t.Exit", name: "Listed", config: "code = 9" },
      { type: "t.Exit", name: "Other", config: "code = 8" },
    ],
    "fail-fast = false, retry-policy { max-retries = 1, initial-delay-ms = 1, retryable-exit-codes = [9] }",
  );
  const { result } = await pipeline.run(text);
  expect(result.components.map(({ attempts }) => attempts)).toEqual([2, 1]);
});

const FLAKY = `import { PermanentError, SkipComponent, TransientError } from "cairn";
export default (ctx) => {
  const { kind, until } = ctx.config;
  if (kind === "skip") throw new SkipComponent("no new files");
  if (kind === "permanent") throw new PermanentError("never", { hint: "give up" });
  if (ctx.run.attempt < until) throw new TransientError("attempt " + ctx.run.attempt);
  return ctx.run.attempt;
};
`;

test("a retried component completes, and each attempt is recorded and told", async () => {
  using pipeline = testPipeline({ "t/Flaky.ts": FLAKY });
  const store = memoryCheckpointStore();
  const { hooks, calls } = recordingHooks();
  const text = pipeline.text(
    [{ type: "t.Flaky", name: "F", config: "until = 3" }],
    "checkpoint { cleanup-on-success = false }, retry-policy { max-retries = 3, initial-delay-ms = 5 }",
  );
  const { result } = await pipeline.run(text, { store, hooks });
  expect(result.components[0]).toMatchObject({ status: "completed", attempts: 3, outputs: 3, error: null });
  expect(calls).toEqual([
    "beforePipeline",
    "beforeComponent F 1",
    "onRetryAttempt F 2",
    "beforeComponent F 2",
    "onRetryAttempt F 3",
    "beforeComponent F 3",
    "afterComponent F completed",
    "afterPipeline completed",
  ]);
  expect(await eventTypes(store, result.runId)).toEqual([
    "run-started",
    "attempt-started",
    "component-failed",
    "attempt-started",
    "component-failed",
    "attempt-started",
    "component-completed",
    "run-completed",
  ]);
});

test("PermanentError is never retried, and its hint is in the result", async () => {
  using pipeline = testPipeline({ "t/Flaky.ts": FLAKY });
  const more = "retry-policy { max-retries = 3, initial-delay-ms = 1 }";
  const text = pipeline.text([{ type: "t.Flaky", name: "F", config: "kind = permanent", more }]);
  const { result } = await pipeline.run(text);
  expect(result.components[0]).toMatchObject({
    attempts: 1,
    error: { name: "PermanentError", message: "never", hint: "give up" },
  });
});

test("SkipComponent counts as completed", async () => {
  using pipeline = testPipeline({ "t/Flaky.ts": FLAKY });
  const text = pipeline.text([
    { type: "t.Flaky", name: "F", config: "kind = skip" },
    { type: "t.Tally", name: "A", more: 'depends-on = ["F"]' },
  ]);
  const { result } = await pipeline.run(text);
  expect(result.exitCode).toBe(0);
  expect(result.components.map(({ status }) => status)).toEqual(["skipped", "completed"]);
});

test("a hook that throws is logged, keeps no other from being called, and changes nothing", async () => {
  using pipeline = testPipeline();
  const { hooks, calls } = recordingHooks();
  const broken = {
    name: "broken",
    afterComponent() {
      throw new Error("the hook is broken");
    },
  };
  const text = pipeline.text([{ type: "t.Tally", name: "A" }]);
  const { result, lines } = await pipeline.run(text, { hooks: composeHooks(broken, hooks) });
  expect(result.exitCode).toBe(0);
  expect(calls).toContain("afterComponent A completed");
  expect(lines.find(({ level }) => level === "error")?.message).toBe(
    'hook afterComponent of "broken" failed: the hook is broken',
  );
});

test("a critical hook that throws fails the run, and what was recorded stays", async () => {
  using pipeline = testPipeline();
  const store = memoryCheckpointStore();
  const critical = {
    name: "gate",
    critical: true,
    afterComponent() {
      throw new Error("not allowed");
    },
  };
  const text = pipeline.text([
    { type: "t.Tally", name: "A" },
    { type: "t.Tally", name: "B" },
  ]);
  const { result } = await pipeline.run(text, { hooks: critical, store });
  expect(result).toMatchObject({ status: "failed", reason: "hook", exitCode: 1 });
  expect(result.components.map(({ status }) => status)).toEqual(["completed", "not-run"]);
  const again = await pipeline.run(text, { store, autoResume: true });
  expect(again.result.components.map(({ status }) => status)).toEqual(["restored", "completed"]);
});

const LEAKY = `export default (ctx) => {
  ctx.log.info("the secret is " + ctx.config.password, { url: "http://user:hunter2hunter2@host/" });
  console.log("printed", ctx.config.password);
  if (ctx.config.fail) throw new Error("could not use " + ctx.config.password);
  return { said: "x" + ctx.config.password, token: "kept" };
};
`;

test("a resolved secret is in no log line, error, output, hook or record", async () => {
  using pipeline = testPipeline({ "t/Leaky.ts": LEAKY });
  const store = memoryCheckpointStore();
  const secret = "c4n4ry-s3cret-value";
  const seen: string[] = [];
  const see = (facts: unknown): void => void seen.push(JSON.stringify(facts));
  const hooks = {
    beforeComponent: see,
    afterComponent: see,
    onComponentFailure: see,
    afterPipeline: see,
  };
  for (const isFailing of [false, true]) {
    const text = pipeline.text(
      [{ type: "t.Leaky", name: "L", config: `password = "secret://env/DB_PASSWORD", fail = ${isFailing}` }],
      "checkpoint { cleanup-on-success = false }",
    );
    const { result, lines } = await pipeline.run(text, {
      store,
      hooks,
      env: { PATH: process.env["PATH"], DB_PASSWORD: secret },
    });
    seen.push(JSON.stringify(result), ...lines.map((line) => JSON.stringify(line)));
    if (!isFailing) expect(result.components[0]?.outputs).toEqual({ said: "x***REDACTED***", token: "kept" });
  }
  for (const log of await store.logs("")) {
    for (const { text } of await store.read(log)) seen.push(text ?? "");
  }
  expect(seen.length).toBeGreaterThan(10);
  expect(seen.filter((text) => text.includes(secret))).toEqual([]);
  expect(seen.filter((text) => text.includes("hunter2"))).toEqual([]);
});
