import { existsSync, readFileSync } from "node:fs";
import { loadConfig, runPipeline, type RunResult } from "../../src/api/mod.ts";
import type { CheckpointStore } from "../../src/store/mod.ts";
import { cairnCommand, tempDir, type TempDir } from "../kit/mod.ts";

/** Components of the pipelines that are broken on purpose. */
export const NAMES: readonly string[] = ["c0", "c1", "c2"];

const WORK = `import { appendFileSync } from "node:fs";
export default async function work({ run, config }) {
  appendFileSync(config.effects, run.componentName + "\\n");
  return { at: run.index };
}
`;

/** A folder with a pipeline of three components whose plugin writes down that it ran. */
export interface CrashWorld extends Disposable {
  readonly dir: TempDir;
  readonly location: string;
  /** Names of the components that ran, in order, since the last call. */
  ran(): string[];
  /** Runs it with auto-resume and a run key in this process, with this store. */
  run(store: CheckpointStore): Promise<RunResult>;
}

export function crashWorld(): CrashWorld {
  const dir = tempDir("cairn-crash-");
  const effects = dir.join("effects");
  dir.write("plugins/crash/Work.ts", WORK);
  const components = NAMES.map(
    (name) =>
      `{ instance-type = "crash.Work", instance-name = ${name}, instance-config { effects = ${JSON.stringify(effects)} } }`,
  );
  const file = dir.write(
    "pipeline.conf",
    `pipeline {
  pipeline-name = "crash"
  checkpoint { enabled = true, auto-resume = true, cleanup-on-success = false }
  pipeline-components = [ ${components.join("\n")} ]
}
`,
  );
  let seen = 0;
  return {
    dir,
    location: dir.join("checkpoints"),
    ran() {
      const all = existsSync(effects) ? readFileSync(effects, "utf8").split("\n").filter(Boolean) : [];
      const fresh = all.slice(seen);
      seen = all.length;
      return fresh;
    },
    async run(store) {
      const config = await loadConfig(file);
      return runPipeline(config, {
        store,
        runKey: "k",
        isolation: "none",
        workerCommand: [...cairnCommand(), "__worker"],
      });
    },
    [Symbol.dispose]: () => dir[Symbol.dispose](),
  };
}
