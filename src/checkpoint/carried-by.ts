import type { JsonValue } from "../base/mod.ts";
import { ranIn } from "./carry-all.ts";
import type { ComponentDecision } from "./decision.ts";
import type { Carried, CarriedSteps, Completion, ResumeCount } from "./events.ts";
import { completionOf, type Situation } from "./situation.ts";
import { fingerprintId } from "./fingerprint.ts";
import { carriedIntents } from "./carried-intents.ts";
import { resumeCounts } from "./resume-counts.ts";

/**
 * What the new run takes over, under its own indexes: completions of restored components, and of unfinished
 * ones the steps and counts that still mean the same.
 */
export function carriedBy(
  situation: Situation,
  decisions: readonly ComponentDecision[],
): { readonly carried: Carried; readonly warnings: readonly string[] } {
  const { previous, request } = situation;
  const completions: Completion[] = [];
  const steps: CarriedSteps[] = [];
  const warnings: string[] = [];
  for (const { index, action } of decisions) {
    const completion = completionOf(situation, index);
    if (action === "restore" && completion !== undefined) {
      completions.push({ ...ranIn(completion, previous.runId), index });
    }
    const kept = completion === undefined ? stepsOf(situation, index) : undefined;
    if (kept === undefined) continue;
    const why = whyDropped(situation, index);
    if (why === undefined) steps.push({ index, steps: Object.fromEntries(kept) });
    else
      warnings.push(`The recorded steps of "${request.components[index]?.name}" are not used again: ${why}`);
  }
  const intents = carriedIntents(situation, (index) => whyDropped(situation, index) !== undefined);
  const carried = { completions, steps, counts: countsOf(situation), ...(intents.length > 0 && { intents }) };
  return { carried, warnings };
}

function stepsOf(
  { previous, matching }: Situation,
  index: number,
): ReadonlyMap<string, JsonValue> | undefined {
  const before = matching.before[index];
  const steps = before === undefined ? undefined : previous.steps.get(before);
  return steps === undefined || steps.size === 0 ? undefined : steps;
}

/** Steps are results of this configuration on this input; where either has changed they say nothing. */
function whyDropped({ previous, matching, request, reruns }: Situation, index: number): string | undefined {
  const before = previous.components[matching.before[index] ?? -1];
  const now = request.components[index];
  if (before?.fingerprint.config !== now?.fingerprint.config) return "its configuration has changed";
  if (reruns.has(index)) return "a component before it runs again";
  const sameCode = before?.fingerprint.code === now?.fingerprint.code;
  return sameCode || request.policy.onCodeChange !== "rerun" ? undefined : "its code has changed";
}

/** Counts are by fingerprint: a changed component begins anew. */
function countsOf({ previous, matching, request }: Situation): readonly ResumeCount[] {
  return resumeCounts(previous).flatMap((count) => {
    const index = matching.now[count.index];
    const component = index === undefined ? undefined : request.components[index];
    if (index === undefined || component === undefined) return [];
    return fingerprintId(component.fingerprint) === count.fingerprint ? [{ ...count, index }] : [];
  });
}
