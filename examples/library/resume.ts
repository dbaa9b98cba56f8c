/**
 * `SimplePipelineRunner.resume(configPath = "/path/to/pipeline.conf", runId = "abc123-def456")`
 *
 *     bun examples/library/resume.ts pipeline.conf RUN_ID
 */
import { resume, type RunResult } from "../../src/api/mod.ts";

export async function example(configPath: string, runId: string): Promise<RunResult> {
  const result = await resume({ configPath, runId });
  for (const { name, status, reason } of result.components) console.log(`${name}: ${status} (${reason})`);
  return result;
}

if (import.meta.main) await example(process.argv[2] ?? "pipeline.conf", process.argv[3] ?? "latest");
