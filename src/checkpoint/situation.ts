import type { DecisionRequest } from "./decision.ts";
import type { Completion } from "./events.ts";
import type { Matching } from "./match-components.ts";
import type { Reruns } from "./reruns.ts";
import type { RunState } from "./state.ts";

/** What a resume decision is made on. */
export interface Situation {
  readonly request: DecisionRequest;
  readonly previous: RunState;
  readonly matching: Matching;
  readonly reruns: Reruns;
}

/** The completion that a present component had in the run that is resumed. */
export function completionOf({ previous, matching }: Situation, index: number): Completion | undefined {
  const before = matching.before[index];
  return before === undefined ? undefined : previous.completions.get(before);
}
