import { placeText } from "../base/mod.ts";
import { MAX_LIST_ITEMS, MAX_STRING_LENGTH } from "./limits.ts";
import { withFallback } from "./merge.ts";
import type { Problems } from "./problems.ts";
import { makeSpan, placeOf, type Span } from "./source-text.ts";
import {
  Concatenation,
  Failed,
  isResolved,
  ListValue,
  type ObjectValue,
  type Scalar,
  scalar,
  type Value,
} from "./value.ts";

const KIND_NAMES: Readonly<Record<Value["tag"], string>> = {
  scalar: "a text",
  object: "an object",
  list: "a list",
  reference: "a substitution",
  concatenation: "a concatenation",
  delayed: "a merge",
  failed: "an error",
};

function nameOf(value: Value): string {
  if (value.tag !== "scalar") return KIND_NAMES[value.tag];
  const shown = value.text.length > 30 ? `${value.text.slice(0, 30)}…` : value.text;
  return value.kind === "string"
    ? `the string ${JSON.stringify(shown)}`
    : value.kind === "null"
      ? "null"
      : `the ${value.kind} ${shown}`;
}

/** Java's `int` range for the keys of an object that stands for a list. */
const MAX_INDEX = 2_147_483_647;

/** The values of an object whose keys are whole numbers, in the order of the numbers; undefined where there is no such key. */
export function numericItems<T>(entries: Iterable<readonly [string, T]>): T[] | undefined {
  const indexed = new Map<number, T>();
  for (const [key, value] of entries) {
    if (!/^[+]?\d+$/.test(key)) continue;
    const index = Number(key);
    if (index <= MAX_INDEX) indexed.set(index, value);
  }
  if (indexed.size === 0) return undefined;
  return [...indexed].toSorted(([a], [b]) => a - b).map(([, value]) => value);
}

/** An object with numeric keys as a list, other values as they are. */
function listFromObject(value: ObjectValue): ObjectValue | ListValue {
  const items = numericItems([...value.entries()].map(([key, entry]) => [key, entry.content] as const));
  if (!items) return value;
  return new ListValue(value, items, items.filter((item) => !isResolved(item)).length, value.trail);
}

/** From the start of one span to the end of another of the same text, otherwise the first. */
function spanning(a: Span, b: Span): Span {
  return a.source === b.source && b.end > a.start ? makeSpan(a.source, a.start, b.end) : a;
}

/** True where a value is written inside a span, not brought there by a substitution. */
function isInside(value: Value, at: Span): boolean {
  return value.source === at.source && value.start >= at.start && value.end <= at.end;
}

function joinTexts(left: Scalar, right: Scalar, at: Span, problems: Problems): Value {
  if (left.text.length + right.text.length > MAX_STRING_LENGTH) {
    problems.add(at, {
      code: "HOCON_STRING_TOO_LONG",
      message: `this concatenation makes a string of more than ${MAX_STRING_LENGTH} characters`,
      hint: "Strings that double at each substitution grow without bound; shorten the chain.",
    });
    return new Failed(at);
  }
  const span = isInside(left, at) && isInside(right, at) ? spanning(left, right) : at;
  return scalar("string", left.text + right.text, true, span, left.trail ?? right.trail);
}

function joinLists(left: ListValue, right: ListValue, at: Span, problems: Problems): Value {
  if (left.contents.length + right.contents.length > MAX_LIST_ITEMS) {
    problems.add(at, {
      code: "HOCON_LIST_TOO_LONG",
      message: `this concatenation makes a list of more than ${MAX_LIST_ITEMS} items`,
      hint: "Lists that double at each substitution grow without bound; shorten the chain.",
    });
    return new Failed(at);
  }
  const items = [...left.contents, ...right.contents];
  return new ListValue(at, items, left.open + right.open, left.trail ?? right.trail);
}

/** A value with its place, where that is not inside the concatenation. */
function placedName(value: Value, at: Span): string {
  return isInside(value, at) ? nameOf(value) : `${nameOf(value)} (${placeText(placeOf(value))})`;
}

function cannotJoin(left: Value, right: Value, at: Span, problems: Problems): Value {
  const text = left.tag === "scalar" && left.kind === "string" ? left : right;
  const onlySpace = text.tag === "scalar" && text.text.trim() === "";
  problems.add(at, {
    code: "HOCON_CANNOT_CONCATENATE",
    message: `cannot concatenate ${placedName(left, at)} and ${placedName(right, at)}`,
    hint: onlySpace
      ? "The white space between two substitutions is text; a list or object beside it cannot be joined. Write the two without it, or give the first a value."
      : "Strings join with strings, lists with lists, objects with objects. Is a comma, a newline or a quote missing?",
  });
  return new Failed(at);
}

/** Tells that a text written without quotes is swallowed by the list or object before it. */
function warnSwallowed(left: Value, right: Scalar, problems: Problems): void {
  if (right.text.trim() === "") return;
  problems.add(right, {
    code: "HOCON_SWALLOWED_TEXT",
    severity: "warning",
    message: `the text ${JSON.stringify(right.text)} after ${nameOf(left)} is dropped`,
    hint: "HOCON ignores unquoted text here. Is a comma or a newline missing before it?",
  });
}

/** Joins two neighbours; undefined where that has to wait for a substitution. */
function join(origLeft: Value, origRight: Value, at: Span, problems: Problems): Value | undefined {
  let left = origLeft;
  let right = origRight;
  if (left.tag === "failed") return left;
  if (right.tag === "failed") return right;
  if (left.tag === "object" && right.tag === "list") left = listFromObject(left);
  else if (left.tag === "list" && right.tag === "object") right = listFromObject(right);

  if (left.tag === "object" && right.tag === "object") return withFallback(right, left);
  if (left.tag === "list" && right.tag === "list") return joinLists(left, right, at, problems);
  if (
    (left.tag === "list" || left.tag === "object") &&
    right.tag === "scalar" &&
    right.kind === "string" &&
    !right.quoted
  ) {
    warnSwallowed(left, right, problems);
    return left;
  }
  if (waits(left) || waits(right)) return undefined;
  if (left.tag === "scalar" && right.tag === "scalar") return joinTexts(left, right, at, problems);
  return cannotJoin(left, right, at, problems);
}

function waits(value: Value): boolean {
  return value.tag === "reference" || value.tag === "concatenation" || value.tag === "delayed";
}

/** Joins neighbours as far as that is possible now. `at` is where an error is reported. */
export function consolidate(pieces: readonly Value[], at: Span, problems: Problems): Value[] {
  const joined: Value[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    const both = last && join(last, piece, at, problems);
    if (both) joined[joined.length - 1] = both;
    else joined.push(piece);
  }
  return joined;
}

/** A concatenation as one value: joined now, or to be joined when its substitutions are known. */
export function concatenate(pieces: readonly Value[], at: Span, problems: Problems): Value {
  const joined = consolidate(pieces, at, problems);
  const only = joined[0];
  return joined.length === 1 && only ? only : new Concatenation(at, joined);
}
