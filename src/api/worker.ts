import { unfinished } from "./unfinished.ts";

/** The hidden first argument that makes this executable a worker process. */
export const WORKER_COMMAND = "__worker";

/** The life of a worker process, for `src/main.ts`; resolves when the runner has no more use for it. */
export function workerMain(): Promise<void> {
  return unfinished();
}
