/** Names of types that mean the same on the two engines, by the one that is compared. */
const SAME: ReadonlyMap<string, string> = new Map([
  ["varchar", "string"],
  ["text", "string"],
  ["char", "string"],
  ["integer", "int"],
  ["int4", "int"],
  ["int8", "bigint"],
  ["long", "bigint"],
  ["short", "smallint"],
  ["int2", "smallint"],
  ["byte", "tinyint"],
  ["int1", "tinyint"],
  ["bool", "boolean"],
  ["float4", "float"],
  ["real", "float"],
  ["float8", "double"],
  ["blob", "binary"],
  ["bytea", "binary"],
  ["timestampwithtimezone", "timestamp_ltz"],
  ["timestamptz", "timestamp_ltz"],
]);

/** A type's name without what only one engine writes: `BIGINT` and `long` are `bigint`, `NUMERIC(10, 2)` is `decimal(10,2)`. */
function plainType(type: string): string {
  const text = type.toLowerCase().replaceAll(/\s+/g, "");
  const same = SAME.get(text);
  if (same !== undefined) return same;
  return text.replace(/^numeric\b/, "decimal").replace(/^varchar\(\d+\)$/, "string");
}

/** What an engine means by `timestamp`. */
const TIMESTAMP = { duckdb: "timestamp_ntz", spark: "timestamp_ltz" } as const;

/** Whether a column has the type that is expected of it; `timestamp` is one with or without a zone, `any` is all. */
export function isType(actual: string, expected: string, engine: keyof typeof TIMESTAMP): boolean {
  const want = plainType(expected);
  const plain = plainType(actual);
  const have = plain === "timestamp" ? TIMESTAMP[engine] : plain;
  if (want === "any" || have === want) return true;
  if (want === "timestamp") return have.startsWith("timestamp_");
  return want === "decimal" && have.startsWith("decimal(");
}
