import { expect, test } from "bun:test";
import { rmSync } from "node:fs";
import {
  memoryCheckpointStore,
  planPipeline,
  readCheckpoint,
  readConfig,
  type RunOptions,
} from "../../src/api/mod.ts";
import { dependenciesOf, withoutLeftOut } from "../../src/run/graph.ts";
import { testPipeline } from "./pipeline-kit.ts";

const LETTERS = ["A", "B", "C", "D", "E"];
const SEQUENCE = LETTERS.map((name) => ({ type: "t.Tally", name }));
/** B and C come after A, D after both; E after nothing. */
const GRAPH = [
  { type: "t.Tally", name: "A" },
  { type: "t.Tally", name: "B", more: 'depends-on = ["A"]' },
  { type: "t.Tally", name: "C", more: 'depends-on = ["A"]' },
  { type: "t.Tally", name: "D", more: 'depends-on = ["B", "C"]' },
  { type: "t.Tally", name: "E", more: "depends-on = []" },
];

const CASES: readonly (readonly [Pick<RunOptions, "from" | "to" | "only" | "skip">, string, string])[] = [
  [{ from: ["C"] }, "CDE", "CD"],
  [{ to: ["C"] }, "ABC", "AC"],
  [{ from: ["B"], to: ["D"] }, "BCD", "BD"],
  [{ only: ["B", "E"] }, "BE", "BE"],
  [{ skip: ["B"] }, "ACDE", "ACDE"],
  [{ from: ["B"], skip: ["D"] }, "BCE", "B"],
];

test.each(CASES)(
  "%j selects by the order of components, in a sequence and in a graph",
  async (options, inSequence, inGraph) => {
    using pipeline = testPipeline();
    for (const [components, expected] of [
      [SEQUENCE, inSequence],
      [GRAPH, inGraph],
    ] as const) {
      const { result } = await pipeline.run(pipeline.text(components), { isolation: "none", ...options });
      expect(result.exitCode).toBe(0);
      const ran = result.components.filter(({ status }) => status === "completed");
      expect(ran.map(({ name }) => name).join("")).toBe(expected);
      for (const one of result.components.filter(({ status }) => status !== "completed")) {
        expect(one).toMatchObject({ status: "not-run", reason: "not-selected", attempts: 0 });
      }
    }
  },
);

test("who came after one that is left out comes after what that one came after", () => {
  const all = ["A", "B", "C"].map((instanceName, index) => ({
    index,
    instanceName,
    enabled: true,
    dependsOn: undefined,
  }));
  const dependencies = dependenciesOf(all);
  expect(withoutLeftOut(dependencies, new Set([1])).map(({ after }) => after)).toEqual([[], [], [0]]);
});

test("an unknown name is exit 2 with the nearest one, a name that two have is too, and nothing runs", async () => {
  using pipeline = testPipeline();
  const text = pipeline.text([
    { type: "t.Tally", name: "Extract" },
    ...SEQUENCE,
    { type: "t.Tally", name: "A" },
  ]);
  const run = (options: RunOptions): Promise<unknown> =>
    pipeline.run(text, { isolation: "none", ...options });
  expect(run({ only: ["Extrakt"], skip: ["A"] })).rejects.toMatchObject({
    code: "SELECTION_INVALID",
    kind: "config",
    message:
      'Cannot select components: --only names "Extrakt", and no component has that name; --skip names "A", and components 2 and 7 have that name',
    hint: 'Did you mean "Extract"? Give each of them a name of its own.',
  });
  expect(pipeline.tally("Extract")).toBe(0);
});

test("a selection is recorded, restored by a resume, replaced by one that is given, and shown by plan", async () => {
  using pipeline = testPipeline();
  const store = memoryCheckpointStore();
  const failing = pipeline.dir.write("C.fail", "");
  const text = pipeline.text(SEQUENCE);
  const options = { store, autoResume: true, isolation: "none" } as const;
  const first = await pipeline.run(text, { ...options, from: ["B"], skip: ["E"] });
  const names = (statuses: string): string =>
    statuses
      .split(" ")
      .map((status, index) => `${LETTERS[index]} ${status}`)
      .join(", ");
  const said = ({ result }: typeof first): string =>
    result.components.map(({ name, status }) => `${name} ${status}`).join(", ");
  expect(said(first)).toBe(names("not-run completed failed not-run not-run"));
  const { state } = await readCheckpoint(store, first.result.runId);
  expect(state?.options).toEqual({ selection: { from: ["B"], skip: ["E"] } });

  const { pipeline: config } = await readConfig("-", { text, cwd: pipeline.dir.path, env: {} });
  if (config === undefined) throw new Error("no configuration");
  const plan = await planPipeline(config, { ...options, cwd: pipeline.dir.path });
  expect(plan.selection).toEqual({ from: ["B"], skip: ["E"] });
  expect(plan.components.map(({ action, reason }) => `${action} ${reason}`)).toEqual([
    "skip not-selected",
    "restore completed",
    "run failed-before",
    "run not-completed",
    "skip not-selected",
  ]);

  const second = await pipeline.run(text, options);
  expect(said(second)).toBe(names("not-run restored failed not-run not-run"));
  rmSync(failing);
  const third = await pipeline.run(text, { ...options, only: ["C", "E"] });
  expect(third.result.resumedFrom).toBe(second.result.runId);
  expect(said(third)).toBe(names("not-run restored completed not-run completed"));
});

test("a selection that leaves nothing is a success with a warning", async () => {
  using pipeline = testPipeline();
  const text = pipeline.text([{ type: "t.Tally", name: "A" }]);
  const { result } = await pipeline.run(text, { isolation: "none", skip: ["A"] });
  expect(result).toMatchObject({
    exitCode: 0,
    warnings: ["No component is enabled and selected: nothing was run."],
  });
});

test("one that is left out and has completed before counts as that, whatever becomes of what it came after", async () => {
  using pipeline = testPipeline({
    "t/Fails.ts":
      'export default ({ run }) => { if (process.env["FAILS"] === run.componentName) throw new Error("no"); };\n',
  });
  const text = pipeline.text(
    [
      { type: "t.Fails", name: "A" },
      { type: "t.Fails", name: "B" },
      { type: "t.Fails", name: "C", more: 'depends-on = ["B"]' },
    ],
    "fail-fast = false",
  );
  const store = memoryCheckpointStore();
  const run = async (fails: string, options: RunOptions): Promise<string[]> => {
    const env = { ...process.env, FAILS: fails };
    const { result } = await pipeline.run(text, { store, env, ...options });
    return result.components.map(({ status }) => status);
  };
  expect(await run("C", { from: ["B"] })).toEqual(["not-run", "completed", "failed"]);
  expect(await run("A", { skip: ["B"], autoResume: true })).toEqual(["failed", "restored", "completed"]);
});
