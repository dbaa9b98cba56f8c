import type { ModelComponent, ModelRun, ModelSelection, Scenario } from "./scenario.ts";

/** What is durable of an unfinished run. */
export interface Unfinished {
  readonly completed: ReadonlySet<number>;
  /** By index: the configuration's value that the run was started with. */
  readonly values: readonly number[];
  readonly selection: ModelSelection;
}

/** What must become of a start that is not killed. */
export type Expected =
  | { readonly refused: true }
  | {
      readonly refused: false;
      /** By index, as in the result document. */
      readonly statuses: readonly string[];
      readonly reasons: readonly (string | undefined)[];
      readonly attempts: readonly number[];
      readonly exitCode: number;
      /** By index: what must be over before it starts. */
      readonly before: readonly ReadonlySet<number>[];
      readonly selection: ModelSelection;
    };

interface Edges {
  readonly after: readonly (readonly number[])[];
  readonly needsSuccess: readonly boolean[];
}

/** Order as the configuration says: named ones, else the enabled one before. */
function edgesOf(components: readonly ModelComponent[]): Edges {
  const isOn = (index: number): boolean => components[index]?.enabled === true;
  const after = components.map(({ enabled, dependsOn }, index) => {
    if (!enabled) return [];
    if (dependsOn !== undefined) return dependsOn.filter(isOn);
    const before = components.findLastIndex((other, at) => at < index && other.enabled);
    return before === -1 ? [] : [before];
  });
  return {
    after,
    needsSuccess: components.map(({ enabled, dependsOn }) => enabled && dependsOn !== undefined),
  };
}

/** All components before one, over any number of edges, itself included. */
function ancestors(after: Edges["after"], index: number): Set<number> {
  return new Set([index, ...(after[index] ?? []).flatMap((before) => [...ancestors(after, before)])]);
}

function isSelected(selection: ModelSelection, after: Edges["after"], index: number): boolean {
  switch (selection?.way) {
    case "from":
      return ancestors(after, index).has(selection.index);
    case "to":
      return ancestors(after, selection.index).has(index);
    case "only":
      return index === selection.index;
    case "skip":
      return index !== selection.index;
    case undefined:
      return true;
  }
}

/** The nearest ones before a component that take part. */
function nearestBefore(after: Edges["after"], takesPart: readonly boolean[], index: number): Set<number> {
  const found = (before: number): number[] =>
    takesPart[before] === true ? [before] : [...nearestBefore(after, takesPart, before)];
  return new Set((after[index] ?? []).flatMap(found));
}

interface Course {
  readonly before: readonly ReadonlySet<number>[];
  readonly statuses: string[];
  readonly reasons: (string | undefined)[];
  readonly attempts: number[];
}

/** Which completions stand, and whether the start is refused because of changes. */
function restoredOf(
  previous: Unfinished | undefined,
  values: readonly number[],
  policy: ModelRun["policy"],
): ReadonlySet<number> | "refused" {
  if (previous === undefined) return new Set();
  const changed = [...previous.completed].filter((index) => previous.values[index] !== values[index]);
  if (changed.length === 0 || policy === "accept") return previous.completed;
  if (policy === "refuse") return "refused";
  const first = Math.min(...changed);
  return new Set([...previous.completed].filter((index) => index < first));
}

/** One component after the other, the first in the file that may run: what must happen, and why. */
function follow(
  scenario: Scenario,
  run: ModelRun,
  edges: Edges,
  toRun: readonly boolean[],
  course: Course,
): boolean {
  const { before } = course;
  const over = (index: number): boolean => course.statuses[index] !== "waiting";
  const bad = (index: number): boolean => ["failed", "skipped"].includes(course.statuses[index] ?? "");
  let stopped = false;
  for (;;) {
    const ready = toRun.findIndex((_, index) => !over(index) && [...(before[index] ?? [])].every(over));
    if (ready === -1) return stopped;
    const unmet = edges.needsSuccess[ready] === true && [...(before[ready] ?? [])].some(bad);
    const { maxRetries } = scenario.components[ready] ?? { maxRetries: 0 };
    const failures = run.failures[ready] ?? 0;
    if (unmet) [course.statuses[ready], course.reasons[ready]] = ["skipped", "dependency-failed"];
    else if (stopped) [course.statuses[ready], course.reasons[ready]] = ["not-run", "cancelled"];
    else {
      course.attempts[ready] = Math.min(failures, maxRetries) + 1;
      course.statuses[ready] = failures > maxRetries ? "failed" : "completed";
      stopped = failures > maxRetries && scenario.failFast;
    }
  }
}

/** What a start must do: which components run, are restored or left out, in which state, and why. */
export function expectedOf(
  scenario: Scenario,
  run: ModelRun,
  previous: Unfinished | undefined,
  values: readonly number[],
): Expected {
  const resumed = run.fresh ? undefined : previous;
  const restored = restoredOf(resumed, values, run.policy);
  if (restored === "refused") return { refused: true };
  const edges = edgesOf(scenario.components);
  const selection = run.selection ?? resumed?.selection;
  const toRun = scenario.components.map(
    ({ enabled }, index) => enabled && !restored.has(index) && isSelected(selection, edges.after, index),
  );
  const takesPart = toRun.map((runs, index) => runs || restored.has(index));
  const course: Course = {
    before: toRun.map((_, index) => nearestBefore(edges.after, takesPart, index)),
    statuses: scenario.components.map((_, index) => {
      if (restored.has(index)) return "restored";
      return toRun[index] === true ? "waiting" : "not-run";
    }),
    reasons: scenario.components.map(({ enabled }, index) => {
      if (restored.has(index) || toRun[index] === true) return undefined;
      return enabled ? "not-selected" : "disabled";
    }),
    attempts: scenario.components.map(() => 0),
  };
  const stopped = follow(scenario, run, edges, toRun, course);
  const failed = course.statuses.includes("failed");
  return { refused: false, ...course, selection, exitCode: stopped ? 1 : failed ? 3 : 0 };
}
