import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface NoopOptions {
  readonly components: number;
  readonly checkpoint: boolean;
  readonly isolation: "process" | "none";
  /** More keys of `pipeline`. */
  readonly more?: string | undefined;
  /** Names of the components that the one at an index comes after; absent: the one before it in the file. */
  readonly after?: ((index: number) => readonly string[]) | undefined;
}

/**
 * The no-op writes nothing unless it is told a file: then the time of its start, for measuring how soon it began. It may
 * have steps, and fail in its first attempts.
 */
const NOOP = `import { appendFileSync } from "node:fs";
import { defineComponent, v } from "cairn";

export default defineComponent({
  config: v.object({ startedFile: v.optional(v.string()), dieFile: v.optional(v.string()), rss: v.optional(v.boolean(), false), steps: v.optional(v.number(), 0), goodFrom: v.optional(v.number(), 1) }),
  async run({ config, run, step }) {
    for (let n = 0; n < config.steps; n++) await step("step " + n, () => n);
    if (run.attempt < config.goodFrom) throw new Error("not yet");
    if (config.startedFile) appendFileSync(config.startedFile, Date.now() + "\\n");
    if (config.dieFile && !(await Bun.file(config.dieFile).exists())) {
      await Bun.write(config.dieFile, "once");
      process.kill(process.ppid, "SIGKILL");
      await new Promise(() => {});
    }
    if (config.rss) return { maxRss: process.resourceUsage().maxRSS * 1024 };
  },
});
`;

/** Writes a pipeline of no-ops; \`settings\` gives the instance-config of single components by index. */
export function writeNoops(
  folder: string,
  options: NoopOptions,
  settings: ReadonlyMap<number, string> = new Map(),
): string {
  mkdirSync(join(folder, "plugins", "bench"), { recursive: true });
  writeFileSync(join(folder, "plugins", "bench", "Noop.ts"), NOOP);
  const lines = Array.from(
    { length: options.components },
    (_, n) =>
      `    { instance-type = "bench.Noop", instance-name = "c${n}", isolation = ${options.isolation}, instance-config { ${settings.get(n) ?? ""} }${afterText(options, n)} }`,
  );
  const config = join(folder, "pipeline.conf");
  writeFileSync(
    config,
    `pipeline {
  pipeline-name = "bench"
  checkpoint { enabled = ${options.checkpoint}, location = ${JSON.stringify(join(folder, "checkpoints"))}, auto-resume = true, cleanup-on-success = false }
  ${options.more ?? ""}
  pipeline-components = [
${lines.join("\n")}
  ]
}
`,
  );
  return config;
}

function afterText({ after }: NoopOptions, index: number): string {
  return after === undefined ? "" : `, depends-on = ${JSON.stringify(after(index))}`;
}
