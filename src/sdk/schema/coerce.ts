import type { SchemaParts } from "./schema-parts.ts";

/** A number as Java's parsers read it. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const WHOLE = /^[+-]?\d+$/;
const ISO_DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}|$)/;

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["yes", true],
  ["on", true],
  ["false", false],
  ["no", false],
  ["off", false],
]);

function toText(input: unknown, numberText: string | undefined): unknown {
  if (typeof input === "number") return numberText ?? String(input);
  return typeof input === "boolean" ? String(input) : input;
}

function toBigint(input: unknown, numberText: string | undefined): unknown {
  if (typeof input === "number") {
    const text = numberText ?? String(input);
    return WHOLE.test(text) ? BigInt(text) : input;
  }
  return typeof input === "string" && WHOLE.test(input) ? BigInt(input) : input;
}

function toDate(input: unknown): unknown {
  if (typeof input !== "string" || !ISO_DATE.test(input)) return input;
  const date = new Date(input);
  return Number.isNaN(date.getTime()) ? input : date;
}

/** The one of the allowed values that the input says, in its type: `12` for `"12"`. */
function toOneOf(input: unknown, allowed: readonly unknown[], numberText: string | undefined): unknown {
  if (allowed.includes(input)) return input;
  const text = toText(input, numberText);
  if (typeof text !== "string") return input;
  const same = (value: unknown): boolean =>
    typeof value === "boolean"
      ? BOOLEANS.get(text) === value
      : typeof value !== "symbol" && String(value) === text;
  return allowed.find(same) ?? input;
}

/**
 * A scalar as the schema's kind reads it, after the rules of the reference's getters: a text that is a number
 * for a number, `yes` and `on` for a boolean, a number as written for a text. Anything else stays as it is,
 * for the schema to judge.
 */
export function coerceScalar(schema: SchemaParts, input: unknown, numberText: string | undefined): unknown {
  switch (schema.type) {
    case "string":
      return toText(input, numberText);
    case "number":
      return typeof input === "string" && NUMBER.test(input.trim()) ? Number(input) : input;
    case "boolean":
      return typeof input === "string" ? (BOOLEANS.get(input) ?? input) : input;
    case "bigint":
      return toBigint(input, numberText);
    case "date":
      return toDate(input);
    case "literal":
      return toOneOf(input, [schema.literal], numberText);
    case "picklist":
    case "enum":
      return toOneOf(input, schema.options ?? [], numberText);
    default:
      return input;
  }
}
