import { expect, test } from "bun:test";
import { foldRun, type RecordEnvelope, type RunEvent, type RunState } from "../../src/checkpoint/mod.ts";
import { ABC, completed, failed, PIPELINE } from "./kit/runs.ts";

const AT = "2026-11-23T20:00:00.000Z";
const STARTED: Extract<RunEvent, { type: "run-started" }> = {
  type: "run-started",
  format: 1,
  runId: "r2",
  rootRunId: "r1",
  resumedFrom: "r1",
  pipelineName: PIPELINE,
  startedAt: AT,
  components: ABC,
  options: { set: ["a=1"] },
  carried: {
    completions: [
      { index: 0, attempt: 2, startedAt: AT, completedAt: AT, durationMs: 3, ranIn: "r1", outputs: 7 },
    ],
    steps: [{ index: 1, steps: { list: ["x"] } }],
    counts: [{ index: 1, fingerprint: "f", runs: 2 }],
  },
};

function fold(...events: readonly RunEvent[]): RunState {
  const records = [STARTED, ...events].map((event, index): RecordEnvelope<RunEvent> => ({
    seq: index + 1,
    nonce: "n",
    prev: "p",
    sum: "s",
    at: `2026-11-23T20:00:0${index}.000Z`,
    events: [event],
  }));
  const state = foldRun(records);
  if (state === undefined) throw new Error("nothing folded");
  return state;
}

test("a resumed run begins with what it carries", () => {
  const state = fold();
  expect(state).toMatchObject({
    runId: "r2",
    rootRunId: "r1",
    resumedFrom: "r1",
    end: undefined,
    deleted: false,
  });
  expect(state.completions.get(0)).toMatchObject({ outputs: 7, ranIn: "r1" });
  expect(state.steps.get(1)?.get("list")).toEqual(["x"]);
  expect(state.options).toEqual({ set: ["a=1"] });
});

test("steps add up over carried ones, and go with the completion", () => {
  const state = fold({ type: "step-completed", index: 1, name: "copy", result: null });
  expect([...(state.steps.get(1) ?? [])]).toEqual([
    ["list", ["x"]],
    ["copy", null],
  ]);
  expect(
    fold({ type: "step-completed", index: 1, name: "copy", result: null }, completed(1)).steps.has(1),
  ).toBe(false);
});

test("attempts and failures are remembered, and a completion takes the failure away", () => {
  const state = fold({ type: "attempt-started", index: 1, attempt: 1 }, failed(1, "no disk"));
  expect(state.attempts.get(1)).toBe(1);
  expect(state.failures.get(1)).toEqual({
    error: { name: "Error", message: "no disk" },
    attempt: 1,
    transient: false,
  });
  const after = fold(
    failed(1),
    { type: "attempt-started", index: 1, attempt: 2 },
    completed(1, { attempt: 2 }),
  );
  expect(after.failures.has(1)).toBe(false);
  expect(after.completions.get(1)?.attempt).toBe(2);
});

test("a skipped component counts as completed", () => {
  const state = fold({
    type: "component-skipped",
    index: 2,
    attempt: 1,
    startedAt: AT,
    completedAt: AT,
    durationMs: 0,
    skipped: "nothing new",
  });
  expect(state.completions.get(2)?.skipped).toBe("nothing new");
});

test("each end is told apart, and a superseded may follow it", () => {
  expect(fold({ type: "run-completed" }).end).toEqual({ type: "run-completed" });
  expect(fold({ type: "run-interrupted", reason: "SIGTERM" }).end).toEqual({
    type: "run-interrupted",
    reason: "SIGTERM",
  });
  const state = fold(
    { type: "run-failed", reason: "partial", failed: [1] },
    { type: "superseded", by: "r3", fresh: false },
  );
  expect(state.end).toEqual({ type: "run-failed", reason: "partial" });
  expect(state.supersededBy).toEqual({ runId: "r3", fresh: false });
  expect(fold({ type: "deleted" }).deleted).toBe(true);
});

test("lastAt is the time of the last record", () => {
  expect(fold(completed(1), completed(2)).lastAt).toBe("2026-11-23T20:00:02.000Z");
});

test("an unknown event or a newer format stops with a clear message", () => {
  const unknown = { type: "teleported", index: 1 } as unknown as RunEvent;
  expect(() => fold(unknown)).toThrow('written by a newer version (event "teleported")');
  const newer = { seq: 1, nonce: "n", prev: "p", sum: "s", at: AT, events: [{ ...STARTED, format: 2 }] };
  expect(() => foldRun([newer])).toThrow(
    'Cannot read the checkpoint of run "r2": it was written by a newer version (format 2)',
  );
});

test("the same events give the same state, whoever folds them", () => {
  expect(fold(completed(1), failed(2))).toEqual(fold(completed(1), failed(2)));
});
