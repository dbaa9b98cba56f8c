import type { JsonObject, JsonValue } from "../../base/mod.ts";
import { type FieldType, typeText } from "./field-type.ts";

/** Least and greatest whole number of each type; those of 64 bits are as wide as JSON's numbers are exact. */
const WHOLE: ReadonlyMap<string, readonly [least: number, greatest: number]> = new Map([
  ["byte", [-128, 127]],
  ["short", [-32_768, 32_767]],
  ["int", [-2_147_483_648, 2_147_483_647]],
  ["long", [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]],
  ["hugeint", [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]],
  ["utinyint", [0, 255]],
  ["usmallint", [0, 65_535]],
  ["uinteger", [0, 4_294_967_295]],
  ["ubigint", [0, Number.MAX_SAFE_INTEGER]],
  ["uhugeint", [0, Number.MAX_SAFE_INTEGER]],
]);

const DATE = /^\d{4}-\d{2}-\d{2}$/u;
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/u;
const TIME = /^\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/u;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;
const DECIMAL = /^[+-]?(\d+)(?:\.(\d+))?$/u;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/iu;

/** What a value is, without the value itself: it may be a secret, and this goes into messages. */
function wordFor(value: JsonValue): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "string") return "a text";
  if (typeof value === "boolean") return "true or false";
  return Number.isInteger(value) ? "a whole number" : "a fraction";
}

function isDate(text: string): boolean {
  if (!DATE.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

function isTimestamp(text: string, zoned: boolean): boolean {
  const found = TIMESTAMP.exec(text);
  return found !== null && isDate(found[1] ?? "") && (zoned || found[2] === undefined);
}

/** What texts of a type look like; absent: texts can't say it. */
const TEXTS: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ["string", () => true],
  ["date", isDate],
  ["timestamp", (text: string) => isTimestamp(text, true)],
  ["timestamp_ntz", (text: string) => isTimestamp(text, false)],
  ["time", (text: string) => TIME.test(text)],
  ["binary", (text: string) => BASE64.test(text)],
  ["uuid", (text: string) => UUID.test(text)],
  ["interval", () => true],
]);

function scalarProblem(name: string, value: JsonValue): string | undefined {
  if (name === "json" || name === "variant") return undefined;
  const range = WHOLE.get(name);
  if (range !== undefined) {
    if (!Number.isInteger(value)) return wordFor(value);
    const [least, greatest] = range;
    return Number(value) >= least && Number(value) <= greatest
      ? undefined
      : "a whole number out of its range";
  }
  if (name === "boolean") return typeof value === "boolean" ? undefined : wordFor(value);
  if (name === "float" || name === "double") return typeof value === "number" ? undefined : wordFor(value);
  if (typeof value !== "string") return wordFor(value);
  const looks = TEXTS.get(name);
  return looks?.(value) === true ? undefined : `a text that is no ${name}`;
}

/** JSON has no decimals, so a text may stand for one: `"12.30"`. */
function decimalProblem(
  size: readonly [precision: number, scale: number] | undefined,
  value: JsonValue,
): string | undefined {
  if (typeof value !== "number" && typeof value !== "string") return wordFor(value);
  const found = DECIMAL.exec(String(value));
  if (found === null)
    return typeof value === "number" ? "a number with an exponent" : "a text that is no number";
  if (size === undefined) return undefined;
  const [precision, scale] = size;
  const [, whole = "", fraction = ""] = found;
  const before = whole.replace(/^0+/u, "").length;
  const after = fraction.replace(/0+$/u, "").length;
  if (after > scale) return `a number with ${after} decimal places`;
  return before > precision - scale ? `a number with ${before} digits before its point` : undefined;
}

function first<T>(items: Iterable<T>, problem: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = problem(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function structProblem(
  fields: ReadonlyMap<string, FieldType> | undefined,
  value: JsonObject,
): string | undefined {
  return first(fields ?? [], ([name, type]) => {
    const part = Object.hasOwn(value, name) ? value[name] : undefined;
    if (part === undefined) return `an object without ${JSON.stringify(name)}`;
    const found = valueProblem(type, part);
    return found === undefined ? undefined : `an object whose ${JSON.stringify(name)} is ${found}`;
  });
}

/**
 * What a JSON value is that does not fit a type, in words and without the value; undefined where it fits. Null fits
 * here: whether it may be is not a matter of the type.
 */
export function valueProblem(type: FieldType, value: JsonValue): string | undefined {
  if (value === null) return undefined;
  if (type.kind === "scalar") return scalarProblem(type.name, value);
  if (type.kind === "decimal") return decimalProblem(type.size, value);
  if (type.kind === "array") {
    if (!Array.isArray(value)) return wordFor(value);
    const { item } = type;
    if (item === undefined) return undefined;
    const found = first(value as readonly JsonValue[], (each) => valueProblem(item, each));
    return found === undefined ? undefined : `a list in which ${found} is no ${typeText(item)}`;
  }
  if (typeof value !== "object" || Array.isArray(value)) return wordFor(value);
  if (type.kind === "struct") return structProblem(type.fields, value as JsonObject);
  // The keys of a JSON object are texts, whatever they were before.
  const { value: item } = type;
  if (item === undefined) return undefined;
  const found = first(Object.values(value as JsonObject), (each) => valueProblem(item, each));
  return found === undefined ? undefined : `an object in which ${found} is no ${typeText(item)}`;
}
