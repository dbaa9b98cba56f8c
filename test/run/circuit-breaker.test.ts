import { expect, test } from "bun:test";
import { Interrupt, memoryCheckpointStore } from "../../src/api/mod.ts";
import { CircuitBreaker } from "../../src/run/circuit-breaker.ts";
import { nextRetry } from "../../src/run/retry.ts";
import { eventTypes, testPipeline } from "./pipeline-kit.ts";

const POLICY = { failureThreshold: 2, resetTimeoutMs: 100, halfOpenSuccessThreshold: 2 };

test("a breaker opens after failures in a row, lets one attempt through after its time, and closes after successes", () => {
  let now = 1000;
  const breaker = new CircuitBreaker(POLICY, { steady: () => now });
  expect(breaker.failed()).toBeUndefined();
  expect(breaker.succeeded()).toBeUndefined();
  expect(breaker.failed()).toBeUndefined();
  expect(breaker.failed()).toEqual({ from: "closed", to: "open" });
  expect(breaker.closedToAttemptsMs).toBe(100);
  now += 60;
  expect(breaker.closedToAttemptsMs).toBe(40);
  now += 40;
  expect(breaker.starts()).toEqual({ from: "open", to: "half-open" });
  expect(breaker.failed()).toEqual({ from: "half-open", to: "open" });
  now += 100;
  expect(breaker.starts()).toEqual({ from: "open", to: "half-open" });
  expect(breaker.succeeded()).toBeUndefined();
  expect(breaker.state).toBe("half-open");
  expect(breaker.succeeded()).toEqual({ from: "half-open", to: "closed" });
});

test("retries that fall due while the breaker is open are spent and not made; where none is left it ends", () => {
  const policy = {
    maxRetries: 5,
    initialDelayMs: 100,
    maxDelayMs: 1000,
    backoffMultiplier: 2,
    jitterFactor: 0,
    retryableExceptions: [],
    retryableExitCodes: [],
    maxElapsedMs: undefined,
  };
  const at = { spent: 0, elapsedMs: 0, openMs: 0 };
  expect(nextRetry(policy, at, 0.5)).toEqual({ delayMs: 100, spent: 1, rejected: 0 });
  expect(nextRetry(policy, { ...at, openMs: 500 }, 0.5)).toEqual({ delayMs: 700, spent: 3, rejected: 2 });
  expect(nextRetry(policy, { ...at, spent: 3, openMs: 5000 }, 0.5)).toBe("circuit-open");
  expect(nextRetry({ ...policy, initialDelayMs: 0, maxRetries: 1e9 }, { ...at, openMs: 1 }, 0.5)).toBe(
    "circuit-open",
  );
  const bounded = { ...policy, maxElapsedMs: 650 };
  expect(nextRetry(bounded, { ...at, openMs: 500 }, 0.5)).toBe("max-elapsed");
  expect(nextRetry(bounded, { ...at, spent: 1, elapsedMs: 450 }, 0.5)).toMatchObject({ delayMs: 200 });
  expect(nextRetry(bounded, { ...at, spent: 1, elapsedMs: 451 }, 0.5)).toBe("max-elapsed");
});

const FLAKY = `export default ({ config, run }) => {
  if (run.attempt < config.until) throw new TypeError("attempt " + run.attempt + " went wrong");
  return run.attempt;
};
`;

function changes(): { readonly hooks: object; readonly seen: string[] } {
  const seen: string[] = [];
  const hooks = {
    onCircuitBreakerStateChange: ({ name, from, to }: { name: string; from: string; to: string }) =>
      void seen.push(`${name}: ${from} → ${to}`),
    onRetryAttempt: ({ attempt, delayMs }: { attempt: number; delayMs: number }) =>
      void seen.push(`retry ${attempt} in ${delayMs}`),
  };
  return { hooks, seen };
}

test("an open breaker ends the retries, hooks hear of it, and the component's own error stays", async () => {
  using pipeline = testPipeline({ "t/Flaky.ts": FLAKY });
  const { hooks, seen } = changes();
  const text = pipeline.text(
    [{ type: "t.Flaky", name: "F", config: "until = 9" }],
    "retry-policy { max-retries = 5, initial-delay-ms = 1, jitter-factor = 0 }, circuit-breaker { failure-threshold = 2 }",
  );
  const store = memoryCheckpointStore();
  const { result, lines } = await pipeline.run(text, { isolation: "none", hooks, store });
  expect(seen).toEqual(["retry 2 in 1", "F: closed → open"]);
  expect(result).toMatchObject({ exitCode: 1, reason: "component" });
  expect(result.components[0]).toMatchObject({
    status: "failed",
    attempts: 2,
    error: { name: "TypeError", message: "attempt 2 went wrong" },
    failedAttempts: [
      { attempt: 1, error: { message: "attempt 1 went wrong" } },
      { attempt: 2, error: { message: "attempt 2 went wrong" } },
    ],
  });
  expect(lines.map(({ message }) => message)).toContain(
    "failed after 2 attempts: its circuit breaker stays open longer than retries are left",
  );
  expect((await eventTypes(store, result.runId)).filter((type) => type === "attempt-started")).toHaveLength(
    2,
  );
});

test("the first retry after reset-timeout-ms is made half-open, and a success closes the breaker", async () => {
  using pipeline = testPipeline({ "t/Flaky.ts": FLAKY });
  const { hooks, seen } = changes();
  const breaker =
    "circuit-breaker { failure-threshold = 2, reset-timeout-ms = 25, half-open-success-threshold = 1 }";
  const text = pipeline.text(
    [{ type: "t.Flaky", name: "F", config: "until = 4", more: breaker }],
    "retry-policy { max-retries = 9, initial-delay-ms = 10, backoff-multiplier = 1, jitter-factor = 0 }",
  );
  const { result, lines } = await pipeline.run(text, { isolation: "none", hooks });
  expect(result.components[0]).toMatchObject({ status: "completed", attempts: 4, outputs: 4, error: null });
  expect(seen).toEqual([
    "retry 2 in 10",
    "F: closed → open",
    "retry 3 in 30",
    "F: open → half-open",
    "F: half-open → open",
    "retry 4 in 30",
    "F: open → half-open",
    "F: half-open → closed",
  ]);
  expect(lines.map(({ message }) => message).at(-1)).toBe(
    "completed on attempt 4, after TypeError: attempt 1 went wrong, then TypeError: attempt 2 went wrong, then TypeError: attempt 3 went wrong",
  );
});

test("wrong 6: a resumed run retries, breaks circuits, checks contracts and counts as a fresh one does", async () => {
  const needs = (type: string): string =>
    `import { defineComponent } from "cairn";
     export default defineComponent({ input: [{ name: "value", type: "${type}" }], run() {} });`;
  using pipeline = testPipeline({
    "t/Flaky.ts": FLAKY,
    "t/Text.ts": needs("string"),
    "t/Number.ts": needs("int"),
  });
  const store = memoryCheckpointStore();
  const policies = `retry-policy { max-retries = 5, initial-delay-ms = 1 }, circuit-breaker { failure-threshold = 2 }
    schema-validation { enabled = true }`;
  const text = (until: number, needing: string): string =>
    pipeline.text(
      [
        { type: "t.Tally", name: "A" },
        { type: "t.Flaky", name: "F", config: `until = ${until}` },
        { type: needing, name: "N", more: 'depends-on = ["A"]' },
      ],
      policies,
    );
  const options = { store, autoResume: true, isolation: "none" } as const;
  const first = await pipeline.run(text(9, "t.Text"), options);
  const second = await pipeline.run(text(9, "t.Text"), options);
  for (const { result } of [first, second]) {
    expect(result.components[1]).toMatchObject({ status: "failed", attempts: 2 });
  }
  expect(second.result.components[0]?.status).toBe("restored");
  const third = await pipeline.run(text(2, "t.Text"), options);
  expect(third.result).toMatchObject({ exitCode: 1, resumedFrom: second.result.runId });
  expect(third.result.components[1]).toMatchObject({ status: "completed", attempts: 2 });
  expect(third.result.components[2]).toMatchObject({
    status: "failed",
    attempts: 1,
    error: { code: "CONTRACT_VIOLATED" },
  });
  const fourth = await pipeline.run(text(2, "t.Number"), options);
  expect(fourth.result).toMatchObject({ exitCode: 0, resumedFrom: third.result.runId });
});

test("a delay before a retry ends at once when the run is interrupted", async () => {
  using pipeline = testPipeline({ "t/Flaky.ts": FLAKY });
  const interrupt = new AbortController();
  const text = pipeline.text(
    [{ type: "t.Flaky", name: "F", config: "until = 9" }],
    "retry-policy { max-retries = 3, initial-delay-ms = 3600000, max-delay-ms = 3600000 }",
  );
  const hooks = { onRetryAttempt: () => interrupt.abort(new Interrupt("SIGINT")) };
  const { result } = await pipeline.run(text, { isolation: "none", hooks, signal: interrupt.signal });
  expect(result).toMatchObject({ status: "interrupted", exitCode: 130 });
  expect(result.components[0]).toMatchObject({ status: "failed", reason: "interrupted", attempts: 1 });
});
