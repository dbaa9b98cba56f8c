import { deadChildrenOf } from "./process-groups.ts";
import { openLibc } from "./worker/libc.ts";

/** Time between two looks for dead orphans, in ms. */
const INTERVAL_MS = 1000;

/**
 * As the first process of a container we are given every orphan, and its entry in the process table stays until
 * somebody fetches its exit status. Bun fetches those of its own children at once, so whoever is still there
 * at a second look is an orphan. Answers how to stop.
 */
export function reapOrphans(): () => void {
  const libc = openLibc();
  let seen = new Set<number>();
  const timer = setInterval(() => {
    const dead = deadChildrenOf(process.pid);
    for (const pid of dead) if (seen.has(pid)) libc.reap(pid);
    seen = new Set(dead);
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
