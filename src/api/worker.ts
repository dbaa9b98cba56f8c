import { runWorkerProcess } from "../run/mod.ts";
import { workerParts } from "./wire.ts";

export { WORKER_COMMAND } from "./wire.ts";

/** Makes this process a worker, for `src/main.ts`; resolves when it listens, and the process ends by itself later. */
export async function workerMain(args: readonly string[] = process.argv.slice(3)): Promise<void> {
  await runWorkerProcess(args, workerParts());
}
