import { describe, expect, test } from "bun:test";
import type { ComponentOutcome, PipelinePlan, RunResult } from "../../src/api/mod.ts";
import { CairnError } from "../../src/base/mod.ts";
import { planText } from "../../src/cli/commands/plan.ts";
import { errorDocument, errorText } from "../../src/cli/print-error.ts";
import { endText, failureText, resultText } from "../../src/cli/result-text.ts";
import { createStyle, visible, wantsColor } from "../../src/cli/style.ts";
import { wantsJson } from "../../src/cli/wants-json.ts";
import { table, wrap } from "../../src/cli/wrap.ts";

const plain = createStyle(false);

function outcome(index: number, name: string, more: Partial<ComponentOutcome> = {}): ComponentOutcome {
  const always = {
    type: "x.Y",
    status: "completed",
    reason: "first-run",
    attempts: 1,
    durationMs: 5,
  } as const;
  return { index, name, ...always, outputs: null, error: null, failedAttempts: [], ...more };
}

const failed: RunResult = {
  version: 1,
  runId: "r2",
  rootRunId: "r1",
  runKey: null,
  pipelineName: "Daily ETL",
  status: "failed",
  reason: "component",
  startedAt: "2026-11-23T20:11:02.113Z",
  endedAt: "2026-11-23T20:11:03.113Z",
  durationMs: 1000,
  resumedFrom: "r1",
  components: [
    outcome(0, "Extract", { status: "restored", attempts: 0 }),
    outcome(1, "Clean", {
      status: "failed",
      attempts: 3,
      error: { name: "RangeError", message: "two\nlines", code: "E_X", hint: "Mend it." },
    }),
    outcome(2, "Load", { status: "not-run", reason: "cancelled", attempts: 0 }),
  ],
  checkpoint: { location: "/cp", kept: true },
  warnings: [],
  exitCode: 1,
};

describe("the result for people", () => {
  test("says how it ended, what became of the components, and where the checkpoint is", () => {
    expect(resultText(failed, plain)).toBe(
      "Daily ETL failed (component) in 1.0 s: 1 restored, 1 failed, 1 not run\nrun r2, resumed from r1\ncheckpoint /cp (kept)\n",
    );
    const none = {
      ...failed,
      status: "completed",
      reason: null,
      components: [],
      checkpoint: null,
      resumedFrom: null,
    } as const;
    expect(resultText(none, plain)).toBe("Daily ETL completed in 1.0 s: no components\nrun r2\n");
    expect(resultText({ ...failed, status: "completed", reason: "already-completed" }, plain)).toBe(
      "Daily ETL already completed: run r2; nothing to do\n",
    );
  });

  test("names each failed component with its error and hint", () => {
    expect(failureText(failed, plain)).toBe(
      "error: Clean failed (3 attempts): RangeError: two\n  lines [E_X]\n  hint: Mend it.\n",
    );
  });

  test("says why a run ended in which nothing failed", () => {
    const error = { message: "the store failed", hint: "Make room." };
    expect(endText(failed, error, plain)).toBe("error: the store failed\n  hint: Make room.\n");
    expect(endText({ ...failed, reason: "timeout" }, undefined, plain)).toBe(
      "error: the run ended (timeout)\n",
    );
  });
});

test("a plan for people has every component's decision, the differences and the ways out", () => {
  const plan: PipelinePlan = {
    version: 1,
    pipelineName: "Daily ETL",
    runKey: "2026-11-23",
    resumes: "r1",
    alreadyCompleted: false,
    location: "/cp",
    selection: null,
    components: [
      {
        index: 0,
        name: "Extract",
        type: "x.Y",
        after: [],
        action: "restore",
        reason: "completed",
        explanation: "completed in run r1",
      },
      {
        index: 1,
        name: "Load",
        type: "x.Z",
        after: ["Extract"],
        action: "run",
        reason: "failed-before",
        explanation: "failed in run r1",
      },
    ],
    differences: [
      {
        component: "Extract",
        kind: "changed",
        refused: true,
        keys: [{ path: "day", before: "1", now: "2" }, { path: "password" }],
      },
    ],
    refused: true,
    poisoned: [],
    holder: null,
    warnings: ["of yesterday"],
  };
  expect(planText(plan, plain).split("\n")).toEqual([
    'Daily ETL would resume run r1 of run key "2026-11-23"',
    "checkpoint /cp",
    "",
    "#  action   component  type  reason         why",
    "1  restore  Extract    x.Y   completed      completed in run r1",
    "2  run      Load       x.Z   failed-before  failed in run r1",
    "",
    "Changed since the completed components ran:",
    "  Extract: its configuration changed",
    "    - day = 1",
    "    + day = 2",
    "    ~ password",
    "warning: of yesterday",
    "",
    "`run` would refuse (exit 4). Ways out: --on-config-change=rerun, --on-config-change=accept, --fresh.",
  ]);
});

describe("errors", () => {
  const error = new CairnError("Cannot do it", {
    code: "CHECKPOINT_HELD",
    kind: "world",
    hint: "Wait.\nOr not.",
    details: { pid: 1 },
    cause: new Error("deep", { cause: "deeper" }),
  });

  test("have code and hint, and under -v their causes", () => {
    expect(errorText(error, plain, false)).toBe(
      "error: Cannot do it [CHECKPOINT_HELD]\n  hint: Wait.\n  Or not.",
    );
    expect(errorText(error, plain, true)).toEndWith("\n  caused by: Error: deep\n  caused by: deeper");
  });

  test("as a document they have everything but the cause", () => {
    expect(errorDocument(error)).toEqual({
      version: 1,
      exitCode: 5,
      error: {
        code: "CHECKPOINT_HELD",
        kind: "world",
        message: "Cannot do it",
        hint: "Wait.\nOr not.",
        details: { pid: 1 },
        findings: [],
      },
    });
    expect(errorDocument(new TypeError("x"))).toMatchObject({
      exitCode: 70,
      error: { code: "BUG", kind: "bug", message: "x" },
    });
  });

  test("a bug says what to report, with its stack", () => {
    const text = errorText(new TypeError("x is not a function"), plain, false);
    expect(text).toContain("This is a bug in Cairn");
    expect(text).toMatch(/cairn \d+\.\d+\.\d+, Bun /);
    expect(text).toContain("result-text.test.ts");
  });
});

describe("small parts", () => {
  test("colours: the flag decides, else NO_COLOR, TERM and the terminal", () => {
    expect(wantsColor("always", { NO_COLOR: "1" }, false)).toBe(true);
    expect(wantsColor("never", {}, true)).toBe(false);
    expect(wantsColor("auto", {}, true)).toBe(true);
    expect(wantsColor("auto", {}, false)).toBe(false);
    expect(wantsColor("auto", { NO_COLOR: "1" }, true)).toBe(false);
    expect(wantsColor("auto", { NO_COLOR: "" }, true)).toBe(true);
    expect(wantsColor("auto", { TERM: "dumb" }, true)).toBe(false);
  });

  test("control characters and direction overrides are made visible, tabs and line feeds stay", () => {
    expect(visible("a\u001Bb\u009Bc\u202Ed\te\nf\r")).toBe(
      String.raw`a\x1bb\x9bc\u202ed` + "\te\nf" + String.raw`\x0d`,
    );
  });

  test("a line that can't be read still says whether it wants JSON", () => {
    expect(wantsJson(["run", "--fromat", "--format=json"], {})).toBe(true);
    expect(wantsJson(["run", "--format", "json"], {})).toBe(true);
    expect(wantsJson(["run", "--format=json", "--format=text"], {})).toBe(false);
    expect(wantsJson(["run", "--", "--format=json"], {})).toBe(false);
    expect(wantsJson(["run"], { CAIRN_FORMAT: "json" })).toBe(true);
  });

  test("a table's rows stay one line each, whatever stands in them", () => {
    expect(table(["KEY", "STATE"], [["a\nb\tc", "failed"]])).toEqual(["KEY      STATE", "a\\nb\\tc  failed"]);
  });

  test("tables and wrapped texts count wide characters as two", () => {
    expect(
      table(
        ["A", "B"],
        [
          ["数据", "x"],
          ["a", "y"],
        ],
      ),
    ).toEqual(["A     B", "数据  x", "a     y"]);
    expect(wrap("数据 数据 aa", 9)).toEqual(["数据 数据", "aa"]);
    expect(wrap("", 10)).toEqual([]);
  });
});
