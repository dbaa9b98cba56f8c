import type { Clock } from "../../base/mod.ts";
import { errnoOf } from "../errors.ts";

/**
 * What was written longer ago than this is on the disk: Linux writes dirty pages back after 30 seconds by default.
 * In milliseconds.
 */
const SURELY_WRITTEN_BACK_MS = 10 * 60_000;

/** Who may only read a location can't bring anything to its disk, and goes without. */
const MAY_NOT_SYNC = new Set(["EROFS", "EACCES", "EPERM", "EINVAL"]);

/**
 * Brings what was read to the disk by `sync`, where its writer may have been killed between writing and syncing:
 * whoever acts on what it read must be able to count on it.
 */
export function settleRead(clock: Clock, modifiedMs: number, sync: () => void): void {
  if (clock.now() - modifiedMs >= SURELY_WRITTEN_BACK_MS) return;
  try {
    sync();
  } catch (thrown) {
    if (!MAY_NOT_SYNC.has(errnoOf(thrown) ?? "")) throw thrown;
  }
}
