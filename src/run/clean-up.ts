import { type Clock, messageOf, type Random } from "../base/mod.ts";
import { keepLast, type RunJournal } from "../checkpoint/mod.ts";
import type { PipelineConfig } from "../config/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";

/** What a success is cleaned up with. */
interface CleanUpRequest {
  readonly store: CheckpointStore | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Over the configuration. */
  readonly cleanupOnSuccess: boolean | undefined;
}

/**
 * After a success: removes the run's checkpoint (`cleanup-on-success`), and of the completed ones before it all but the
 * newest (`keep-last`). What can't be removed is told by `warn` and changes nothing. True where the run's own is still there.
 */
export async function cleanUp(
  request: CleanUpRequest,
  journal: RunJournal,
  config: PipelineConfig,
  warn: (message: string) => void,
): Promise<boolean> {
  const { checkpoint, pipelineName } = config;
  const cleans = request.cleanupOnSuccess ?? checkpoint.cleanupOnSuccess;
  let kept = true;
  if (cleans) {
    try {
      await journal.cleanup();
      kept = false;
    } catch (thrown) {
      warn(`The checkpoint could not be cleaned up: ${messageOf(thrown)}`);
    }
  }
  const { store, clock, random } = request;
  if (store === undefined || checkpoint.keepLast === undefined) return kept;
  try {
    await keepLast({ store, clock, random }, { pipelineName, keep: checkpoint.keepLast });
  } catch (thrown) {
    warn(`Older completed checkpoints could not be removed (keep-last): ${messageOf(thrown)}`);
  }
  return kept;
}
