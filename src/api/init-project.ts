import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CairnError } from "../base/mod.ts";

const PIPELINE = `# A pipeline of one component. Run it in this folder: cairn run pipeline.conf
pipeline {
  pipeline-name = "My pipeline"

  checkpoint {
    enabled = true
    location = "checkpoints"        # relative to this file; s3a:// and hdfs:// as well
    auto-resume = true
  }

  pipeline-components = [
    {
      instance-type = "my.Greet"    # plugins/my/Greet.ts
      instance-name = "Greet(world)"
      instance-config { name = "world" }
    }
  ]
}
`;

const PLUGIN = `import { defineComponent, v } from "cairn";

export default defineComponent({
  description: "Says hello.",
  config: v.object({
    name: v.pipe(v.string(), v.minLength(1), v.description("whom to greet")),
    times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1),
  }),
  async run({ config, log, step }) {
    // A step's result is kept: after a failure further down it is given back without doing the work again.
    const greeting = await step("greet", () => \`Hello, \${config.name}!\`);
    for (let n = 0; n < config.times; n++) log.info(greeting);
    return { greeting };
  },
});
`;

const TEST = `import { expect, test } from "bun:test";
import { testComponent } from "cairn/testing";
import Greet from "./Greet.ts";

test("Greet says hello to whom it is told", async () => {
  const { outputs } = await testComponent(Greet, { config: { name: "Ada" } });
  expect(outputs).toEqual({ greeting: "Hello, Ada!" });
});
`;

/** The files of a new project, by their paths below its folder. */
const PROJECT_FILES: Readonly<Record<string, string>> = {
  "pipeline.conf": PIPELINE,
  "plugins/my/Greet.ts": PLUGIN,
  "plugins/my/Greet.test.ts": TEST,
};

/**
 * Writes the smallest pipeline, plugin and test that run. Nothing is ever overwritten.
 * @throws CairnError INIT_EXISTS (config), before anything is written; INIT_FAILED (world)
 */
export function initProject(folder: string): readonly string[] {
  const files = Object.entries(PROJECT_FILES).map(([name, text]) => ({
    name,
    path: join(folder, name),
    text,
  }));
  const there = files.filter(({ path }) => existsSync(path)).map(({ name }) => name);
  if (there.length > 0) {
    throw new CairnError(
      `Cannot set up a pipeline in "${folder}": ${there.join(", ")} ${there.length === 1 ? "is" : "are"} already there`,
      {
        code: "INIT_EXISTS",
        kind: "config",
        hint: "Give another folder: cairn init DIR.",
      },
    );
  }
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text, { flag: "wx" });
    }
  } catch (thrown) {
    throw new CairnError(`Cannot set up a pipeline in "${folder}": ${(thrown as Error).message}`, {
      code: "INIT_FAILED",
      kind: "world",
      hint: "Give a folder that you may write to.",
      cause: thrown,
    });
  }
  return files.map(({ name }) => name);
}
