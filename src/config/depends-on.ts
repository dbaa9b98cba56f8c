import { nearest } from "../base/mod.ts";
import { type FindingFacts, findingAt, type HoconNode, readList } from "../hocon/mod.ts";
import type { Decoding } from "./field.ts";

/** What is known of a component before everything about it is known to be right. */
export interface ComponentDraft {
  readonly index: number;
  readonly name: string | undefined;
  readonly enabled: boolean;
  readonly dependsOn: readonly string[] | undefined;
  readonly node: HoconNode;
}

/** How many names of a cycle a message shows. */
const MAX_CYCLE_NAMES = 8;

function fieldNode(draft: ComponentDraft, key: string): HoconNode {
  const field = draft.node.kind === "object" ? draft.node.fields.get(key) : undefined;
  return field?.value ?? draft.node;
}

/** The item of `depends-on` itself where it can be told, for a caret under the very name. */
function dependencyNode(draft: ComponentDraft, at: number): HoconNode {
  const whole = fieldNode(draft, "depends-on");
  const items = readList(whole);
  return (items.ok ? items.value[at] : undefined) ?? whole;
}

function indexNames(drafts: readonly ComponentDraft[]): Map<string, ComponentDraft[]> {
  const byName = new Map<string, ComponentDraft[]>();
  for (const draft of drafts) {
    if (draft.name === undefined) continue;
    const same = byName.get(draft.name);
    if (same === undefined) byName.set(draft.name, [draft]);
    else same.push(draft);
  }
  return byName;
}

function reportDuplicates(byName: ReadonlyMap<string, ComponentDraft[]>, decoding: Decoding): void {
  for (const [name, [first, ...others]] of byName) {
    for (const other of others) {
      decoding.findings.push(
        findingAt(fieldNode(other, "instance-name"), {
          severity: "warning",
          code: "CONFIG_DUPLICATE_NAME",
          message: `instance-name ${JSON.stringify(name)} of component ${other.index + 1} is also that of component ${(first?.index ?? 0) + 1}`,
          hint: "Give each component a name of its own; depends-on and selections go by name.",
        }),
      );
    }
  }
}

/** What is wrong with one name in `depends-on`, if anything. */
function problemWith(
  draft: ComponentDraft,
  name: string,
  byName: ReadonlyMap<string, ComponentDraft[]>,
): FindingFacts | undefined {
  const what = `component ${draft.index + 1} ${JSON.stringify(draft.name ?? "")}`;
  const named = byName.get(name);
  if (named === undefined) {
    const meant = nearest(name, byName.keys());
    return {
      code: "CONFIG_UNKNOWN_DEPENDENCY",
      message: `depends-on of ${what} names ${JSON.stringify(name)}, and no component has that name`,
      hint: meant === undefined ? undefined : `Did you mean ${JSON.stringify(meant)}?`,
    };
  }
  if (named.length > 1) {
    return {
      code: "CONFIG_AMBIGUOUS_DEPENDENCY",
      message: `depends-on of ${what} names ${JSON.stringify(name)}, and components ${named.map((each) => each.index + 1).join(" and ")} have that name`,
      hint: "Give each of them a name of its own.",
    };
  }
  if (named[0]?.enabled === false && draft.enabled) {
    return {
      severity: "warning",
      code: "CONFIG_DISABLED_DEPENDENCY",
      message: `depends-on of ${what} names ${JSON.stringify(name)}, which is not enabled; nothing is waited for`,
    };
  }
  return undefined;
}

/** The components each one comes after, as indexes; disabled components take no part. */
function predecessors(
  drafts: readonly ComponentDraft[],
  byName: ReadonlyMap<string, ComponentDraft[]>,
): Map<number, number[]> {
  const before = new Map<number, number[]>();
  let previous: number | undefined;
  for (const draft of drafts) {
    if (!draft.enabled) continue;
    if (draft.dependsOn === undefined) {
      before.set(draft.index, previous === undefined ? [] : [previous]);
    } else {
      const named = draft.dependsOn.flatMap((name) => byName.get(name) ?? []);
      before.set(
        draft.index,
        named.filter((each) => each.enabled).map((each) => each.index),
      );
    }
    previous = draft.index;
  }
  return before;
}

/** Removes what can be ordered (Kahn's way, without recursion: chains may be long); what stays holds or follows cycles. */
function unordered(before: ReadonlyMap<number, readonly number[]>): Set<number> {
  const waiting = new Map<number, number>();
  const after = new Map<number, number[]>();
  for (const [index, earlier] of before) {
    waiting.set(index, earlier.length);
    for (const each of earlier) {
      const followers = after.get(each);
      if (followers === undefined) after.set(each, [index]);
      else followers.push(index);
    }
  }
  const ready = [...waiting].filter(([, count]) => count === 0).map(([index]) => index);
  for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
    waiting.delete(next);
    for (const follower of after.get(next) ?? []) {
      const count = (waiting.get(follower) ?? 0) - 1;
      waiting.set(follower, count);
      if (count === 0) ready.push(follower);
    }
  }
  return new Set(waiting.keys());
}

/** One cycle for each knot among the components that can't be ordered, as lists of indexes in order of waiting. */
function findCycles(before: ReadonlyMap<number, readonly number[]>): number[][] {
  const stuck = unordered(before);
  const cycles: number[][] = [];
  const seen = new Set<number>();
  for (const start of stuck) {
    const path: number[] = [];
    const onPath = new Map<number, number>();
    let at: number | undefined = start;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      onPath.set(at, path.length);
      path.push(at);
      // Whoever is stuck waits for somebody who is stuck too; following that ends in a cycle.
      at = before.get(at)?.find((each) => stuck.has(each));
    }
    const entry = at === undefined ? undefined : onPath.get(at);
    if (entry !== undefined) cycles.push(path.slice(entry));
  }
  return cycles;
}

function reportCycles(
  drafts: readonly ComponentDraft[],
  byName: ReadonlyMap<string, ComponentDraft[]>,
  decoding: Decoding,
): void {
  for (const cycle of findCycles(predecessors(drafts, byName))) {
    const members = cycle.flatMap((index) => drafts[index] ?? []);
    const at = members.findIndex((draft) => draft.dependsOn !== undefined);
    const blamed = members[at];
    if (blamed === undefined) continue;
    const round = [...members.slice(at), ...members.slice(0, at + 1)].map((draft) => draft.name ?? "");
    const shown =
      round.length > MAX_CYCLE_NAMES ? [...round.slice(0, MAX_CYCLE_NAMES - 1), "…", round.at(-1)] : round;
    const next = round[1];
    const item = blamed.dependsOn?.findIndex((name) => name === next) ?? -1;
    decoding.findings.push(
      findingAt(item === -1 ? fieldNode(blamed, "depends-on") : dependencyNode(blamed, item), {
        code: "CONFIG_DEPENDENCY_CYCLE",
        message: `components wait for each other: ${shown.join(" → ")}`,
        hint: "Take one of the names out of depends-on. (A component without depends-on waits for the one before it in the file.)",
      }),
    );
  }
}

/** Checks names and `depends-on` over all components: duplicates, unknown and ambiguous names, cycles. */
export function checkDependencies(drafts: readonly ComponentDraft[], decoding: Decoding): void {
  const byName = indexNames(drafts);
  reportDuplicates(byName, decoding);
  for (const draft of drafts) {
    for (const [at, name] of (draft.dependsOn ?? []).entries()) {
      const problem = problemWith(draft, name, byName);
      if (problem !== undefined) decoding.findings.push(findingAt(dependencyNode(draft, at), problem));
    }
  }
  reportCycles(drafts, byName, decoding);
}
