import type { ComponentDecision } from "./decision.ts";
import type { ComponentHeader, ResumeCount } from "./events.ts";
import { resumeCounts } from "./resume-counts.ts";
import type { RunState } from "./state.ts";

/** Runs of a chain that may start a component and end without completing it, where nothing else is said. */
export const DEFAULT_MAX_RESUMES = 20;

/** A component that has used up its budget. */
export interface Poisoned {
  readonly component: string;
  /** Runs that started it and ended without completing it. */
  readonly runs: number;
}

/** Whether a run, as far as it got, has used up a component's budget; `maxResumes` of 0 is no bound. */
export function isPoisoned(state: RunState): boolean {
  const { maxResumes } = state;
  if (maxResumes === undefined || maxResumes === 0) return false;
  return resumeCounts(state).some(({ runs }) => runs >= maxResumes);
}

/** The decisions with those marked whose component would run and has no budget left. */
export function markPoisoned(
  decisions: readonly ComponentDecision[],
  components: readonly ComponentHeader[],
  counts: readonly ResumeCount[],
  maxResumes: number,
): { readonly decisions: readonly ComponentDecision[]; readonly poisoned: readonly Poisoned[] } {
  const spent = new Map(
    counts.filter(({ runs }) => maxResumes > 0 && runs >= maxResumes).map(({ index, runs }) => [index, runs]),
  );
  if (spent.size === 0) return { decisions, poisoned: [] };
  const poisoned: Poisoned[] = [];
  const marked = decisions.map((decision): ComponentDecision => {
    const runs = spent.get(decision.index);
    if (runs === undefined || decision.action !== "run") return decision;
    poisoned.push({ component: components[decision.index]?.name ?? "", runs });
    const explanation = `${runs} runs started it and none completed it (max-resumes = ${maxResumes})`;
    return { ...decision, reason: "poisoned", explanation };
  });
  return { decisions: marked, poisoned };
}
