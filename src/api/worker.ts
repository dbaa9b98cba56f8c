import { runWorkerProcess } from "../run/mod.ts";
import { workerParts } from "./wire.ts";

export { WORKER_COMMAND } from "./wire.ts";

/** The life of a worker process, for `src/main.ts`; does not return before the runner has no more use for it. */
export async function workerMain(args: readonly string[] = process.argv.slice(3)): Promise<void> {
  await runWorkerProcess(args, workerParts());
}
