/**
 * `SimplePipelineRunner.runWithCheckpointing("/path/to/pipeline.conf")`
 *
 *     bun examples/library/run-with-checkpointing.ts pipeline.conf
 */
import { type RunResult, runWithCheckpointing } from "../../src/api/mod.ts";

export async function example(configPath: string): Promise<RunResult> {
  const result = await runWithCheckpointing(configPath);
  console.log(`${result.runId}: ${result.status}, exit code ${result.exitCode}`);
  return result;
}

if (import.meta.main) await example(process.argv[2] ?? "pipeline.conf");
