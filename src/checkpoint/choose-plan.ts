import type { Choice } from "./choice.ts";
import { chooseOlder } from "./choose-older.ts";
import { leaveBehind, overEmpty, overPending } from "./pending.ts";
import type { RunReading } from "./run-reading.ts";
import { cannotResume, corruptRun, freshPlan, type StartPlan, supersedePlan } from "./start-plan.ts";

/** Step 2: what this start has to do, from what stands in the store. Writes nothing. */
export async function choosePlan(choice: Choice): Promise<StartPlan> {
  const { last, target } = choice;
  const isOlder = target !== undefined && last?.runId !== target && choice.successor?.runId !== target;
  if (isOlder && !isPendingAfter(choice, target)) return chooseOlder(choice, target);
  if (last === undefined) return freshPlan(choice.runId);
  switch (last.kind) {
    case "completed":
      return afterCompleted(choice, last);
    case "deleted":
      return afterDeleted(choice, last);
    case "superseded":
      return afterSuperseded(choice, last);
    case "empty":
      return overEmpty(choice, last);
    case "open":
    case "failed":
      return overUnfinished(choice, last);
    case "corrupt":
    default:
      return overCorrupt(choice, last);
  }
}

/** Whether the last run is the never begun successor of the one that is to be resumed. */
function isPendingAfter(choice: Choice, target: string): boolean {
  return choice.last?.kind === "empty" && choice.end.last?.resumedFrom === target;
}

function afterCompleted(choice: Choice, last: RunReading): StartPlan {
  if (choice.mode === "resume") {
    throw cannotResume(
      last.runId,
      "CHECKPOINT_COMPLETED",
      "it has completed",
      "There is nothing left to do; start a new run without --resume.",
    );
  }
  if (choice.mode === "auto" && choice.completedIsEnough)
    return { kind: "already-completed", runId: last.runId };
  return freshPlan(choice.runId);
}

function afterDeleted(choice: Choice, last: RunReading): StartPlan {
  if (choice.mode === "resume") {
    throw cannotResume(last.runId, "CHECKPOINT_DELETED", "its checkpoint was deleted", "Start a new run.");
  }
  return freshPlan(choice.runId);
}

/** L names a successor N that is not in the key log: whoever named it stopped, or is about to go on. */
function afterSuperseded(choice: Choice, last: RunReading): StartPlan {
  const next = choice.successor;
  if (next === undefined) return { kind: "again" };
  if (next.kind === "deleted") {
    if (choice.mode !== "resume") return freshPlan(choice.runId);
    throw cannotResume(
      last.runId,
      "CHECKPOINT_DELETED",
      `its successor "${next.runId}" was deleted`,
      "Start a new run.",
    );
  }
  if (next.kind !== "empty") return { kind: "again" };
  return overPending(choice, next, last, last.supersededBy?.fresh === true);
}

function overUnfinished(choice: Choice, last: RunReading): StartPlan {
  if (choice.mode === "new") {
    return last.kind === "open" ? leaveBehind(last, undefined) : freshPlan(choice.runId);
  }
  return supersedePlan(choice.runId, last, choice.mode === "fresh");
}

function overCorrupt(choice: Choice, last: RunReading): StartPlan {
  if (choice.mode === "fresh") return supersedePlan(choice.runId, last, true);
  if (choice.mode !== "new") throw corruptRun(last);
  return last.turnEnded ? freshPlan(choice.runId) : leaveBehind(last, undefined);
}
