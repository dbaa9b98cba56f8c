/**
 * `PipelineHooks.compose(CheckpointHooks(store), LoggingHooks.structured())` and `SimplePipelineRunner.run(config, combined)`.
 * `checkpointHooks` is a marker: the run keeps the one journal with every guarantee, before any hook is told.
 *
 *     bun examples/library/checkpoint-hooks.ts pipeline.conf /data/checkpoints
 */
import {
  checkpointHooks,
  composeHooks,
  fileSystemCheckpointStore,
  loadConfig,
  loggingHooks,
  runPipeline,
  type RunResult,
} from "../../src/api/mod.ts";

export async function example(configPath: string, location: string): Promise<RunResult> {
  const config = await loadConfig(configPath);
  const store = fileSystemCheckpointStore(location);
  const combined = composeHooks(checkpointHooks(store), loggingHooks.structured());
  const result = await runPipeline(config, { hooks: combined });
  await store.close();
  return result;
}

if (import.meta.main) await example(process.argv[2] ?? "pipeline.conf", process.argv[3] ?? "checkpoints");
