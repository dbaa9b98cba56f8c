import { canonicalJson, type JsonValue } from "../base/mod.ts";
import type { ConfigDifference } from "./decision.ts";
import type { ComponentHeader, Fingerprint } from "./events.ts";
import { type Matching, reordered } from "./match-components.ts";
import type { RunState } from "./state.ts";

/** A difference, and where the component stands now (undefined: it is gone). */
export interface FoundDifference {
  readonly difference: ConfigDifference;
  readonly index: number | undefined;
}

type KeyDifference = ConfigDifference["keys"][number];

/** A key that HOCON reads without quotes. */
const PLAIN_KEY = /^[A-Za-z0-9_-]+$/;

/**
 * What stands between completed components and the present configuration, in order of place. Components that
 * have not completed may change freely; another number of components is always a difference, once any has completed.
 */
export function findDifferences(
  previous: RunState,
  now: readonly ComponentHeader[],
  matching: Matching,
): readonly FoundDifference[] {
  if (previous.completions.size === 0) return [];
  const completed = (index: number): boolean => {
    const before = matching.before[index];
    return before !== undefined && previous.completions.has(before);
  };
  const moved = reordered(matching, completed);
  const lastCompleted = now.findLastIndex((_, index) => completed(index));
  const otherNumber = previous.components.length !== now.length;
  const found: FoundDifference[] = [];
  for (const [index, component] of now.entries()) {
    const before = matching.before[index];
    if (before === undefined) {
      if (index < lastCompleted) found.push(difference("inserted", component.name, index));
      else if (otherNumber) found.push(difference("added", component.name, index));
      continue;
    }
    const then = previous.components[before];
    if (then === undefined || !completed(index)) continue;
    const keys = changedKeys(then, component);
    if (keys !== undefined) found.push(difference("changed", component.name, index, keys));
    if (moved.has(index)) found.push(difference("reordered", component.name, index));
    if (then.fingerprint.code !== component.fingerprint.code)
      found.push(difference("code", component.name, index));
  }
  for (const [before, component] of previous.components.entries()) {
    if (matching.now[before] !== undefined) continue;
    const lost = previous.completions.has(before);
    if (!lost && !otherNumber) continue;
    const { name } = component;
    found.push({
      difference: { component: name, kind: "removed", keys: [], ...(lost && { lost }) },
      index: undefined,
    });
  }
  return found;
}

function difference(
  kind: ConfigDifference["kind"],
  component: string,
  index: number | undefined,
  keys: readonly KeyDifference[] = [],
): FoundDifference {
  return { difference: { component, kind, keys }, index };
}

/** The keys that differ, undefined where nothing does; empty where the settings are too large to be kept. */
function changedKeys(then: ComponentHeader, now: ComponentHeader): readonly KeyDifference[] | undefined {
  if (then.fingerprint.config === now.fingerprint.config) return undefined;
  const keys: KeyDifference[] = [];
  if (then.type !== now.type) {
    keys.push({ path: "instance-type", before: JSON.stringify(then.type), now: JSON.stringify(now.type) });
  }
  const before: Fingerprint = then.fingerprint;
  if (before.settings !== undefined && now.fingerprint.settings !== undefined) {
    compare("", before.settings, now.fingerprint.settings, keys);
  }
  return keys;
}

function compare(
  path: string,
  before: JsonValue | undefined,
  now: JsonValue | undefined,
  into: KeyDifference[],
): void {
  if (before !== undefined && now !== undefined) {
    if (canonicalJson(before) === canonicalJson(now)) return;
    const a = branches(before, now);
    const b = branches(now, before);
    if (a !== undefined && b !== undefined) {
      for (const key of [...new Set([...a.keys(), ...b.keys()])].toSorted()) {
        compare(path === "" ? key : `${path}.${key}`, a.get(key), b.get(key), into);
      }
      return;
    }
  }
  into.push({
    path,
    ...(before !== undefined && { before: JSON.stringify(before) }),
    ...(now !== undefined && { now: JSON.stringify(now) }),
  });
}

/** The members of a value that can be compared one by one with the other's: objects, and lists of one length. */
function branches(value: JsonValue, other: JsonValue): ReadonlyMap<string, JsonValue> | undefined {
  if (value === null || typeof value !== "object" || other === null || typeof other !== "object")
    return undefined;
  const lists = Array.isArray(value) && Array.isArray(other);
  if (lists ? value.length !== other.length : Array.isArray(value) || Array.isArray(other)) return undefined;
  return new Map(
    Object.entries(value).map(([key, inner]) => [PLAIN_KEY.test(key) ? key : JSON.stringify(key), inner]),
  );
}
