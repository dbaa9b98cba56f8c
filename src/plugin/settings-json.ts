import { type JsonValue, sha256 } from "../base/mod.ts";

/** Deeper values are cut, so that one that holds itself ends too. */
const MAX_DEPTH = 200;

function entriesJson(entries: Iterable<readonly [string, unknown]>, depth: number): JsonValue {
  const result = Object.create(null) as Record<string, JsonValue>;
  for (const [key, value] of entries) {
    if (value !== undefined) result[key] = spell(value, depth + 1);
  }
  return result;
}

function mapJson(map: ReadonlyMap<unknown, unknown>, depth: number): JsonValue {
  const entries = [...map];
  if (entries.every((entry): entry is [string, unknown] => typeof entry[0] === "string")) {
    return entriesJson(entries, depth);
  }
  return entries.map(([key, value]) => [spell(key, depth + 1), spell(value, depth + 1)]);
}

function spellObject(value: object, depth: number): JsonValue {
  if (depth > MAX_DEPTH) return "[deeper]";
  if (Array.isArray(value)) return value.map((item) => spell(item, depth + 1));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[invalid date]" : value.toISOString();
  if (value instanceof Map) return mapJson(value, depth);
  if (value instanceof Set) return [...value].map((item) => spell(item, depth + 1));
  if (value instanceof RegExp || value instanceof URL) return String(value);
  if (value instanceof Error) return `[${value.name}: ${value.message}]`;
  if (value instanceof Uint8Array) return `[${value.length} bytes, SHA-256 ${sha256(value)}]`;
  return entriesJson(Object.entries(value), depth);
}

function spell(value: unknown, depth: number): JsonValue {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "object") return spellObject(value, depth);
  if (typeof value === "function") return value.name === "" ? "[function]" : `[function ${value.name}]`;
  return typeof value === "symbol" || typeof value === "bigint" ? String(value) : `[${typeof value}]`;
}

/**
 * A parsed configuration as JSON, for the fingerprint and for showing. What JSON can't say is spelled as text:
 * dates in ISO 8601, bigints and NaN as their digits, patterns and URLs as they are written, bytes by length
 * and SHA-256, functions by name (their code counts as code). Maps with text keys become objects, others lists
 * of pairs, sets lists; keys whose value is undefined are left out, as if they were not given. Equal
 * configurations give equal JSON, and the order of keys does not matter once it is written canonically.
 */
export function settingsJson(value: unknown): JsonValue {
  return spell(value, 0);
}
