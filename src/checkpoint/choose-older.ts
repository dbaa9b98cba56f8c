import { type Choice, history, read } from "./choice.ts";
import { leaveBehind, overEmpty, overPending } from "./pending.ts";
import type { RunReading } from "./run-reading.ts";
import {
  adoptPlan,
  cannotResume,
  corruptRun,
  noSuchRun,
  type StartPlan,
  supersedePlan,
} from "./start-plan.ts";
import type { RunState } from "./state.ts";

/**
 * Step 2 of a resume whose run is not the last one of the key: a plain new run was started after it and left
 * it as it was. The last run's writer is fenced first, because it is not the one that will be superseded.
 */
export async function chooseOlder(choice: Choice, target: string): Promise<StartPlan> {
  const run = await read(choice, target);
  const plan = await planOf(choice, run);
  if (plan.kind !== "begin") return plan;
  return (await fenceLast(choice, plan.previous)) ?? plan;
}

async function planOf(choice: Choice, run: RunReading): Promise<StartPlan> {
  switch (run.kind) {
    case "open":
    case "failed":
      await refuseRetired(choice, run);
      return supersedePlan(choice.runId, run, false);
    case "superseded":
      return overSuperseded(choice, run);
    case "completed":
      if (choice.mode === "auto") return { kind: "already-completed", runId: run.runId };
      throw cannotResume(
        run.runId,
        "CHECKPOINT_COMPLETED",
        "it has completed",
        "There is nothing left to do; start a new run.",
      );
    case "deleted":
      throw cannotResume(run.runId, "CHECKPOINT_DELETED", "its checkpoint was deleted", "Start a new run.");
    case "empty":
      throw noSuchRun(run.runId);
    case "corrupt":
    default:
      throw corruptRun(run);
  }
}

async function overSuperseded(choice: Choice, run: RunReading): Promise<StartPlan> {
  const by = run.supersededBy;
  if (by === undefined) throw noSuchRun(run.runId);
  const next = await read(choice, by.runId);
  if (next.kind === "empty" && !by.fresh && run.log.whole) {
    await refuseRetired(choice, run);
    return adoptPlan(next, run, false);
  }
  if (choice.mode === "auto" && !by.fresh) {
    if (next.kind === "completed") return { kind: "already-completed", runId: next.runId };
    if (next.kind === "superseded") return overSuperseded(choice, next);
  }
  const unfinished = next.kind === "open" || next.kind === "failed";
  throw cannotResume(
    run.runId,
    "CHECKPOINT_SUPERSEDED",
    by.fresh
      ? `run "${by.runId}" was started afresh and retired it`
      : `run "${by.runId}" has already resumed it`,
    unfinished
      ? `Resume that one: --resume=${by.runId}`
      : 'What can be resumed: "cairn checkpoints list --resumable".',
  );
}

/** A success retires everything before it. */
async function refuseRetired(choice: Choice, run: RunReading): Promise<void> {
  const lines = await history(choice);
  const from = lines.findLastIndex((line) => line.runId === run.runId);
  const later = new Set(lines.slice(from + 1).map((line) => line.runId));
  for (const runId of later) {
    const reading = await read(choice, runId);
    if (reading.kind === "completed" && runId !== run.runId) {
      throw cannotResume(
        run.runId,
        "CHECKPOINT_RETIRED",
        `the later run "${runId}" has completed`,
        "What that run did is newer; start a new run.",
      );
    }
  }
}

/** What must be written to the last run before an older one is resumed; undefined where nothing must. */
async function fenceLast(choice: Choice, previous: RunState | undefined): Promise<StartPlan | undefined> {
  const { last, successor } = choice;
  if (last === undefined) return undefined;
  if (last.kind === "open" || (last.kind === "corrupt" && !last.turnEnded))
    return leaveBehind(last, previous);
  const aside: Choice = { ...choice, mode: "new", accepts: () => false };
  if (last.kind === "superseded" && successor?.kind === "empty") {
    return withPrevious(overPending(aside, successor, last, last.supersededBy?.fresh === true), previous);
  }
  return last.kind === "empty" ? withPrevious(await overEmpty(aside, last), previous) : undefined;
}

function withPrevious(plan: StartPlan, previous: RunState | undefined): StartPlan {
  return plan.kind === "begin" || plan.kind === "fence" ? { ...plan, previous } : plan;
}
