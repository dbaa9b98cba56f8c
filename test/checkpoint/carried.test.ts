import { describe, expect, test } from "bun:test";
import {
  type ComponentHeader,
  fingerprintId,
  type RunEvent,
  type RunState,
} from "../../src/checkpoint/mod.ts";
import { AB_DONE, ABCD, decided, state } from "./kit/decisions.ts";
import { completed, failed, sequence } from "./kit/runs.ts";

describe("what is carried", () => {
  const stepped = [...AB_DONE, { type: "step-completed" as const, index: 2, name: "list", result: [1] }];

  test("steps of an unfinished component, as long as its configuration is the same", async () => {
    const same = await decided(state(ABCD, ...stepped), ABCD);
    expect(same.carried?.steps).toEqual([{ index: 2, steps: { list: [1] } }]);
    const changed = await decided(state(ABCD, ...stepped), sequence(["A", "B", "C", "D"], { C: "fixed" }));
    expect(changed.carried?.steps).toEqual([]);
    expect(changed.warnings).toEqual([
      'The recorded steps of "C" are not used again: its configuration has changed',
    ]);
  });

  test("no steps on an input that is made again", async () => {
    const now = sequence(["A", "B", "C", "D"], { A: "other" });
    const decision = await decided(state(ABCD, ...stepped), now, { policy: { onConfigChange: "rerun" } });
    expect(decision.carried?.steps).toEqual([]);
    expect(decision.warnings).toEqual([
      'The recorded steps of "C" are not used again: a component before it runs again',
    ]);
  });

  test("steps outlive a fix of the code, unless changed code is to run again", async () => {
    const now = ABCD.map((component, index) =>
      index === 2 ? { ...component, fingerprint: { ...component.fingerprint, code: "fixed" } } : component,
    );
    expect((await decided(state(ABCD, ...stepped), now)).carried?.steps.length).toBe(1);
    const rerun = await decided(state(ABCD, ...stepped), now, { policy: { onCodeChange: "rerun" } });
    expect(rerun.carried?.steps).toEqual([]);
  });

  test("no steps of a completed component that runs again", async () => {
    const now = sequence(["A", "B", "C", "D"], { B: "other" });
    const decision = await decided(
      state(ABCD, { type: "step-completed", index: 1, name: "x", result: 1 }, ...AB_DONE),
      now,
      {
        policy: { onConfigChange: "rerun" },
      },
    );
    expect(decision.carried?.steps).toEqual([]);
    expect(decision.carried?.completions.map(({ index }) => index)).toEqual([0]);
  });

  test("everything under its new index", async () => {
    const now = sequence(["A", "X", "B", "C", "D"]);
    const decision = await decided(state(ABCD, ...stepped), now, { policy: { onConfigChange: "accept" } });
    expect(decision.carried?.completions.map(({ index }) => index)).toEqual([0, 2]);
    expect(decision.carried?.steps).toEqual([{ index: 3, steps: { list: [1] } }]);
    expect(decision.components[2]).toMatchObject({ index: 2, previousIndex: 1 });
  });

  test("counts of runs that started a component and did not complete it, by fingerprint", async () => {
    const started: RunEvent = { type: "attempt-started", index: 2, attempt: 1 };
    const count = async (...events: readonly RunEvent[]): Promise<number> =>
      (await decided(state(ABCD, completed(0), completed(1), started, ...events), ABCD)).carried?.counts[0]
        ?.runs ?? 0;
    expect(await count(failed(2))).toBe(1);
    expect(await count()).toBe(1);
    expect(await count({ type: "run-interrupted", reason: "SIGTERM" })).toBe(0);
    expect(await count({ type: "run-interrupted", reason: "a new run was started" })).toBe(1);
    expect(await count({ ...failed(2), transient: true } as RunEvent)).toBe(0);
    const fixed = sequence(["A", "B", "C", "D"], { C: "fixed" });
    expect((await decided(state(ABCD, completed(0), started, failed(2)), fixed)).carried?.counts).toEqual([]);
  });

  test("counts add up over the chain", async () => {
    const [, , c] = ABCD;
    const fingerprint = fingerprintId((c as ComponentHeader).fingerprint);
    const folded = state(ABCD, { type: "attempt-started", index: 2, attempt: 1 }, failed(2));
    const previous: RunState = {
      ...folded,
      carried: { completions: [], steps: [], counts: [{ index: 2, fingerprint, runs: 4 }] },
    };
    expect((await decided(previous, ABCD)).carried?.counts).toEqual([{ index: 2, fingerprint, runs: 5 }]);
  });
});
