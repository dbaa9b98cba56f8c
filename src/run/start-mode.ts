import { CairnError, type Clock } from "../base/mod.ts";
import { findRun, type StartMode } from "../checkpoint/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";

/** Which run to go on from, as it was asked for. */
export interface StartWish {
  /** ID, unique prefix or `latest`. */
  readonly resume: string | undefined;
  readonly fresh: boolean;
  readonly autoResume: boolean;
  readonly runKey: string | undefined;
}

/**
 * The start's mode with the full run ID, and the run key that it belongs to.
 * Throws CHECKPOINT_NO_SUCH_RUN, CHECKPOINT_AMBIGUOUS_RUN (exit 4), RUN_KEY_MISMATCH (exit 2).
 */
export async function startMode(
  store: CheckpointStore,
  pipelineName: string,
  wish: StartWish,
): Promise<{ readonly mode: StartMode; readonly runKey: string | undefined }> {
  const { resume, runKey } = wish;
  if (resume === undefined) {
    const kind = wish.fresh ? "fresh" : wish.autoResume ? "auto" : "new";
    return { mode: { kind }, runKey };
  }
  const scope = { pipelineName, ...(runKey === undefined ? {} : { runKey }) };
  const found = await findRun(store, resume, scope);
  if (runKey !== undefined && found.runKey !== runKey) {
    throw new CairnError(`Cannot resume run "${found.runId}": its run key is not ${JSON.stringify(runKey)}`, {
      code: "RUN_KEY_MISMATCH",
      kind: "config",
      hint: "Leave --run-key out: the run knows its own.",
    });
  }
  return { mode: { kind: "resume", runId: found.runId }, runKey: found.runKey };
}

/** The present for a start that may restore another day's work without being asked to: by itself and without a run key. */
export function resumeTime(mode: StartMode, runKey: string | undefined, clock: Clock): number | undefined {
  return mode.kind === "auto" && runKey === undefined ? clock.now() : undefined;
}
