import { type Clock, type Random, systemRandom } from "../base/mod.ts";
import { keyNames, previewStart, type RunState } from "../checkpoint/mod.ts";
import type { CheckpointStore, LeaseHolder } from "../store/mod.ts";
import { withinAge } from "./budget.ts";
import { decideRun, type DecideSettings } from "./decide-run.ts";
import type { PipelinePlan } from "./plan-document.ts";
import { selectionRecord } from "./selection.ts";
import { resumeTime, startMode, type StartWish } from "./start-mode.ts";

export interface PlanRequest extends DecideSettings, StartWish {
  readonly store: CheckpointStore | undefined;
  readonly runId: string | undefined;
  readonly warnings: readonly string[];
  readonly clock: Clock;
  readonly retryPoisoned: boolean;
  readonly random?: Random | undefined;
}

/**
 * What a run would do now: the same decision as a run's, on the same reading of the store, and nothing is
 * written. Throws what refuses a run, but for changed components: those are in the plan (`refused`).
 */
export async function planRun(request: PlanRequest): Promise<PipelinePlan> {
  const { config, store, random = systemRandom } = request;
  if (store === undefined) return document(request, undefined, { runKey: undefined });
  const wished = await startMode(store, config.pipelineName, request);
  const { runKey } = wished;
  const aged = await withinAge(store, runKey, wished.mode, { ...request, random });
  const { mode } = aged;
  const holder = await store.leaseHolder(keyNames(config.pipelineName, runKey).lock);
  const preview = await previewStart({
    store,
    pipelineName: config.pipelineName,
    runKey,
    mode,
    runId: request.runId,
    random,
  });
  const facts = { runKey, holder };
  if (preview.kind === "already-completed") {
    return document(request, undefined, { ...facts, alreadyCompleted: true });
  }
  const warnings = [...request.warnings, ...aged.warnings];
  const now = resumeTime(mode, runKey, request.clock);
  return document({ ...request, warnings }, preview.previous, facts, now);
}

interface PlanFacts {
  readonly runKey: string | undefined;
  readonly alreadyCompleted?: boolean;
  readonly holder?: LeaseHolder | undefined;
}

async function document(
  request: PlanRequest,
  previous: RunState | undefined,
  { runKey, alreadyCompleted = false, holder }: PlanFacts,
  now?: number,
): Promise<PipelinePlan> {
  const { config, prepared, decision, options } = await decideRun(request, previous, now);
  const { components } = prepared;
  return {
    version: 1,
    pipelineName: config.pipelineName,
    runKey: runKey ?? request.runKey ?? null,
    resumes: previous?.runId ?? null,
    alreadyCompleted,
    location: request.store?.location ?? null,
    selection: options.selection === undefined ? null : selectionRecord(options.selection),
    components: decision.components.map((one, index) => ({
      ...one,
      ...(alreadyCompleted
        ? { action: "skip", reason: "completed", explanation: "this run has completed already" }
        : {}),
      name: components[index]?.header.name ?? "",
      type: components[index]?.header.type ?? "",
      after: (components[index]?.header.after ?? []).map((before) => components[before]?.header.name ?? ""),
    })),
    differences: decision.differences,
    refused: decision.refused,
    poisoned: request.retryPoisoned ? [] : decision.poisoned,
    holder: holder === undefined ? null : { host: holder.host, pid: holder.pid, since: holder.since },
    warnings: [
      ...request.warnings,
      ...(holder === undefined ? [] : [heldWarning(holder)]),
      ...decision.warnings,
    ],
  };
}

function heldWarning({ host, pid, since }: LeaseHolder): string {
  return `Process ${pid} on host ${host} has been running this pipeline since ${since}: until it ends, a run is refused (exit 5), waits or is skipped, by --if-held; what it completes meanwhile is not in this plan.`;
}
