import { type Choice, read } from "./choice.ts";
import { predecessorOf } from "./key-log.ts";
import type { RunEvent } from "./events.ts";
import { closing } from "./run-end.ts";
import type { RunReading } from "./run-reading.ts";
import { adoptPlan, LEFT_BEHIND, settlePlan, type StartPlan } from "./start-plan.ts";
import type { RunState } from "./state.ts";

/** The last run has no record: whoever put it into the key log stopped, or is about to go on. */
export async function overEmpty(choice: Choice, last: RunReading): Promise<StartPlan> {
  const entry = choice.end.last;
  const before = entry === undefined ? undefined : predecessorOf(entry);
  const old = before === undefined ? undefined : await read(choice, before);
  return overPending(choice, last, old, entry?.resumedFrom === undefined);
}

/**
 * A run that is named and not begun. It is adopted: its creator may still be on its way, and by taking the
 * same first record one of the two is refused. Where its ID or what it carries is not what this start wants,
 * it is closed instead: `deleted` where it carries nothing, else written down as begun and interrupted.
 */
export function overPending(
  choice: Choice,
  run: RunReading,
  old: RunReading | undefined,
  carriesNothing: boolean,
): StartPlan {
  const wantsNothing = choice.mode === "fresh" || choice.mode === "new";
  const mayDrop = carriesNothing || choice.mode === "fresh" || old === undefined;
  const fits = choice.accepts(run.runId) && (mayDrop || !wantsNothing);
  if (fits) return adoptPlan(run, old, mayDrop);
  const previous = wantsNothing || mayDrop ? undefined : old?.state;
  if (mayDrop || old === undefined)
    return { kind: "fence", reading: run, event: { type: "deleted" }, previous };
  return settlePlan(run, old, previous);
}

/** Ends the turn of a run's writer without taking anything over: the run stays resumable by its ID. */
export function leaveBehind(last: RunReading, previous: RunState | undefined): StartPlan {
  const event: RunEvent = { type: "run-interrupted", reason: LEFT_BEHIND, ...closing(last, "new") };
  return { kind: "fence", reading: last, event, previous };
}
