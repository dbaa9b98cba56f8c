import { describe, expect, test } from "bun:test";
import {
  foldRun,
  type Intent,
  intentKey,
  leftStaged,
  type RecordEnvelope,
  type RunEvent,
  type RunState,
} from "../../src/checkpoint/mod.ts";
import { AB_DONE, ABCD, decided, state } from "./kit/decisions.ts";
import { completed, sequence } from "./kit/runs.ts";

const LAUNCHER = { host: "h", pid: 7, pidStart: "70", bootId: "b", pidNamespace: "pid:[1]" };
const START: Intent = {
  index: 2,
  id: "start:load",
  action: "start",
  key: "load",
  at: "2026-11-23T20:00:00.000Z",
  launcher: LAUNCHER,
};
const STAGE: Intent = { index: 2, id: "stage:x1", action: "stage", staged: { id: "x1", target: "/data/x" } };
const PUBLISH: Intent = {
  index: 2,
  id: "publish",
  action: "publish",
  staged: [{ id: "x1", target: "/data/x" }],
  completion: { index: 2, attempt: 1, startedAt: "s", completedAt: "c", durationMs: 5, outputs: { rows: 3 } },
};

function opened(intent: Intent): RunEvent {
  return { type: "intent", ...intent };
}

function intents(state: RunState): readonly Intent[] {
  return [...state.intents.values()];
}

describe("the fold of intents", () => {
  test("an intent is open until it is closed", () => {
    expect(intents(state(ABCD, opened(STAGE), opened(START)))).toEqual([STAGE, START]);
    expect(
      intents(
        state(ABCD, opened(STAGE), { type: "intent-closed", index: 2, id: "stage:x1", how: "discarded" }),
      ),
    ).toEqual([]);
    expect(
      intents(
        state(ABCD, opened(START), { type: "intent-closed", index: 2, id: "start:load", how: "cancelled" }),
      ),
    ).toEqual([]);
  });

  test("a done action keeps its result", () => {
    const closed: RunEvent = {
      type: "intent-closed",
      index: 2,
      id: "start:load",
      how: "done",
      result: { job: 1 },
    };
    expect(state(ABCD, opened(START), closed).intents.get(intentKey(START))).toEqual({
      ...START,
      done: { result: { job: 1 } },
    });
  });

  test("a completion ends what was under way, and leaves what is to be swept", () => {
    expect(intents(state(ABCD, opened(STAGE), opened(START), opened(PUBLISH), completed(2)))).toEqual([
      STAGE,
    ]);
  });

  test("golden: the events as they are written", () => {
    expect(JSON.stringify([opened(STAGE), opened(PUBLISH), opened(START)])).toBe(
      '[{"type":"intent","index":2,"id":"stage:x1","action":"stage","staged":{"id":"x1","target":"/data/x"}},' +
        '{"type":"intent","index":2,"id":"publish","action":"publish","staged":[{"id":"x1","target":"/data/x"}],' +
        '"completion":{"index":2,"attempt":1,"startedAt":"s","completedAt":"c","durationMs":5,"outputs":{"rows":3}}},' +
        '{"type":"intent","index":2,"id":"start:load","action":"start","key":"load","at":"2026-11-23T20:00:00.000Z",' +
        '"launcher":{"host":"h","pid":7,"pidStart":"70","bootId":"b","pidNamespace":"pid:[1]"}}]',
    );
  });

  test("a journal of another version's event says so", () => {
    const record = { seq: 2, nonce: "n", prev: "p", sum: "s", at: "a", events: [{ type: "intent-renewed" }] };
    const first = {
      ...record,
      seq: 1,
      events: [{ type: "run-started", format: 1, runId: "r", components: [] }],
    };
    const records = [first, record] as unknown as RecordEnvelope<RunEvent>[];
    expect(() => foldRun(records)).toThrow('newer version (event "intent-renewed")');
  });
});

describe("what a resume takes over", () => {
  const all = [...AB_DONE, opened(STAGE), opened(PUBLISH), opened(START)];

  test("outputs that were about to be published are published in place of a run", async () => {
    const decision = await decided(state(ABCD, ...all), ABCD);
    expect(decision.components[2]).toMatchObject({ action: "run", reason: "publish-unfinished" });
    const ranIn = state(ABCD).runId;
    expect(decision.carried?.intents).toEqual([
      STAGE,
      { ...PUBLISH, completion: { ...PUBLISH.completion, ranIn } },
      START,
    ]);
  });

  test("of a component that has changed they are swept; a started action stays open", async () => {
    const now = sequence(["A", "B", "C", "D"], { C: "fixed" });
    const done: RunEvent = { type: "intent-closed", index: 2, id: "start:load", how: "done", result: 1 };
    const decision = await decided(state(ABCD, ...all), now);
    expect(decision.components[2]?.reason).not.toBe("publish-unfinished");
    expect(decision.carried?.intents).toEqual([STAGE, START]);
    expect((await decided(state(ABCD, ...all, done), now)).carried?.intents).toEqual([STAGE]);
  });

  test("of a component that is gone they are swept, under nobody's index", async () => {
    const decision = await decided(state(ABCD, ...all), sequence(["A", "B"]), {
      policy: { onConfigChange: "rerun" },
    });
    expect(decision.carried?.intents).toEqual([
      { id: "stage:x1", action: "stage", staged: { id: "x1", target: "/data/x" } },
    ]);
  });

  test("whoever takes nothing over still sweeps", () => {
    expect(leftStaged([STAGE, PUBLISH, START])).toEqual([
      { id: "stage:x1", action: "stage", staged: { id: "x1", target: "/data/x" } },
    ]);
  });
});
