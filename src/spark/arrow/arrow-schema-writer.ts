import { type DataType, type Field, storedType } from "../schema/data-type.ts";

import { ARROW_INTERVAL, ARROW_TYPE, ARROW_UNIT, type ArrowTypeName } from "./arrow-field.ts";
import { ANY_SRID, NANOS_PRECISION_KEY, NANOS_STRUCT_KEY, TIME_PRECISION_KEY } from "./arrow-type.ts";
import { unsupported } from "./batch-cursor.ts";
import type { FlatField, FlatFields } from "./flat-writer.ts";
import { hasDuplicates } from "./object-maker.ts";

const FLOAT_SINGLE = 1;
const FLOAT_DOUBLE = 2;
const DECIMAL_BITS = 128;
const TIME_BITS = 64;

/** The metadata of an Arrow schema with those columns. */
export function schemaTable(fields: readonly Field[], zone: string): FlatFields {
  return [undefined, { kind: "tables", value: fieldTables(fields, zone) }];
}

/**
 * Spark takes fields of one name in Arrow for one field, so they get names of their own; it goes by their order, and has
 * the names from the schema that stands beside the data.
 */
function fieldTables(fields: readonly Field[], zone: string): FlatFields[] {
  const repeated = hasDuplicates(fields.map(({ name }) => name));
  return fields.map((field, index) =>
    fieldTable(repeated ? { ...field, name: `${index} ${field.name}` } : field, zone),
  );
}

function fieldTable({ type: given, ...field }: Field, zone: string, mark?: FlatField): FlatFields {
  const type = storedType(given);
  const [name, facts] = arrowTypeOf(type, zone);
  return [
    { kind: "text", value: field.name },
    { kind: "byte", value: field.nullable ? 1 : 0 },
    { kind: "byte", value: ARROW_TYPE[name] },
    { kind: "table", value: facts },
    undefined,
    { kind: "tables", value: childrenOf(type, zone) },
    mark ?? markOf(type),
  ];
}

function childrenOf(type: DataType, zone: string): FlatFields[] {
  switch (type.type) {
    case "array":
      return [fieldTable({ name: "element", type: type.element, nullable: type.containsNull }, zone)];
    case "map": {
      const key: Field = { name: "key", type: type.key, nullable: false };
      const value: Field = { name: "value", type: type.value, nullable: type.valueContainsNull };
      return [
        fieldTable(
          { name: "entries", type: { type: "struct", fields: [key, value] }, nullable: false },
          zone,
        ),
      ];
    }
    case "struct":
      return fieldTables(type.fields, zone);
    case "variant":
      return [
        fieldTable({ name: "value", type: { type: "binary" }, nullable: false }, zone),
        fieldTable(
          { name: "metadata", type: { type: "binary" }, nullable: false },
          zone,
          notes([["variant", "true"]]),
        ),
      ];
    case "timestamp_ltz nanos":
    case "timestamp_ntz nanos": {
      const mark = notes([
        [NANOS_STRUCT_KEY, type.type === "timestamp_ntz nanos" ? "ntz" : "ltz"],
        [NANOS_PRECISION_KEY, String(type.precision)],
      ]);
      return [
        fieldTable({ name: "epochMicros", type: { type: "long" }, nullable: false }, zone, mark),
        fieldTable({ name: "nanosWithinMicro", type: { type: "short" }, nullable: false }, zone),
      ];
    }
    case "geometry":
    case "geography": {
      const srid = String(type.srid === "any" ? ANY_SRID : type.srid);
      const mark = notes([
        [type.type, "true"],
        ["srid", srid],
      ]);
      return [
        fieldTable({ name: "srid", type: { type: "integer" }, nullable: false }, zone),
        fieldTable({ name: "wkb", type: { type: "binary" }, nullable: false }, zone, mark),
      ];
    }
    default:
      return [];
  }
}

/** What Spark has to know of a field's type besides Arrow's. */
function markOf(type: DataType): FlatField {
  return type.type === "time" ? notes([[TIME_PRECISION_KEY, String(type.precision)]]) : undefined;
}

/** A field's metadata. */
function notes(pairs: readonly (readonly [string, string])[]): FlatField {
  return {
    kind: "tables",
    value: pairs.map(([key, value]) => [
      { kind: "text", value: key },
      { kind: "text", value },
    ]),
  };
}

const INTEGER_BITS = { byte: 8, short: 16, integer: 32, long: 64 } as const;

function arrowTypeOf(type: DataType, zone: string): [ArrowTypeName, FlatFields] {
  switch (type.type) {
    case "null":
      return ["null", []];
    case "boolean":
      return ["bool", []];
    case "byte":
    case "short":
    case "integer":
    case "long":
      return ["int", [int(INTEGER_BITS[type.type]), { kind: "byte", value: 1 }]];
    case "float":
      return ["float", [short(FLOAT_SINGLE)]];
    case "double":
      return ["float", [short(FLOAT_DOUBLE)]];
    case "decimal":
      return ["decimal", [int(type.precision), int(type.scale), int(DECIMAL_BITS)]];
    case "string":
    case "char":
    case "varchar":
      return ["utf8", []];
    case "binary":
      return ["binary", []];
    default:
      return timeOrNested(type, zone);
  }
}

function timeOrNested(type: DataType, zone: string): [ArrowTypeName, FlatFields] {
  switch (type.type) {
    case "date":
      return ["date", [short(0)]];
    case "timestamp":
      return ["timestamp", [short(ARROW_UNIT.micro), { kind: "text", value: zone }]];
    case "timestamp_ntz":
      return ["timestamp", [short(ARROW_UNIT.micro)]];
    case "time":
      return ["time", [short(ARROW_UNIT.nano), int(TIME_BITS)]];
    case "year-month interval":
      return ["interval", [short(ARROW_INTERVAL.yearMonth)]];
    case "day-time interval":
      return ["duration", [short(ARROW_UNIT.micro)]];
    case "interval":
      return ["interval", [short(ARROW_INTERVAL.monthDayNano)]];
    case "array":
      return ["list", []];
    case "map":
      return ["map", [{ kind: "byte", value: 0 }]];
    case "struct":
    case "variant":
    case "timestamp_ltz nanos":
    case "timestamp_ntz nanos":
    case "geometry":
    case "geography":
      return ["struct", []];
    default:
      throw unsupported(type);
  }
}

function int(value: number): FlatField {
  return { kind: "int", value };
}

function short(value: number): FlatField {
  return { kind: "short", value };
}
