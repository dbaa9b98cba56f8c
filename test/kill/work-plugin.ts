import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Works for a while, in steps, and writes down what it begins and ends; may fail some attempts, or until a file is there. */
const WORK = `import { appendFileSync, existsSync } from "node:fs";
import { defineComponent, v } from "cairn";

export default defineComponent({
  config: v.object({
    effects: v.string(), workMs: v.number(), steps: v.number(),
    failures: v.optional(v.number(), 0), needs: v.optional(v.string()),
  }),
  input: [{ name: "name", type: "string" }],
  output: [{ name: "name", type: "string", nullable: false }],
  async run({ config, run, step }) {
    const say = (line) => appendFileSync(config.effects, line + "\\n");
    const name = run.componentName;
    say("S " + name);
    for (let n = 0; n < config.steps; n++) {
      await step("step" + n, async () => {
        say("s " + name + " step" + n);
        await Bun.sleep(config.workMs / (config.steps + 1));
        say("e " + name + " step" + n);
        return n;
      });
    }
    await Bun.sleep(config.workMs / (config.steps + 1));
    if (run.attempt <= config.failures) throw new Error("attempt " + run.attempt + " is to fail");
    if (config.needs !== undefined && !existsSync(config.needs)) throw new Error("not mended yet");
    say("E " + name);
    return { name };
  },
});
`;

/** Writes `kill.Work` into the plugin folder beside a pipeline. */
export function writeWorkPlugin(folder: string): void {
  const plugins = join(folder, "plugins", "kill");
  mkdirSync(plugins, { recursive: true });
  writeFileSync(join(plugins, "Work.ts"), WORK);
}
