/**
 * `PipelineHooks.compose(CheckpointHooks(store), AuditHooks.toFile(auditPath), MetricsHooks(registry))`
 *
 *     bun examples/library/combined-hooks.ts pipeline.conf /data/checkpoints /var/log/audit.jsonl
 */
import { Registry } from "prom-client";
import {
  auditHooks,
  checkpointHooks,
  composeHooks,
  fileSystemCheckpointStore,
  loadConfig,
  metricsHooks,
  runPipeline,
  type RunResult,
} from "../../src/api/mod.ts";

export async function example(
  configPath: string,
  location: string,
  auditPath: string,
): Promise<{ readonly result: RunResult; readonly metrics: string }> {
  const store = fileSystemCheckpointStore(location);
  const registry = new Registry();
  const hooks = composeHooks(checkpointHooks(store), auditHooks.toFile(auditPath), metricsHooks(registry));
  const result = await runPipeline(await loadConfig(configPath), { hooks });
  await store.close();
  return { result, metrics: await registry.metrics() };
}

if (import.meta.main) {
  const [configPath = "pipeline.conf", location = "checkpoints", auditPath = "audit.jsonl"] =
    process.argv.slice(2);
  console.log((await example(configPath, location, auditPath)).metrics);
}
