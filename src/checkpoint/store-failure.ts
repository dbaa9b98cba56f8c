import { CairnError, messageOf } from "../base/mod.ts";
import type { Lease } from "../store/mod.ts";

/** Codes by which a store says that somebody else has the lease. */
const TAKEN_OVER = "STORE_LEASE_LOST";

/**
 * What a store threw, as an error of the checkpoint that stands in the exit table: CHECKPOINT_FENCED (exit 5)
 * where the lease is another's, else CHECKPOINT_STORE_FAILED (exit 6), with the store's own words and its error as
 * the cause. Errors of configuration, bugs, and what this room threw pass as they are.
 */
export function asCheckpointError(thrown: unknown): Error {
  if (!(thrown instanceof CairnError)) {
    if (thrown instanceof Error && thrown.name === "AbortError") return thrown;
    return new CairnError(`Cannot reach the checkpoint: ${messageOf(thrown)}`, {
      code: "CHECKPOINT_STORE_FAILED",
      kind: "world",
      cause: thrown,
    });
  }
  if (thrown.kind !== "world" || !thrown.code.startsWith("STORE_")) return thrown;
  return new CairnError(thrown.message, {
    code: thrown.code === TAKEN_OVER ? "CHECKPOINT_FENCED" : "CHECKPOINT_STORE_FAILED",
    kind: "world",
    hint: thrown.hint,
    cause: thrown,
    details: thrown.details,
  });
}

/** Whether this is a store's own error: everything else that is thrown in between was somebody else's. */
export function isStoreError(thrown: unknown): boolean {
  return thrown instanceof CairnError && thrown.code.startsWith("STORE_");
}

/** Does `work`; what a store throws in it is thrown as {@link asCheckpointError} has it. */
export async function withCheckpointErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw isStoreError(thrown) ? asCheckpointError(thrown) : thrown;
  }
}

/** Throws where a lease is not ours any more; where it can tell, only once it knows whether it is another's. */
export function confirmLease(lease: Lease): Promise<void> | undefined {
  if (lease.confirm !== undefined) return lease.confirm();
  lease.check();
  return undefined;
}
