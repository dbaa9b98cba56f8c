import { expect, test } from "bun:test";
import { memoryCheckpointStore, readCheckpoint } from "../../src/api/mod.ts";
import { testPipeline } from "./pipeline-kit.ts";

const CANARY = "canary-in-a-name";

const PLUGINS = {
  "t/Keys.ts": `import { defineComponent, v } from "cairn";
export default defineComponent({
  config: v.object({ secret: v.string() }),
  run: ({ config, progress }) => {
    progress(1, 2, "at " + config.secret);
    return { [config.secret]: 1, deep: [{ ["x" + config.secret]: config.secret }] };
  },
});
`,
  "t/Skip.ts": `import { defineComponent, SkipComponent, v } from "cairn";
export default defineComponent({
  config: v.object({ secret: v.string() }),
  run: ({ config }) => { throw new SkipComponent("nothing at " + config.secret); },
});
`,
  "t/Step.ts": `import { defineComponent, v } from "cairn";
export default defineComponent({
  config: v.object({ secret: v.string() }),
  run: async ({ config, step }) => { await step("load " + config.secret, () => 1); },
});
`,
};

test("a secret is masked in keys of outputs, labels and reasons, and can't be the name of a step", async () => {
  using pipeline = testPipeline(PLUGINS);
  const store = memoryCheckpointStore();
  const config = 'secret = "secret://env/CANARY"';
  const text = pipeline.text([
    { type: "t.Keys", name: "keys", config },
    { type: "t.Skip", name: "skip", config },
    { type: "t.Step", name: "step", config },
  ]);
  const labels: (string | undefined)[] = [];
  const { result, lines } = await pipeline.run(text, {
    store,
    env: { ...process.env, CANARY },
    observer: { progress: ({ label }) => labels.push(label) },
  });
  expect(result.components.map(({ status }) => status)).toEqual(["completed", "skipped", "failed"]);
  expect(result.components[2]?.error?.code).toBe("STEP_NAME_SECRET");
  expect(labels).toEqual(["at ***REDACTED***"]);
  const { records } = await readCheckpoint(store, result.runId);
  expect(JSON.stringify([result, lines, records])).not.toContain(CANARY);
});
