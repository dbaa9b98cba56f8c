/** The type of a field, in one spelling, whichever engine named it. */
export type FieldType =
  | { readonly kind: "scalar"; readonly name: string }
  /** Undefined: any precision and scale. */
  | { readonly kind: "decimal"; readonly size: readonly [precision: number, scale: number] | undefined }
  /** Undefined parts: any. */
  | { readonly kind: "array"; readonly item: FieldType | undefined }
  | { readonly kind: "map"; readonly key: FieldType | undefined; readonly value: FieldType | undefined }
  | { readonly kind: "struct"; readonly fields: ReadonlyMap<string, FieldType> | undefined };

/** Other names of scalars, of Spark and DuckDB and of the original; those that stand for themselves are in {@link SCALARS}. */
const ALIASES: Readonly<Record<string, string>> = {
  varchar: "string",
  char: "string",
  bpchar: "string",
  text: "string",
  "character varying": "string",
  bool: "boolean",
  logical: "boolean",
  tinyint: "byte",
  int1: "byte",
  smallint: "short",
  int2: "short",
  integer: "int",
  int4: "int",
  signed: "int",
  bigint: "long",
  int8: "long",
  real: "float",
  float4: "float",
  float8: "double",
  "double precision": "double",
  blob: "binary",
  bytea: "binary",
  varbinary: "binary",
  timestamptz: "timestamp",
  timestamp_ltz: "timestamp",
  datetime: "timestamp",
  "timestamp with time zone": "timestamp",
  "timestamp with local time zone": "timestamp",
  "timestamp without time zone": "timestamp_ntz",
};

/** The scalars that a contract may name; a produced schema may hold others, which are equal to their own name only. */
const SCALARS: readonly string[] = [
  "string",
  "boolean",
  "byte",
  "short",
  "int",
  "long",
  "float",
  "double",
  "date",
  "timestamp",
  "timestamp_ntz",
  "binary",
  // Not of the original; engines give them.
  "time",
  "interval",
  "uuid",
  "json",
  "variant",
  "hugeint",
  "uhugeint",
  "utinyint",
  "usmallint",
  "uinteger",
  "ubigint",
];

/** All names that a contract may use, for hints. */
export const TYPE_NAMES: readonly string[] = [
  ...SCALARS,
  ...Object.keys(ALIASES),
  "decimal",
  "numeric",
  "array",
  "map",
  "struct",
];

/** The one name of a scalar; `known` tells whether a contract may use it. */
export function scalarOf(written: string): { readonly type: FieldType; readonly known: boolean } {
  const name = ALIASES[written] ?? written;
  return { type: { kind: "scalar", name }, known: SCALARS.includes(name) };
}

/** A type as messages and `plugins show` write it. */
export function typeText(type: FieldType): string {
  switch (type.kind) {
    case "scalar":
      return type.name;
    case "decimal":
      return type.size === undefined ? "decimal" : `decimal(${type.size.join(",")})`;
    case "array":
      return type.item === undefined ? "array" : `array<${typeText(type.item)}>`;
    case "map":
      if (type.key === undefined || type.value === undefined) return "map";
      return `map<${typeText(type.key)},${typeText(type.value)}>`;
    case "struct": {
      if (type.fields === undefined) return "struct";
      return `struct<${[...type.fields].map(([name, each]) => `${name}:${typeText(each)}`).join(",")}>`;
    }
  }
}

/** An expected part that is left open takes anything. */
function partFits(expected: FieldType | undefined, found: FieldType | undefined): boolean {
  return expected === undefined || (found !== undefined && typeFits(expected, found));
}

/**
 * Whether what is found is what is expected. Types are equal or they are not: nothing is widened, as an `int`
 * that becomes a `long` is a change that somebody should know of. A struct may have more fields than expected.
 */
export function typeFits(expected: FieldType, found: FieldType): boolean {
  if (expected.kind === "scalar") return found.kind === "scalar" && expected.name === found.name;
  if (expected.kind === "decimal") {
    if (found.kind !== "decimal") return false;
    return expected.size === undefined || expected.size.join() === found.size?.join();
  }
  if (expected.kind === "array") return found.kind === "array" && partFits(expected.item, found.item);
  if (expected.kind === "map") {
    return found.kind === "map" && partFits(expected.key, found.key) && partFits(expected.value, found.value);
  }
  if (found.kind !== "struct") return false;
  return [...(expected.fields ?? [])].every(([name, type]) => partFits(type, found.fields?.get(name)));
}
