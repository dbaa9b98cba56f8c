/**
 * `auto-resume = true`: the same call every day; it goes on from yesterday's failure where there is one.
 *
 *     bun examples/library/auto-resume.ts pipeline.conf
 */
import { type RunResult, runWithCheckpointing } from "../../src/api/mod.ts";

export async function example(configPath: string): Promise<RunResult> {
  // Here given in code; `pipeline.checkpoint.auto-resume = true` in the file says the same.
  const result = await runWithCheckpointing(configPath, { autoResume: true });
  console.log(result.resumedFrom === null ? "a new run" : `goes on from ${result.resumedFrom}`);
  return result;
}

if (import.meta.main) await example(process.argv[2] ?? "pipeline.conf");
