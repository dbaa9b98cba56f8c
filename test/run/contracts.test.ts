import { describe, expect, test } from "bun:test";
import type { CairnError } from "../../src/base/mod.ts";
import { memoryCheckpointStore, type RunResult } from "../../src/api/mod.ts";
import { eventTypes, statuses, type TestComponent, testPipeline } from "./pipeline-kit.ts";

/** Returns what it is told to, with the contracts that it is told to declare; its code is told apart by a comment. */
const PART = `import { appendFileSync } from "node:fs";
import { defineComponent, SkipComponent, v } from "cairn";

export default defineComponent({
  config: v.object({
    returns: v.optional(v.any()),
    input: v.optional(v.any()),
    output: v.optional(v.any()),
    skips: v.optional(v.boolean(), false),
    runs: v.optional(v.string()),
  }),
  input: ({ input }) => input,
  output: ({ output }) => output,
  run({ config }) {
    if (config.runs !== undefined) appendFileSync(config.runs, "x");
    if (config.skips) throw new SkipComponent("nothing to do");
    return config.returns;
  },
});
`;

const PLUGINS = { "t/Part.ts": PART };
const NUMBERS = "[{ name = n, type = int, nullable = false }]";
const ON = "schema-validation { enabled = true }";
const RETRIES = "retry-policy { max-retries = 3, initial-delay-ms = 1 }";

function part(name: string, config: string, more = ""): TestComponent {
  return { type: "t.Part", name, config, more };
}

function errorOf(result: RunResult, index: number): string | undefined {
  return result.components[index]?.error?.message;
}

for (const isolation of ["none", "process"] as const) {
  describe(`isolation = ${isolation}`, () => {
    test("a component that produces something else than its output contract says fails, and is not tried again", async () => {
      using pipeline = testPipeline(PLUGINS);
      const store = memoryCheckpointStore();
      const text = pipeline.text(
        [part("A", `output = ${NUMBERS}, returns { n = one }`)],
        `${ON}, ${RETRIES}`,
      );
      const { result } = await pipeline.run(text, { isolation, store });
      expect(result).toMatchObject({ status: "failed", exitCode: 1 });
      expect(result.components[0]).toMatchObject({
        status: "failed",
        attempts: 1,
        outputs: null,
        error: {
          name: "PermanentError",
          code: "CONTRACT_VIOLATED",
          message:
            'Cannot complete "A": what "A" produced breaks its output contract: field "n" is a text, expected int',
        },
      });
      expect(await eventTypes(store, result.runId)).toEqual([
        "run-started",
        "attempt-started",
        "component-failed",
        "run-failed",
      ]);
    });

    test("a component does not start where what it needs was not produced", async () => {
      using pipeline = testPipeline(PLUGINS);
      const runs = pipeline.dir.join("b.runs");
      const text = pipeline.text(
        [part("A", "returns { n = 1.5 }"), part("B", `input = ${NUMBERS}, runs = ${JSON.stringify(runs)}`)],
        `${ON}, ${RETRIES}`,
      );
      const { result } = await pipeline.run(text, { isolation });
      expect(statuses(result)).toEqual(["completed", "failed"]);
      expect(result.components[1]).toMatchObject({ attempts: 1, error: { code: "CONTRACT_VIOLATED" } });
      expect(errorOf(result, 1)).toBe(
        'Cannot start "B": what "A" produced breaks the input contract of "B": field "n" is a fraction, expected int',
      );
      expect(await Bun.file(runs).exists()).toBe(false);
    });

    test("warnings are logged and in the result; fail-on-warning makes them failures", async () => {
      using pipeline = testPipeline(PLUGINS);
      const components = [part("A", `output = ${NUMBERS}, returns { n = 1, m = 2 }`)];
      const { result, lines } = await pipeline.run(pipeline.text(components, ON), { isolation });
      const warning = 'what "A" produced is more than its output contract says: 1 field is not in it: "m"';
      expect(result).toMatchObject({ exitCode: 0, warnings: [warning] });
      expect(lines).toContainEqual(
        expect.objectContaining({ component: "A", level: "warn", source: "runner", message: warning }),
      );
      const failing = "schema-validation { enabled = true, fail-on-warning = true }";
      const second = await pipeline.run(pipeline.text(components, failing), { isolation });
      expect(second.result.exitCode).toBe(1);
      expect(errorOf(second.result, 0)).toContain('breaks its output contract: 1 field is not in it: "m"');
    });

    test("a resume checks what was restored before the consumer starts, as a run does", async () => {
      using pipeline = testPipeline(PLUGINS);
      const store = memoryCheckpointStore();
      pipeline.dir.write("T.fail", "");
      const tally = { type: "t.Tally", name: "T", config: "value = 1", more: 'depends-on = ["A"]' };
      const text = (validation: string): string =>
        pipeline.text(
          [
            part("A", "returns { n = one }"),
            tally,
            part("B", `input = ${NUMBERS}`, 'depends-on = ["A", "T"]'),
          ],
          validation,
        );
      const options = { isolation, store, autoResume: true } as const;
      const first = await pipeline.run(text(""), options);
      expect(statuses(first.result)).toEqual(["completed", "failed", "skipped"]);
      await Bun.file(pipeline.dir.join("T.fail")).delete();
      const second = await pipeline.run(text(ON), options);
      expect(statuses(second.result)).toEqual(["restored", "completed", "failed"]);
      expect(errorOf(second.result, 2)).toContain('what "A" produced breaks the input contract of "B"');
      expect(second.result.exitCode).toBe(1);
      const third = await pipeline.run(text(""), options);
      expect(statuses(third.result)).toEqual(["restored", "restored", "completed"]);
    });
  });
}

test("wrong 6: a resume checks restored outputs beside what their component declares by now", async () => {
  using pipeline = testPipeline();
  const makes = (output: string): string =>
    `import { defineComponent } from "cairn";
     export default defineComponent({ ${output} run: () => ({ n: "one" }) });`;
  pipeline.dir.write("plugins/t/Makes.ts", makes(""));
  pipeline.dir.write("T.fail", "");
  const store = memoryCheckpointStore();
  const text = pipeline.text(
    [
      { type: "t.Makes", name: "A" },
      { type: "t.Tally", name: "T" },
    ],
    ON,
  );
  const options = { store, autoResume: true } as const;
  const first = await pipeline.run(text, options);
  expect(statuses(first.result)).toEqual(["completed", "failed"]);
  pipeline.dir.write("plugins/t/Makes.ts", makes('output: [{ name: "n", type: "int" }],'));
  const second = await pipeline.run(text, options);
  expect(statuses(second.result)).toEqual(["restored", "failed"]);
  expect(errorOf(second.result, 1)).toBe(
    'Cannot start "T": what "A" produced breaks its own output contract: field "n" is a text, expected int',
  );
});

describe("what counts as produced", () => {
  const schema = (type: string): string =>
    `{ rows = 3, schema = [{ name = n, type = "${type}", nullable = false }] }`;

  test("a table by its schema", async () => {
    using pipeline = testPipeline(PLUGINS);
    const components = (type: string): TestComponent[] => [
      part("A", `output = ${NUMBERS}, returns ${schema(type)}`),
      part("B", `input = ${NUMBERS}, output = [], returns {}`),
    ];
    const good = await pipeline.run(pipeline.text(components("INTEGER"), ON), { isolation: "none" });
    expect(good.result).toMatchObject({ exitCode: 0, warnings: [] });
    const bad = await pipeline.run(pipeline.text(components("BIGINT"), ON), { isolation: "none" });
    expect(errorOf(bad.result, 0)).toEndWith('field "n" is long, expected int');
  });

  test("not by who skipped itself, failed, or was left out", async () => {
    using pipeline = testPipeline(PLUGINS);
    const consumer = part("C", `input = ${NUMBERS}`);
    const skipping = pipeline.text([part("A", `output = ${NUMBERS}, skips = true`), consumer], ON);
    expect(statuses((await pipeline.run(skipping, { isolation: "none" })).result)).toEqual([
      "skipped",
      "completed",
    ]);
    const failing = pipeline.text(
      [part("A", `output = ${NUMBERS}, returns { n = x }`), consumer],
      `${ON}, fail-fast = false`,
    );
    expect(statuses((await pipeline.run(failing, { isolation: "none" })).result)).toEqual([
      "failed",
      "completed",
    ]);
    const leftOut = pipeline.text(
      [part("X", "returns { n = x }"), part("A", "returns { n = x }"), consumer],
      ON,
    );
    const { result } = await pipeline.run(leftOut, { isolation: "none", skip: ["A"] });
    expect(statuses(result)).toEqual(["completed", "not-run", "completed"]);
  });

  test("by each component that comes before, and by name where that is said", async () => {
    using pipeline = testPipeline(PLUGINS);
    const components = (input: string): TestComponent[] => [
      part("A", `output = ${NUMBERS}, returns { n = 1 }`),
      part("B", "output = [{ name = s, type = string }], returns { s = x }", "depends-on = []"),
      part("C", `input ${input}`, 'depends-on = ["A", "B"]'),
    ];
    const named = pipeline.text(components(`{ A = ${NUMBERS}, B = [{ name = s, type = string }] }`), ON);
    expect((await pipeline.run(named, { isolation: "none" })).result).toMatchObject({
      exitCode: 0,
      warnings: [],
    });
    const each = pipeline.run(pipeline.text(components(`= ${NUMBERS}`), ON), { isolation: "none" });
    const error = (await each.catch((thrown: unknown) => thrown)) as CairnError;
    expect(error.code).toBe("CONFIG_INVALID");
    expect(error.findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual([
      "error CONTRACT_MISMATCH",
      "warning CONTRACT_EXTRA_FIELDS",
    ]);
    expect(error.findings[0]?.message).toBe(
      'component 3 "C": its input contract and the output contract of component 2 "B": field "n" is missing, expected int',
    );
  });
});

test("nothing is checked where schema-validation is not enabled", async () => {
  using pipeline = testPipeline({
    ...PLUGINS,
    "t/Wrong.ts": `import { defineComponent } from "cairn";
export default defineComponent({ input: () => { throw new Error("asked"); }, output: [{ name: "n", type: "int" }], run() { return { m: 1 }; } });`,
  });
  const components = [part("A", `output = ${NUMBERS}, returns { n = x }`), { type: "t.Wrong", name: "B" }];
  for (const more of ["", "schema-validation { strict = true, fail-on-warning = true }"]) {
    const { result } = await pipeline.run(pipeline.text(components, more), { isolation: "none" });
    expect(result).toMatchObject({ exitCode: 0, warnings: [] });
  }
});
