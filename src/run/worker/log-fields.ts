import type { JsonValue } from "../../base/mod.ts";

/** Longest JSON text of the fields of one log line, in UTF-16 code units. */
const MAX_FIELDS = 64 * 1024;

/** The fields of a log line as JSON; what JSON can't say becomes text. Never throws: logging must not fail a component. */
export function logFields(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, JsonValue>> {
  const result: Record<string, JsonValue> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (value !== undefined) result[key] = fieldValue(value);
  }
  return result;
}

function fieldValue(value: unknown): JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (typeof value === "function") return `[function ${value.name}]`;
  if (typeof value === "bigint" || typeof value === "number" || typeof value === "symbol")
    return String(value);
  if (typeof value !== "object") return null;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  try {
    const text = JSON.stringify(value, (_key, inner: unknown) =>
      typeof inner === "bigint" ? String(inner) : inner,
    ) as string | undefined;
    if (text === undefined) return null;
    return text.length <= MAX_FIELDS ? (JSON.parse(text) as JsonValue) : `${text.slice(0, MAX_FIELDS)}…`;
  } catch (thrown) {
    // Cycles and getters that throw: the line is worth more than the field.
    return `[${thrown instanceof Error ? thrown.name : "unreadable"}]`;
  }
}
