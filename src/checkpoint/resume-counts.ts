import type { ResumeCount } from "./events.ts";
import { fingerprintId } from "./fingerprint.ts";
import type { RunState } from "./state.ts";

/** Reasons of `run-interrupted` that say nothing against a component: somebody asked for the end. */
const ASKED_FOR: ReadonlySet<string> = new Set(["SIGINT", "SIGTERM"]);

/**
 * How many runs of the chain, this one included, started a component with its present fingerprint and ended
 * without completing it. Retries inside a run count once; an end by SIGINT or SIGTERM and failures that
 * were transient count not at all. Indexes are of this run's components.
 */
export function resumeCounts(state: RunState): readonly ResumeCount[] {
  const asked = state.end?.type === "run-interrupted" && ASKED_FOR.has(state.end.reason);
  const before = new Map((state.carried?.counts ?? []).map((count) => [count.index, count]));
  const counts: ResumeCount[] = [];
  for (const [index, component] of state.components.entries()) {
    if (state.completions.has(index)) continue;
    const fingerprint = fingerprintId(component.fingerprint);
    const carried = before.get(index);
    const earlier = carried?.fingerprint === fingerprint ? carried.runs : 0;
    const runs = earlier + (countsAgainst(state, index, asked) ? 1 : 0);
    if (runs > 0) counts.push({ index, fingerprint, runs });
  }
  return counts;
}

function countsAgainst(state: RunState, index: number, asked: boolean): boolean {
  const attempt = state.attempts.get(index);
  if (attempt === undefined) return false;
  const failure = state.failures.get(index);
  const underWay = failure === undefined || failure.attempt < attempt;
  return underWay ? !asked : !failure.transient;
}
