import { expect, test } from "bun:test";
import type { PipelineHooks } from "../../src/api/mod.ts";
import { statuses, testPipeline } from "./pipeline-kit.ts";

test("afterPipeline counts what is done, not what was skipped because a dependency failed", async () => {
  using pipeline = testPipeline({
    "t/Skip.ts": `import { SkipComponent } from "cairn";
export default async () => { throw new SkipComponent("nothing new"); };
`,
    "t/Fail.ts": `export default async () => { throw new Error("no"); };\n`,
  });
  const text = pipeline.text(
    [
      { type: "t.Tally", name: "A" },
      { type: "t.Skip", name: "B" },
      { type: "t.Fail", name: "C" },
      { type: "t.Tally", name: "D", more: 'depends-on = ["C"]' },
    ],
    "fail-fast = false",
  );
  const counts: unknown[] = [];
  const hooks: PipelineHooks = {
    afterPipeline: ({ completed, failed }) => void counts.push({ completed, failed }),
  };
  const { result } = await pipeline.run(text, { hooks });
  expect(statuses(result)).toEqual(["completed", "skipped", "failed", "skipped"]);
  expect(counts).toEqual([{ completed: 2, failed: 1 }]);
});
