import type { Carried, Completion } from "./events.ts";
import { resumeCounts } from "./resume-counts.ts";
import type { RunState } from "./state.ts";

/** Everything of a run, for a run with the very same components. */
export function carryAll(state: RunState): Carried {
  return {
    completions: [...state.completions.values()]
      .map((completion) => ranIn(completion, state.runId))
      .toSorted((a, b) => a.index - b.index),
    steps: [...state.steps].map(([index, steps]) => ({ index, steps: Object.fromEntries(steps) })),
    counts: resumeCounts(state),
    ...(state.intents.size > 0 && { intents: [...state.intents.values()] }),
  };
}

/** A completion as a later run carries it: it says where it really ran. */
export function ranIn(completion: Completion, runId: string): Completion {
  return completion.ranIn === undefined ? { ...completion, ranIn: runId } : completion;
}
