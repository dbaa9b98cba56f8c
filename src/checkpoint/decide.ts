import type { ComponentDecision, Decision, DecisionRequest } from "./decision.ts";
import { DEFAULT_MAX_RESUMES, markPoisoned } from "./budget.ts";
import { carriedBy } from "./carried-by.ts";
import { openPublish } from "./carried-intents.ts";
import { checkArtifacts } from "./check-artifacts.ts";
import { type FoundDifference, findDifferences } from "./differences.ts";
import type { ComponentHeader, Completion } from "./events.ts";
import { matchComponents } from "./match-components.ts";
import { dependentsOf, Reruns } from "./reruns.ts";
import { completionOf, type Situation } from "./situation.ts";

const QUARTER_HOUR_MS = 15 * 60 * 1000;

/**
 * Decides for each component whether it runs or is restored, and why. Reads nothing but the artifacts that
 * completed components declared, through `checkArtifact`; what that throws is thrown on ("can't be checked"
 * is not "missing"). Components not yet completed may change freely.
 */
export async function decide(request: DecisionRequest): Promise<Decision> {
  const { previous, components, policy } = request;
  if (previous === undefined) {
    return {
      components: components.map(firstRun),
      differences: [],
      refused: false,
      poisoned: [],
      warnings: [],
      carried: undefined,
    };
  }
  const matching = matchComponents(previous.components, components);
  const found = findDifferences(previous, components, matching);
  const reruns = new Reruns(components);
  const situation: Situation = { request, previous, matching, reruns };
  for (const one of found) addCause(situation, one);
  const refused = found.some((one) => isRefused(one, policy));
  if (!refused) await checkArtifacts(situation);
  const decisions = components.map((component, index) => decideOne(situation, component, index, found));
  const carried = carriedBy(situation, decisions);
  const { counts } = carried.carried;
  const budget = markPoisoned(decisions, components, counts, policy.maxResumes ?? DEFAULT_MAX_RESUMES);
  return {
    components: budget.decisions,
    poisoned: budget.poisoned,
    differences: found.map((one) =>
      isRefused(one, policy) ? { ...one.difference, refused: true } : one.difference,
    ),
    refused,
    warnings: [
      ...dayWarnings(situation, decisions),
      ...codeWarnings(situation, found),
      ...(refused ? [] : orderWarnings(situation, decisions)),
      ...carried.warnings,
    ],
    carried: carried.carried,
  };
}

function isRefused({ difference }: FoundDifference, policy: DecisionRequest["policy"]): boolean {
  if (difference.kind === "code") return policy.onCodeChange === "refuse";
  return difference.lost === true || policy.onConfigChange === "refuse";
}

function addCause(situation: Situation, { difference, index }: FoundDifference): void {
  const { policy } = situation.request;
  const again = difference.kind === "code" ? policy.onCodeChange : policy.onConfigChange;
  if (index === undefined || again !== "rerun") return;
  const reason = difference.kind === "code" ? "code-changed" : "config-changed";
  situation.reruns.add(index, { reason, explanation: changeText(situation, difference.kind, index) });
}

function changeText(situation: Situation, kind: string, index: number): string {
  const since = `since it completed in run ${ranInOf(situation, index)}`;
  if (kind === "code") return `its code has changed ${since}`;
  if (kind === "reordered") return `it has changed places ${since}`;
  if (kind === "inserted") return "it was inserted before completed components";
  if (kind === "added") return "it was added at the end";
  return `its configuration has changed ${since}`;
}

function ranInOf(situation: Situation, index: number): string {
  return completionOf(situation, index)?.ranIn ?? situation.previous.runId;
}

function firstRun(component: ComponentHeader, index: number): ComponentDecision {
  if (component.selected === false) return notSelected(component, index);
  return { index, action: "run", reason: "first-run", explanation: "there is no run to resume" };
}

function notSelected({ disabled }: ComponentHeader, index: number): ComponentDecision {
  return disabled === true
    ? { index, action: "skip", reason: "disabled", explanation: "enabled = false" }
    : { index, action: "skip", reason: "not-selected", explanation: "it is not selected for this run" };
}

function decideOne(
  situation: Situation,
  component: ComponentHeader,
  index: number,
  found: readonly FoundDifference[],
): ComponentDecision {
  const previousIndex = situation.matching.before[index];
  const place = { index, ...(previousIndex !== undefined && { previousIndex }) };
  const completion = completionOf(situation, index);
  if (completion !== undefined && !situation.reruns.has(index)) {
    const refusal = whyRefused(situation, index, found);
    if (refusal !== undefined) return { ...place, action: "run", ...refusal };
    return { ...place, action: "restore", ...whyRestored(situation, index, completion, found) };
  }
  if (component.selected === false) return { ...place, ...notSelected(component, index) };
  return { ...place, action: "run", ...whyRun(situation, index, completion) };
}

type Why = Pick<ComponentDecision, "reason" | "explanation">;

/** A completion that can't be taken over as it is: the change is the reason, and the run is refused because of it. */
function whyRefused(situation: Situation, index: number, found: readonly FoundDifference[]): Why | undefined {
  const { policy } = situation.request;
  const one = found.find((each) => each.index === index && isRefused(each, policy));
  if (one === undefined) return undefined;
  const { kind } = one.difference;
  const rule = kind === "code" ? "on-code-change = refuse" : `on-config-change = ${policy.onConfigChange}`;
  return {
    reason: kind === "code" ? "code-changed" : "config-changed",
    explanation: `${changeText(situation, kind, index)}; the run is refused (${rule})`,
  };
}

function whyRestored(
  situation: Situation,
  index: number,
  completion: Completion,
  found: readonly FoundDifference[],
): Why {
  const done = completion.skipped === undefined ? "completed" : `skipped (${completion.skipped})`;
  const when = `${done} in run ${ranInOf(situation, index)} at ${completion.completedAt}`;
  const kinds = new Set(found.filter((one) => one.index === index).map((one) => one.difference.kind));
  const codeOnly = kinds.delete("code");
  if (kinds.size > 0) {
    return {
      reason: "config-change-accepted",
      explanation: `${when}; its changed configuration is accepted`,
    };
  }
  if (codeOnly)
    return { reason: "code-change-accepted", explanation: `${when}; its changed code is accepted` };
  return { reason: "completed", explanation: when };
}

function whyRun(situation: Situation, index: number, completion: Completion | undefined): Why {
  const { previous, matching, reruns } = situation;
  if (completion !== undefined) {
    const cause = reruns.cause(index);
    if (cause !== undefined) return cause;
    const after = situation.request.components[reruns.after(index) ?? index]?.name ?? "";
    return { reason: "after-rerun", explanation: `it comes after "${after}", which runs again` };
  }
  const before = matching.before[index];
  if (before === undefined) {
    return { reason: "new-component", explanation: `run ${previous.runId} did not have it` };
  }
  const isSame =
    previous.components[before]?.fingerprint.config ===
    situation.request.components[index]?.fingerprint.config;
  if (isSame && !reruns.has(index) && openPublish(situation, index) !== undefined) {
    return {
      reason: "publish-unfinished",
      explanation: `run ${previous.runId} ended while its outputs were published`,
    };
  }
  const failure = previous.failures.get(before);
  if (failure !== undefined) {
    return {
      reason: "failed-before",
      explanation: `it failed in run ${previous.runId}: ${failure.error.message}`,
    };
  }
  if (previous.attempts.has(before)) {
    return { reason: "interrupted-before", explanation: `it was under way when run ${previous.runId} ended` };
  }
  return { reason: "not-completed", explanation: `run ${previous.runId} ended before it` };
}

function dayWarnings(situation: Situation, decisions: readonly ComponentDecision[]): string[] {
  const { now, components } = situation.request;
  if (now === undefined) return [];
  for (const { index, action } of decisions) {
    const at = action === "restore" ? completionOf(situation, index)?.completedAt : undefined;
    if (at === undefined || !isEarlierDay(Date.parse(at), now)) continue;
    return [
      `Work of an earlier day is restored: "${components[index]?.name}" completed at ${at}. If this run is about another day's data, give each day its --run-key, or start with --fresh`,
    ];
  }
  return [];
}

/** Of an earlier day where this machine is. Asking for that the first time loads the time zones, which takes 15 ms. */
function isEarlierDay(at: number, now: number): boolean {
  // Everywhere days begin with a quarter of an hour, so what is of this quarter is of today.
  if (at >= now - (now % QUARTER_HOUR_MS)) return false;
  return new Date(at).toDateString() !== new Date(now).toDateString();
}

function codeWarnings(situation: Situation, found: readonly FoundDifference[]): string[] {
  if (situation.request.policy.onCodeChange !== "warn") return [];
  return found
    .filter(
      ({ difference, index }) =>
        difference.kind === "code" && index !== undefined && !situation.reruns.has(index),
    )
    .map(
      ({ difference, index }) =>
        `The code of "${difference.component}" has changed since it completed in run ${ranInOf(situation, index ?? 0)}; its completion is kept (on-code-change = warn)`,
    );
}

/** A component that completed although one before it had not is kept; that is worth a word. */
function orderWarnings(situation: Situation, decisions: readonly ComponentDecision[]): string[] {
  const { components } = situation.request;
  const dependents = dependentsOf(components);
  const source: (number | undefined)[] = Array.from({ length: components.length });
  const open: { readonly index: number; readonly from: number }[] = decisions
    .filter(({ action }) => action === "run")
    .flatMap(({ index }) => (dependents[index] ?? []).map((next) => ({ index: next, from: index })));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { index, from } = next;
    if (source[index] !== undefined) continue;
    source[index] = from;
    open.push(...(dependents[index] ?? []).map((later) => ({ index: later, from })));
  }
  return decisions
    .filter(({ action, index }) => action === "restore" && source[index] !== undefined)
    .map(
      ({ index }) =>
        `"${components[index]?.name}" completed although "${components[source[index] ?? 0]?.name}" before it had not; its completion is kept`,
    );
}
