import { describe, expect, test } from "bun:test";
import { loggingHooks } from "../../src/builtin/mod.ts";
import { CANARY, fixedClock, playRun, sampleRun } from "./sample-run.ts";

describe("the structured log", () => {
  async function events(run = sampleRun()): Promise<Record<string, unknown>[]> {
    const lines: string[] = [];
    const hooks = loggingHooks.structured({ write: (line) => lines.push(line), clock: fixedClock });
    await playRun(hooks, "failed", run);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  test("has the original's event names, in order of the run", async () => {
    expect((await events()).map(({ event }) => event)).toEqual([
      "pipeline_start",
      "component_restored",
      "component_start",
      "component_retry",
      "component_start",
      "component_end",
      "component_start",
      "circuit_breaker_state_change",
      "component_error",
      "pipeline_end",
    ]);
  });

  test("component_end has the original's fields, with an index from 1", async () => {
    expect((await events()).find(({ event }) => event === "component_end")).toEqual({
      event: "component_end",
      run_id: "run-1",
      pipeline_name: "hooks demo",
      component_name: "c2",
      component_index: 2,
      total_components: 3,
      duration_ms: 3,
      status: "success",
      timestamp: "2026-11-23T19:11:54.705Z",
    });
  });

  test("component_error has error_type and error_message", async () => {
    const error = (await events()).find(({ event }) => event === "component_error");
    expect(error).toMatchObject({ duration_ms: 7, status: "failure", error_type: "TypeError" });
    expect(error?.["error_message"]).toBe("boom at postgres://u:***REDACTED***@db/x");
  });

  test.each([
    ["completed", "success"],
    ["partial", "partial_success"],
    ["failed", "failure"],
    ["interrupted", "interrupted"],
  ] as const)("pipeline_end of a run that is %s has status %s", async (status, word) => {
    const lines: string[] = [];
    await playRun(loggingHooks.structured({ write: (line) => lines.push(line) }), status);
    expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({
      event: "pipeline_end",
      status: word,
      duration_ms: 42,
    });
  });

  test("a resumed run names the run it resumes and the first of the chain", async () => {
    const [start] = await events(sampleRun({ runId: "run-2", resumedFrom: "run-1", runKey: "2026-11-23" }));
    expect(start).toMatchObject({ resumed_from: "run-1", root_run_id: "run-1", run_key: "2026-11-23" });
  });

  test("no secret reaches it", async () => {
    expect(JSON.stringify(await events())).not.toContain(CANARY);
  });
});

test("the readable log tells a run in sentences, one line each, without secrets", async () => {
  const lines: string[] = [];
  await playRun(loggingHooks.humanReadable({ write: (line) => lines.push(line) }));
  expect(lines).toEqual([
    'Pipeline "hooks demo" started: 3 components, run run-1',
    "[1/3] c1: restored",
    "[2/3] c2: started",
    "[2/3] c2: attempt 2 of 4 in 1.0 s, after TypeError: boom at postgres://u:***REDACTED***@db/x",
    "[2/3] c2: started (attempt 2)",
    "[2/3] c2: completed (3 ms)",
    "[3/3] c3: started",
    "[3/3] c3: circuit breaker closed → open",
    "[3/3] c3: failed (7 ms): TypeError: boom at postgres://u:***REDACTED***@db/x",
    'Pipeline "hooks demo" failed (42 ms): 2 of 3 components completed, 1 failed',
  ]);
});
