import { DelayedMerge, Entry, isResolved, ObjectValue, type Value, withOverride } from "./value.ts";

/*
 * Merging as the reference does it: a value falls back to an earlier definition of the same key.
 * Where substitutions have to be known first, the definitions are stacked and wait.
 */

/** True where nothing below can change the value. */
export function ignoresFallbacks(value: Value): boolean {
  switch (value.tag) {
    case "object":
      return value.closed;
    case "reference":
    case "concatenation":
      return false;
    case "delayed": {
      const last = value.stack.at(-1);
      return last !== undefined && ignoresFallbacks(last);
    }
    default:
      return isResolved(value);
  }
}

function stackOf(value: Value): readonly Value[] {
  return value.tag === "delayed" ? value.stack : [value];
}

function isObjectLike(value: Value): boolean {
  return value.tag === "object" || (value.tag === "delayed" && value.isObject);
}

function delay(winner: Value, below: readonly Value[]): DelayedMerge {
  return new DelayedMerge(winner, [...stackOf(winner), ...below], isObjectLike(winner));
}

/** The value, with an earlier definition below it. */
export function withFallback(winner: Value, below: Value): Value {
  if (ignoresFallbacks(winner)) return winner;
  switch (below.tag) {
    case "reference":
    case "concatenation":
    case "delayed":
      return delay(winner, stackOf(below));
    case "object":
      return winner.tag === "object" ? mergeObjects(winner, below) : delay(winner, [below]);
    default:
      if (!isResolved(winner)) return delay(winner, [below]);
      return winner.tag === "object" ? winner.copy({ closed: true }) : winner;
  }
}

/** The same, and where the earlier definition is hidden whole, the value's way tells it. */
export function overriding(winner: Value, below: Value): Value {
  const kept = withFallback(winner, below);
  if (!isResolved(kept) || kept.tag === "failed") return kept;
  if (kept.tag === "object" && below.tag === "object") return kept;
  return withOverride(kept, below);
}

/** Both objects' entries; the winner's where both have a key. */
export function mergeObjects(winner: ObjectValue, below: ObjectValue): ObjectValue {
  const entries = new Map(below.entries());
  let open = below.open;
  for (const [key, entry] of winner.entries()) {
    const old = entries.get(key);
    if (old) {
      const kept = overriding(entry.content, old.content);
      open += (isResolved(kept) ? 0 : 1) - (isResolved(old.content) ? 0 : 1);
      entries.set(key, new Entry(entry, kept));
    } else {
      open += isResolved(entry.content) ? 0 : 1;
      entries.set(key, entry);
    }
  }
  return new ObjectValue(winner, { entries, open, closed: below.closed, trail: winner.trail });
}

/** The merge of a stack of definitions, the first of which wins. */
export function mergeStack(stack: readonly Value[]): Value | undefined {
  const first = stack[0];
  if (!first) return undefined;
  let merged: Value = first;
  for (let i = 1; i < stack.length; i++) {
    if (ignoresFallbacks(merged)) return merged;
    const value = stack[i];
    if (!value) continue;
    if (merged.tag !== "object" && !isResolved(merged)) return stackFrom(merged, stack, i);
    merged = withFallback(merged, value);
  }
  return merged;
}

/** The rest of a stack below an unresolved value: kept whole up to the first that ignores what is below it. */
function stackFrom(merged: Value, stack: readonly Value[], from: number): Value {
  let end = from;
  while (end < stack.length) {
    const value = stack[end];
    end += 1;
    if (value && ignoresFallbacks(value)) break;
  }
  return new DelayedMerge(merged, [...stackOf(merged), ...stack.slice(from, end)], isObjectLike(merged));
}
