/** Name of the error with which a component is stopped whose run can't be recorded any more. */
const CHECKPOINT_LOST = "CheckpointLost";

/**
 * Whether `ctx.signal` was aborted, by its reason, because the run has lost its checkpoint: another process may have taken
 * the run over, and goes on with what is under way outside.
 */
export function isCheckpointLost(reason: unknown): boolean {
  return reason instanceof Error && reason.name === CHECKPOINT_LOST;
}
