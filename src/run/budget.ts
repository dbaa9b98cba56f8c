import { CairnError, type Clock, durationText, type Random } from "../base/mod.ts";
import { type Poisoned, previewStart, type RunState, type StartMode } from "../checkpoint/mod.ts";
import type { PipelineConfig } from "../config/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";

/** The refusal to go on with components that were started too often without completing (exit 8). */
export function poisonedError(runId: string, poisoned: readonly Poisoned[]): CairnError {
  const which = poisoned.map(
    ({ component, runs }) => `${runs} runs started ${JSON.stringify(component)} and none completed it`,
  );
  return new CairnError(`Cannot resume run "${runId}": it is poisoned: ${which.join("; ")}`, {
    code: "CHECKPOINT_POISONED",
    kind: "world",
    hint: "Nothing was run. Mend the component or its configuration, which begins its count anew; or run it all the same with --retry-poisoned; or start anew with --fresh.",
    details: { runId, poisoned: poisoned.map((one) => ({ ...one })) },
  });
}

/** What a start needs to know of its age. */
interface AgeRequest {
  readonly config: PipelineConfig;
  readonly runId: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
}

/** A start's mode with what is to be said of it. */
export interface AgedMode {
  readonly mode: StartMode;
  readonly warnings: readonly string[];
}

/**
 * Heeds `max-age`: an auto-resume passes over a run that is too old and starts anew, which retires it. One that is asked
 * for by its ID is refused: CHECKPOINT_TOO_OLD (exit 4). Reads the store only where there is a bound.
 */
export async function withinAge(
  store: CheckpointStore,
  runKey: string | undefined,
  mode: StartMode,
  request: AgeRequest,
): Promise<AgedMode> {
  const { config, clock } = request;
  const { maxAgeMs } = config.checkpoint;
  if (maxAgeMs === undefined || mode.kind === "fresh" || mode.kind === "new") return { mode, warnings: [] };
  const { runId, random, signal } = request;
  const { pipelineName } = config;
  const preview = await previewStart({ store, pipelineName, runKey, mode, runId, random, signal });
  const previous = preview.kind === "begin" ? preview.previous : undefined;
  if (previous === undefined || !isTooOld(previous, maxAgeMs, clock)) return { mode, warnings: [] };
  const age = `it began at ${previous.rootStartedAt}, which is longer ago than max-age (${durationText(maxAgeMs)})`;
  if (mode.kind === "resume" || runId !== undefined) throw tooOld(previous.runId, age);
  return {
    mode: { kind: "fresh" },
    warnings: [`Run "${previous.runId}" is not resumed: ${age}. A new run is started, which retires it.`],
  };
}

function isTooOld(previous: RunState, maxAgeMs: number, clock: Clock): boolean {
  return clock.now() - Date.parse(previous.rootStartedAt) > maxAgeMs;
}

function tooOld(runId: string, age: string): CairnError {
  return new CairnError(`Cannot resume run "${runId}": ${age}`, {
    code: "CHECKPOINT_TOO_OLD",
    kind: "world",
    hint: "Start anew with --fresh; or allow more, for instance with --set pipeline.checkpoint.max-age=30d.",
    details: { runId },
  });
}
