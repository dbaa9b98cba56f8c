import { numericItems } from "./concatenate.ts";
import { findingAt } from "./finding-at.ts";
import { isNumber } from "./lexer.ts";
import type { HoconNode, HoconObject } from "./node.ts";
import { type Reading, read } from "./reading.ts";
import { parseBytes, parseDuration, parsePeriod, type UnitProblem } from "./units.ts";

/** What each kind of value is called in messages. */
const KIND_NAMES: Readonly<Record<HoconNode["kind"], string>> = {
  object: "an object",
  array: "a list",
  string: "a string",
  number: "a number",
  boolean: "a boolean",
  null: "null",
};

/** The longest text that a message repeats, in characters. */
const MAX_SHOWN = 40;

function shown(node: HoconNode): string {
  switch (node.kind) {
    case "string": {
      const text = node.value.length > MAX_SHOWN ? `${node.value.slice(0, MAX_SHOWN)}…` : node.value;
      return `the string ${JSON.stringify(text)}`;
    }
    case "number":
      return `the number ${node.text}`;
    case "boolean":
      return String(node.value);
    default:
      return KIND_NAMES[node.kind];
  }
}

function wrongType(
  node: HoconNode,
  expected: string,
  hint?: string,
): { readonly ok: false; readonly finding: ReturnType<typeof findingAt> } {
  const message = `expected ${expected}, found ${shown(node)}`;
  return { ok: false, finding: findingAt(node, { code: "CONFIG_WRONG_TYPE", message, hint }) };
}

function badUnit(
  node: HoconNode,
  { message, hint }: UnitProblem,
): { readonly ok: false; readonly finding: ReturnType<typeof findingAt> } {
  return { ok: false, finding: findingAt(node, { code: "CONFIG_BAD_VALUE", message, hint }) };
}

/** The node as a string; numbers and booleans give their text as written. */
export function readString(node: HoconNode): Reading<string> {
  if (node.kind === "string") return read(node.value);
  if (node.kind === "number") return read(node.text);
  if (node.kind === "boolean") return read(String(node.value));
  return wrongType(node, "a string");
}

/** The node as a number; a string counts if it is written as a number. */
export function readNumber(node: HoconNode): Reading<number> {
  if (node.kind === "number") return read(node.value);
  if (node.kind === "string") {
    const text = node.value.trim();
    if (isNumber(text) || /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return read(Number(text));
  }
  return wrongType(node, "a number");
}

const MAX_INT = 2_147_483_647;

/** The node as a whole number of 32 bits; a fraction is cut off, as the reference does. */
export function readInteger(node: HoconNode): Reading<number> {
  const number = readNumber(node);
  if (!number.ok) return wrongType(node, "a whole number");
  const whole = Math.trunc(number.value) + 0;
  if (whole > MAX_INT || whole < -MAX_INT - 1)
    return wrongType(node, `a whole number from ${-MAX_INT - 1} to ${MAX_INT}`);
  return read(whole);
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["yes", true],
  ["on", true],
  ["false", false],
  ["no", false],
  ["off", false],
]);

/** The node as a boolean: `true`, `yes`, `on`, `false`, `no`, `off`, in lower case. */
export function readBoolean(node: HoconNode): Reading<boolean> {
  if (node.kind === "boolean") return read(node.value);
  const value = node.kind === "string" ? BOOLEANS.get(node.value) : undefined;
  return value === undefined
    ? wrongType(node, "true or false", "yes, no, on and off count as well, all in lower case.")
    : read(value);
}

/** The node as a list; an object with whole numbers as keys counts, in the order of the numbers. */
export function readList(node: HoconNode): Reading<readonly HoconNode[]> {
  if (node.kind === "array") return read(node.items);
  const items =
    node.kind === "object"
      ? numericItems([...node.fields].map(([key, { value }]) => [key, value] as const))
      : undefined;
  return items ? read(items) : wrongType(node, "a list");
}

/** The node as an object. */
export function readObject(node: HoconNode): Reading<HoconObject> {
  return node.kind === "object" ? read(node) : wrongType(node, "an object");
}

/** A length of time. */
export interface Duration {
  /** Whole and fractional milliseconds. */
  readonly ms: number;
  /** Exact, at most what 64 bits hold (292 years). */
  readonly nanos: bigint;
}

/** The node as a duration: a number (milliseconds), or a text such as `10s`, `5 minutes`, `1.5h`. May be negative. */
export function readDuration(node: HoconNode): Reading<Duration> {
  const text = readString(node);
  if (!text.ok) return wrongType(node, "a duration");
  const nanos = parseDuration(text.value);
  return typeof nanos === "bigint" ? read({ ms: Number(nanos) / 1e6, nanos }) : badUnit(node, nanos);
}

/** A stretch of the calendar. */
export interface Period {
  readonly years: number;
  readonly months: number;
  readonly days: number;
}

/** The node as a period: a number (days), or a text such as `2 weeks`, `3 months`, `1y`. */
export function readPeriod(node: HoconNode): Reading<Period> {
  const text = readString(node);
  if (!text.ok) return wrongType(node, "a period");
  const period = parsePeriod(text.value);
  if ("message" in period) return badUnit(node, period);
  const { count, unit } = period;
  return read({
    years: unit === "y" ? count : 0,
    months: unit === "m" ? count : 0,
    days: unit === "d" ? count : unit === "w" ? 7 * count : 0,
  });
}

/** The node as a size in bytes: a number, or a text such as `512MiB`, `10 kB`, `1.5GB`. Never negative. */
export function readBytes(node: HoconNode): Reading<bigint> {
  const text = readString(node);
  if (!text.ok) return wrongType(node, "a size in bytes");
  const bytes = parseBytes(text.value);
  return typeof bytes === "bigint" ? read(bytes) : badUnit(node, bytes);
}
