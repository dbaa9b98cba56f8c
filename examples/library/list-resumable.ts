/**
 * `SimplePipelineRunner.listResumableCheckpoints("My ETL Pipeline", store)`: what failed, was interrupted or killed.
 *
 *     bun examples/library/list-resumable.ts /data/checkpoints
 */
import { type Checkpoint, fileSystemCheckpointStore, listResumableCheckpoints } from "../../src/api/mod.ts";

export async function example(location: string): Promise<readonly Checkpoint[]> {
  const store = fileSystemCheckpointStore(location);
  const checkpoints = await listResumableCheckpoints("My ETL Pipeline", store);
  for (const checkpoint of checkpoints) {
    console.log(`Run: ${checkpoint.runId}`);
    console.log(
      `  Failed at: component ${checkpoint.lastCheckpointedIndex + 2}/${checkpoint.totalComponents}`,
    );
    console.log(`  Started: ${checkpoint.startedAt}`);
  }
  await store.close();
  return checkpoints;
}

if (import.meta.main) await example(process.argv[2] ?? "checkpoints");
