import { CairnError } from "../../base/mod.ts";
import type { DataType, Field } from "../schema/data-type.ts";
import { simpleString } from "../schema/simple-string.ts";
import { CalendarInterval } from "../value/calendar-interval.ts";
import { Decimal } from "../value/decimal.ts";
import { Geography } from "../value/geography.ts";
import { Geometry } from "../value/geometry.ts";
import type { RowInput, SparkInput } from "../value/spark-value.ts";
import { Variant } from "../value/variant.ts";

import { isRecord, shown } from "./checked-values.ts";

/** The type that all decimals get, as PySpark chooses it; others need a schema. */
const DECIMAL: DataType = { type: "decimal", precision: 38, scale: 18 };
const TIME_PRECISION = 6;

/**
 * The columns of rows that come without a schema, in the order in which their names appear first. A number is a
 * `double` and a bigint a `long`, whatever their values: the type of a column never hangs on the data.
 *
 * @throws CairnError `SPARK_SCHEMA_INVALID` where a column's values have different types.
 */
export function inferFields(rows: readonly RowInput[]): readonly Field[] {
  const types = new Map<string, DataType>();
  for (const row of rows) {
    if (Array.isArray(row)) throw invalid("0", "rows that are arrays have no names");
    addTypes(types, row as Readonly<Record<string, SparkInput>>, "");
  }
  return fieldsOf(types);
}

function addTypes(
  types: Map<string, DataType>,
  row: Readonly<Record<string, SparkInput>>,
  where: string,
): void {
  for (const [name, value] of Object.entries(row)) {
    const path = `${where}${name}`;
    types.set(name, merged(types.get(name), typeOf(value, path), path));
  }
}

function fieldsOf(types: ReadonlyMap<string, DataType>): readonly Field[] {
  return Array.from(types, ([name, type]) => ({ name, type, nullable: true }));
}

/** The type of one value; `where` names it in messages. @throws CairnError `SPARK_SCHEMA_INVALID` where it has none. */
function typeOf(value: SparkInput, where: string): DataType {
  if (value === null || value === undefined) return { type: "null" };
  switch (typeof value) {
    case "boolean":
      return { type: "boolean" };
    case "number":
      return { type: "double" };
    case "bigint":
      return { type: "long" };
    case "string":
      return { type: "string" };
    default:
      return typeOfObject(value, where);
  }
}

function typeOfObject(value: object, where: string): DataType {
  if (value instanceof Uint8Array) return { type: "binary" };
  if (value instanceof Decimal) return DECIMAL;
  if (value instanceof Temporal.PlainDate) return { type: "date" };
  if (value instanceof Temporal.Instant || value instanceof Temporal.ZonedDateTime)
    return { type: "timestamp" };
  if (value instanceof Date) return { type: "timestamp" };
  if (value instanceof Temporal.PlainDateTime) return { type: "timestamp_ntz" };
  if (value instanceof Temporal.PlainTime) return { type: "time", precision: TIME_PRECISION };
  if (value instanceof Temporal.Duration) return durationType(value);
  if (value instanceof CalendarInterval) return { type: "interval" };
  if (value instanceof Variant) return { type: "variant" };
  if (value instanceof Geometry) return { type: "geometry", srid: value.srid };
  if (value instanceof Geography) return { type: "geography", srid: value.srid };
  if (Array.isArray(value)) {
    return { type: "array", element: typeOfAll(value as SparkInput[], `${where}[]`), containsNull: true };
  }
  if (value instanceof Map) {
    const map = value as ReadonlyMap<SparkInput, SparkInput>;
    const key = typeOfAll([...map.keys()], `${where}.key`);
    return {
      type: "map",
      key,
      value: typeOfAll([...map.values()], `${where}.value`),
      valueContainsNull: true,
    };
  }
  if (!isRecord(value)) throw invalid(where, `${shown(value)} has no type of Spark`);
  const types = new Map<string, DataType>();
  addTypes(types, value, `${where}.`);
  return { type: "struct", fields: fieldsOf(types) };
}

/** Years and months are one type, all else another; 0 is of the second. */
function durationType(duration: Temporal.Duration): DataType {
  return duration.years !== 0 || duration.months !== 0
    ? { type: "year-month interval", start: "year", end: "month" }
    : { type: "day-time interval", start: "day", end: "second" };
}

function typeOfAll(values: readonly SparkInput[], where: string): DataType {
  return values.reduce<DataType>((type, value) => merged(type, typeOf(value, where), where), {
    type: "null",
  });
}

function merged(known: DataType | undefined, found: DataType, where: string): DataType {
  if (known === undefined || known.type === "null") return found;
  if (found.type === "null") return known;
  if (known.type === "array" && found.type === "array") {
    return { ...known, element: merged(known.element, found.element, `${where}[]`) };
  }
  if (known.type === "map" && found.type === "map") {
    const key = merged(known.key, found.key, `${where}.key`);
    return { ...known, key, value: merged(known.value, found.value, `${where}.value`) };
  }
  if (known.type === "struct" && found.type === "struct") {
    const types = new Map(known.fields.map((field) => [field.name, field.type]));
    for (const { name, type } of found.fields) {
      types.set(name, merged(types.get(name), type, `${where}.${name}`));
    }
    return { type: "struct", fields: fieldsOf(types) };
  }
  if (simpleString(known) === simpleString(found)) return known;
  throw invalid(where, `one value is ${simpleString(known)}, another ${simpleString(found)}`);
}

function invalid(where: string, state: string): CairnError {
  return new CairnError(`Cannot tell the type of the column "${where}": ${state}`, {
    code: "SPARK_SCHEMA_INVALID",
    kind: "config",
    hint: 'Give a schema, as SQL writes it: "id bigint NOT NULL, price decimal(10,2)".',
  });
}
