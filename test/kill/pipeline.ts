import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Seeded } from "../kit/seed.ts";
import { writeWorkPlugin } from "./work-plugin.ts";

/** A pipeline made by chance: per component the milliseconds it works and its number of steps. */
export interface KillPipeline {
  readonly config: string;
  readonly effects: string;
  readonly names: readonly string[];
  /** Milliseconds that an undisturbed run works, without the runner's own cost. */
  readonly workMs: number;
}

/** Most components of one pipeline, and most milliseconds that one of them works. */
const MAX_COMPONENTS = 50;
const MAX_WORK_MS = 12;

/** Writes a random pipeline with its plugin into `folder`; its checkpoints lie there, too, or at `location`. */
export function writePipeline(
  folder: string,
  random: Seeded,
  location: string = join(folder, "checkpoints"),
): KillPipeline {
  const effects = join(folder, "effects.log");
  const count = 1 + random.int(MAX_COMPONENTS);
  const parts = Array.from({ length: count }, (_, index) => ({
    name: `c${index}`,
    workMs: random.int(MAX_WORK_MS),
    steps: random.int(4) === 0 ? 1 + random.int(3) : 0,
  }));
  const components = parts.map(
    ({ name, workMs, steps }) =>
      `    { instance-type = "kill.Work", instance-name = "${name}", ` +
      `instance-config { effects = ${JSON.stringify(effects)}, work-ms = ${workMs}, steps = ${steps} } }`,
  );
  writeWorkPlugin(folder);
  const config = join(folder, "pipeline.conf");
  writeFileSync(
    config,
    `pipeline {
  pipeline-name = "kill"
  checkpoint { enabled = true, location = ${JSON.stringify(location)}, auto-resume = true, cleanup-on-success = false }
  pipeline-components = [
${components.join("\n")}
  ]
}
`,
  );
  const workMs = parts.reduce((sum, part) => sum + part.workMs, 0);
  return { config, effects, names: parts.map((part) => part.name), workMs };
}
