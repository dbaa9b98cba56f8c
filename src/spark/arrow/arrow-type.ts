import { DAY_TIME_PARTS, type DataType, type Field } from "../schema/data-type.ts";

import { ARROW_INTERVAL, ARROW_UNIT, type ArrowField } from "./arrow-field.ts";

const TIME_PRECISION = 6;
const NANOS_PRECISION = 9;
/** Where Spark notes the digits of times and of timestamps in nanoseconds, in the field's metadata. */
export const TIME_PRECISION_KEY = "SPARK::time::precision";
export const NANOS_PRECISION_KEY = "SPARK::timestampNanos::precision";
/** Marks timestamps in nanoseconds that are a struct, with all years of Spark: `ntz` or `ltz`. */
export const NANOS_STRUCT_KEY = "SPARK::timestampNanos::struct";
/** Says that each value has its own. */
export const ANY_SRID: number = -1;
const INTEGERS: Readonly<Record<number, DataType>> = {
  8: { type: "byte" },
  16: { type: "short" },
  32: { type: "integer" },
  64: { type: "long" },
};

/** Spark's type for a field of Arrow: what Spark takes it for when it reads the field. */
export function typeOfArrow(field: ArrowField): DataType {
  switch (field.type) {
    case "null":
      return { type: "null" };
    case "bool":
      return { type: "boolean" };
    case "int":
      return (field.signed ? INTEGERS[field.bits] : undefined) ?? unknown(field);
    case "float":
      return { type: field.bits === 64 ? "double" : "float" };
    case "decimal":
      return { type: "decimal", precision: field.precision, scale: field.scale };
    case "utf8":
    case "largeUtf8":
      return { type: "string" };
    case "binary":
    case "largeBinary":
      return { type: "binary" };
    case "date":
      return { type: "date" };
    case "time":
      return { type: "time", precision: Number(field.metadata.get(TIME_PRECISION_KEY) ?? TIME_PRECISION) };
    case "timestamp":
      return timestampOf(field);
    case "duration":
      return { type: "day-time interval", start: "day", end: DAY_TIME_PARTS[3] };
    case "interval":
      return field.unit === ARROW_INTERVAL.yearMonth
        ? { type: "year-month interval", start: "year", end: "month" }
        : { type: "interval" };
    default:
      return nested(field);
  }
}

function timestampOf(field: ArrowField): DataType {
  if (field.unit !== ARROW_UNIT.nano)
    return { type: field.zone === undefined ? "timestamp_ntz" : "timestamp" };
  const precision = nanosPrecision(field.metadata);
  return { type: field.zone === undefined ? "timestamp_ntz nanos" : "timestamp_ltz nanos", precision };
}

function nanosPrecision(metadata: ReadonlyMap<string, string>): number {
  return Number(metadata.get(NANOS_PRECISION_KEY) ?? NANOS_PRECISION);
}

/** Types that Spark sends as a struct are marked in the metadata of one of its fields. */
function structOf(field: ArrowField): DataType {
  for (const { metadata } of field.children) {
    if (metadata.get("variant") === "true") return { type: "variant" };
    const zone = metadata.get(NANOS_STRUCT_KEY);
    if (zone === "ntz" || zone === "ltz") {
      return { type: `timestamp_${zone} nanos`, precision: nanosPrecision(metadata) };
    }
    const type = (["geometry", "geography"] as const).find((name) => metadata.get(name) === "true");
    const srid = Number(metadata.get("srid"));
    if (type !== undefined) return { type, srid: srid === ANY_SRID ? "any" : srid };
  }
  return { type: "struct", fields: field.children.map(fieldOf) };
}

function nested(field: ArrowField): DataType {
  const [first] = field.children;
  if (field.type === "struct") return structOf(field);
  if (field.type === "map") {
    const [key, value] = first?.children ?? [];
    if (!key || !value) return unknown(field);
    return {
      type: "map",
      key: typeOfArrow(key),
      value: typeOfArrow(value),
      valueContainsNull: value.nullable,
    };
  }
  return first
    ? { type: "array", element: typeOfArrow(first), containsNull: first.nullable }
    : unknown(field);
}

function fieldOf(field: ArrowField): Field {
  return { name: field.name, type: typeOfArrow(field), nullable: field.nullable };
}

function unknown(field: ArrowField): DataType {
  return { type: "unsupported", name: `Arrow's ${field.type}${field.bits > 0 ? field.bits : ""}` };
}
