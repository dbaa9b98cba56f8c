import type { KnownRun } from "./known-runs.ts";
import type { Checkpoint, CheckpointState, CompletedComponent, RunState } from "./state.ts";

/** What a checkpoint says of a run besides its state, who holds it, and what its state decides. */
export type Summary = Omit<Checkpoint, "state" | "status" | "holder">;

/** The summary of what can be read of a run; without a fold, what the key log says. */
export function summaryOf(
  run: Pick<KnownRun, "runId" | "pipelineName" | "runKey" | "resumedFrom" | "at">,
  folded: RunState | undefined,
): Summary {
  const components = folded?.components ?? [];
  const completions = folded?.completions ?? new Map<number, never>();
  const firstOpen = components.findIndex((_, index) => !completions.has(index));
  return {
    runId: run.runId,
    rootRunId: folded?.rootRunId ?? run.runId,
    runKey: run.runKey ?? null,
    pipelineName: run.pipelineName,
    startedAt: folded?.startedAt ?? run.at,
    completedComponents: folded === undefined ? [] : completedOf(folded),
    lastCheckpointedIndex: (firstOpen === -1 ? components.length : firstOpen) - 1,
    totalComponents: components.length,
    resumedFrom: folded === undefined ? (run.resumedFrom ?? null) : (folded.resumedFrom ?? null),
    failedAt: folded === undefined || firstOpen === -1 ? null : failedAt(folded, firstOpen),
  };
}

/** Whether a run in this state stopped at no component. */
export function stopsNowhere(state: CheckpointState): boolean {
  return state === "completed" || state === "running";
}

function completedOf(state: RunState): CompletedComponent[] {
  return [...state.completions.values()]
    .toSorted((a, b) => a.index - b.index)
    .map(({ index, startedAt, completedAt, durationMs }) => ({
      index,
      name: state.components[index]?.name ?? "",
      instanceType: state.components[index]?.type ?? "",
      startedAt,
      completedAt,
      durationMs,
    }));
}

function failedAt(state: RunState, index: number): Checkpoint["failedAt"] {
  const error = state.failures.get(index)?.error;
  return { index, name: state.components[index]?.name ?? "", ...(error !== undefined && { error }) };
}
