import { describe, expect, test } from "bun:test";
import { type Artifact, type ComponentHeader, fingerprintOf } from "../../src/checkpoint/mod.ts";
import { AB_DONE, ABCD, AT, decided, state, table } from "./kit/decisions.ts";
import { completed, failed, saidBy, sequence } from "./kit/runs.ts";

test("without a run to resume everything runs for the first time", async () => {
  const decision = await decided(undefined, ABCD);
  expect(table(decision, ABCD)).toEqual([
    "A:run first-run",
    "B:run first-run",
    "C:run first-run",
    "D:run first-run",
  ]);
  expect(decision.carried).toBeUndefined();
});

test("completed components are restored, the others run, each with its reason", async () => {
  const previous = state(ABCD, completed(0), failed(1), { type: "attempt-started", index: 2, attempt: 1 });
  const decision = await decided(previous, ABCD);
  expect(table(decision, ABCD)).toEqual([
    "A:restore completed",
    "B:run failed-before",
    "C:run interrupted-before",
    "D:run not-completed",
  ]);
  expect(decision.components[0]?.explanation).toBe(`completed in run old at ${AT}`);
  expect(decision.carried?.completions).toMatchObject([{ index: 0, ranIn: "old" }]);
});

test("a component that is left out of this run keeps its completion, and is skipped where it has none", async () => {
  const now = ABCD.map((component, index) =>
    index === 0 || index === 3 ? { ...component, selected: false as const } : component,
  );
  expect(table(await decided(state(ABCD, ...AB_DONE), now), now)).toEqual([
    "A:restore completed",
    "B:restore completed",
    "C:run failed-before",
    "D:skip not-selected",
  ]);
});

describe("components that have not completed may change freely", () => {
  const cases: Readonly<Record<string, readonly ComponentHeader[]>> = {
    "another configuration": sequence(["A", "B", "C", "D"], { C: "fixed" }),
    "other names": sequence(["A", "B", "C2", "D2"]),
    "another order": sequence(["A", "B", "D", "C"]),
  };
  for (const [what, now] of Object.entries(cases)) {
    test(what, async () => {
      const decision = await decided(state(ABCD, ...AB_DONE), now);
      expect([decision.refused, decision.differences]).toEqual([false, []]);
      expect(decision.carried?.completions.map(({ index }) => index)).toEqual([0, 1]);
    });
  }

  test("anything, where nothing has completed", async () => {
    const decision = await decided(state(ABCD, failed(0)), sequence(["X", "Y"]));
    expect([decision.refused, decision.differences]).toEqual([false, []]);
  });
});

interface Change {
  readonly now: readonly ComponentHeader[];
  readonly differences: readonly string[];
  /** Under `rerun` and `accept`; absent: refused all the same. */
  readonly rerun?: readonly string[];
  readonly accept?: readonly string[];
}

describe("a changed completed component", () => {
  const changes: Readonly<Record<string, Change>> = {
    "with another configuration": {
      now: sequence(["A", "B", "C", "D"], { A: "other" }),
      differences: ["changed A"],
      rerun: ["A:run config-changed", "B:run after-rerun", "C:run failed-before", "D:run not-completed"],
      accept: [
        "A:restore config-change-accepted",
        "B:restore completed",
        "C:run failed-before",
        "D:run not-completed",
      ],
    },
    "that is the last completed one": {
      now: sequence(["A", "B", "C", "D"], { B: "other" }),
      differences: ["changed B"],
      rerun: ["A:restore completed", "B:run config-changed", "C:run failed-before", "D:run not-completed"],
      accept: [
        "A:restore completed",
        "B:restore config-change-accepted",
        "C:run failed-before",
        "D:run not-completed",
      ],
    },
    "with one inserted before it": {
      now: sequence(["A", "X", "B", "C", "D"]),
      differences: ["inserted X"],
      rerun: [
        "A:restore completed",
        "X:run new-component",
        "B:run after-rerun",
        "C:run failed-before",
        "D:run not-completed",
      ],
      accept: [
        "A:restore completed",
        "X:run new-component",
        "B:restore completed",
        "C:run failed-before",
        "D:run not-completed",
      ],
    },
    "with one more at the end": {
      now: sequence(["A", "B", "C", "D", "E"]),
      differences: ["added E"],
      rerun: [
        "A:restore completed",
        "B:restore completed",
        "C:run failed-before",
        "D:run not-completed",
        "E:run new-component",
      ],
      accept: [
        "A:restore completed",
        "B:restore completed",
        "C:run failed-before",
        "D:run not-completed",
        "E:run new-component",
      ],
    },
    "with an unfinished one removed": {
      now: sequence(["A", "B", "C"]),
      differences: ["removed D"],
      rerun: ["A:restore completed", "B:restore completed", "C:run failed-before"],
      accept: ["A:restore completed", "B:restore completed", "C:run failed-before"],
    },
    "in another order": {
      now: sequence(["B", "A", "C", "D"]),
      differences: ["reordered B", "reordered A"],
      rerun: ["B:run config-changed", "A:run config-changed", "C:run failed-before", "D:run not-completed"],
      accept: [
        "B:restore config-change-accepted",
        "A:restore config-change-accepted",
        "C:run failed-before",
        "D:run not-completed",
      ],
    },
    "that is gone": { now: sequence(["A", "C", "D"]), differences: ["removed B"] },
    "under another name": { now: sequence(["A", "B2", "C", "D"]), differences: ["removed B"] },
  };
  for (const [what, { now, differences, rerun, accept }] of Object.entries(changes)) {
    test(`${what} is refused by default, and can be ${rerun === undefined ? "got rid of by a fresh run only" : "run again or accepted"}`, async () => {
      const previous = state(ABCD, ...AB_DONE);
      const refused = await decided(previous, now);
      expect(refused.refused).toBe(true);
      expect(refused.differences.map(({ kind, component }) => `${kind} ${component}`)).toEqual([
        ...differences,
      ]);
      // Nobody has accepted anything.
      expect(refused.components.map(({ reason }) => reason)).not.toContain("config-change-accepted");
      for (const [onConfigChange, expected] of [
        ["rerun", rerun],
        ["accept", accept],
      ] as const) {
        const decision = await decided(previous, now, { policy: { onConfigChange } });
        expect(decision.refused).toBe(expected === undefined);
        if (expected !== undefined) expect(table(decision, now)).toEqual([...expected]);
      }
    });
  }

  test("is shown key by key, secrets as a constant", async () => {
    const header = (settings: Parameters<typeof fingerprintOf>[0]["settings"]): ComponentHeader[] => [
      {
        name: "A",
        type: "t",
        after: [],
        fingerprint: fingerprintOf({
          type: "t",
          settings,
          codeHash: "",
          isRedacted: (key) => key === "password",
        }),
      },
    ];
    const previous = state(
      header({ path: "/a", db: { port: 1, password: "x" }, list: [1, 2], gone: true }),
      completed(0),
    );
    const decision = await decided(
      previous,
      header({ path: "/b", db: { port: 2, password: "y" }, list: [1, 3], "new.key": null }),
    );
    expect(decision.differences[0]?.keys).toEqual([
      { path: '"new.key"', now: "null" },
      { path: "db.port", before: "1", now: "2" },
      { path: "gone", before: "true" },
      { path: "list.1", before: "2", now: "3" },
      { path: "path", before: '"/a"', now: '"/b"' },
    ]);
  });

  test("of another type names the type", async () => {
    const [a] = sequence(["A"]);
    const other = {
      ...(a as ComponentHeader),
      type: "com.example.Other",
      fingerprint: { config: "x", code: "code" },
    };
    const decision = await decided(state(sequence(["A"]), completed(0)), [other]);
    expect(decision.differences[0]?.keys).toEqual([
      { path: "instance-type", before: '"com.example.Step"', now: '"com.example.Other"' },
    ]);
  });
});

describe("changed code of a completed component", () => {
  const now = ABCD.map((component, index) =>
    index === 0 ? { ...component, fingerprint: { ...component.fingerprint, code: "new" } } : component,
  );
  const previous = state(ABCD, ...AB_DONE);

  test("is a warning by default", async () => {
    const decision = await decided(previous, now);
    expect(decision.refused).toBe(false);
    expect(table(decision, now)[0]).toBe("A:restore code-change-accepted");
    expect(decision.warnings).toEqual([
      'The code of "A" has changed since it completed in run old; its completion is kept (on-code-change = warn)',
    ]);
  });

  test("can be refused or run again", async () => {
    const refused = await decided(previous, now, { policy: { onCodeChange: "refuse" } });
    expect(refused.refused).toBe(true);
    expect(table(refused, now)[0]).toBe("A:run code-changed");
    expect(refused.components[0]?.explanation).toContain("the run is refused (on-code-change = refuse)");
    const decision = await decided(previous, now, { policy: { onCodeChange: "rerun" } });
    expect(table(decision, now).slice(0, 2)).toEqual(["A:run code-changed", "B:run after-rerun"]);
    expect(decision.warnings).toEqual([]);
  });
});

describe("artifacts", () => {
  const artifact = (uri: string, consumed = false): Artifact => ({
    uri,
    size: 1,
    token: "t",
    ...(consumed && { consumed }),
  });
  const previous = state(
    ABCD,
    completed(0, { artifacts: [artifact("/a"), artifact("/tmp/a", true)] }),
    completed(1, { artifacts: [artifact("/b")] }),
    completed(2, { artifacts: [artifact("/c"), artifact("/tmp/c", true)] }),
    failed(3),
  );

  test("that are missing or changed make their component and every later one run again", async () => {
    const missing = await decided(previous, ABCD, {
      check: ({ uri }) => (uri === "/b" ? "missing" : "same"),
    });
    expect(table(missing, ABCD)).toEqual([
      "A:restore completed",
      "B:run artifact-missing",
      "C:run after-rerun",
      "D:run failed-before",
    ]);
    expect(missing.components[1]?.explanation).toBe("/b is missing");
    const changed = await decided(previous, ABCD, {
      check: ({ uri }) => (uri === "/c" ? "changed" : "same"),
    });
    expect(table(changed, ABCD)[2]).toBe("C:run artifact-changed");
  });

  test("that are consumed are not looked at once a later component stays completed", async () => {
    const gone = await decided(previous, ABCD, {
      check: ({ uri }) => (uri === "/tmp/a" ? "missing" : "same"),
    });
    expect(table(gone, ABCD).slice(0, 3)).toEqual([
      "A:restore completed",
      "B:restore completed",
      "C:restore completed",
    ]);
  });

  test("that are consumed are looked at where nothing later stays completed", async () => {
    const last = await decided(previous, ABCD, {
      check: ({ uri }) => (uri === "/tmp/c" ? "missing" : "same"),
    });
    expect(table(last, ABCD)[2]).toBe("C:run artifact-missing");
    const later = await decided(previous, ABCD, {
      check: ({ uri }) => (uri === "/tmp/a" || uri === "/b" ? "missing" : "same"),
    });
    expect(table(later, ABCD).slice(0, 2)).toEqual(["A:run artifact-missing", "B:run artifact-missing"]);
  });

  test("that can't be checked are not missing: the decision fails", async () => {
    const check = (): never => {
      throw new Error("no answer");
    };
    expect(await saidBy(decided(previous, ABCD, { check }))).toContain("no answer");
  });
});

test("an unkeyed auto-resume is warned where it restores work of an earlier calendar day", async () => {
  const at = new Date(2026, 10, 23, 23, 50);
  const previous = state(ABCD, completed(0, { completedAt: at.toISOString() }), failed(1));
  const warned = async (now: Date): Promise<readonly string[]> =>
    (await decided(previous, ABCD, { now: now.getTime() })).warnings;
  expect(await warned(new Date(2026, 10, 23, 23, 59))).toEqual([]);
  expect(await warned(new Date(2026, 10, 24, 0, 10))).toEqual([
    `Work of an earlier day is restored: "A" completed at ${at.toISOString()}. If this run is about another day's data, give each day its --run-key, or start with --fresh`,
  ]);
  expect((await decided(previous, ABCD)).warnings).toEqual([]);
});

test("components of one name are told apart by their occurrence", async () => {
  const twice = sequence(["copy", "clean", "copy"]);
  const decision = await decided(state(twice, completed(0), completed(1), failed(2)), twice);
  expect(table(decision, twice)).toEqual([
    "copy:restore completed",
    "clean:restore completed",
    "copy:run failed-before",
  ]);
});

test("a completion after a failed component is kept, with a warning", async () => {
  const previous = state(ABCD, completed(0), failed(1), completed(2), failed(3));
  const decision = await decided(previous, ABCD);
  expect(table(decision, ABCD)).toEqual([
    "A:restore completed",
    "B:run failed-before",
    "C:restore completed",
    "D:run failed-before",
  ]);
  expect(decision.warnings).toEqual(['"C" completed although "B" before it had not; its completion is kept']);
});

test("independent components are not warned about", async () => {
  const apart = ABCD.map((component) => ({ ...component, after: [] }));
  expect((await decided(state(apart, completed(0), failed(1), completed(2)), apart)).warnings).toEqual([]);
});

test("a dependent that stands earlier in the file runs again too", async () => {
  const backwards = sequence(["late", "x", "early"]).map((component, index) => ({
    ...component,
    after: index === 0 ? [2] : [],
  }));
  const now = backwards.map((component, index) =>
    index === 2 ? { ...component, fingerprint: { config: "other", code: "code" } } : component,
  );
  const decision = await decided(state(backwards, completed(0), completed(1), completed(2)), now, {
    policy: { onConfigChange: "rerun" },
  });
  expect(table(decision, now)).toEqual([
    "late:run after-rerun",
    "x:run after-rerun",
    "early:run config-changed",
  ]);
});

test("a hundred thousand components are decided without depth or squares", async () => {
  const many = sequence(Array.from({ length: 100_000 }, (_, index) => `c${index}`));
  const previous = state(many, ...many.slice(0, 50_000).map((_, index) => completed(index)));
  const decision = await decided(previous, many);
  expect(decision.components.filter(({ action }) => action === "restore").length).toBe(50_000);
});
