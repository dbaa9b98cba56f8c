import type { DataType, Field } from "../schema/data-type.ts";

import { ARROW_INTERVAL, ARROW_TYPE, ARROW_UNIT, type ArrowTypeName } from "./arrow-field.ts";
import { unsupported } from "./batch-cursor.ts";
import type { FlatField, FlatFields } from "./flat-writer.ts";

const FLOAT_SINGLE = 1;
const FLOAT_DOUBLE = 2;
const DECIMAL_BITS = 128;
const TIME_BITS = 64;

/** The metadata of an Arrow schema with those columns. */
export function schemaTable(fields: readonly Field[], zone: string): FlatFields {
  return [undefined, { kind: "tables", value: fields.map((field) => fieldTable(field, zone)) }];
}

function fieldTable(field: Field, zone: string, metadata?: FlatField): FlatFields {
  const [name, facts] = arrowTypeOf(field.type, zone);
  return [
    { kind: "text", value: field.name },
    { kind: "byte", value: field.nullable ? 1 : 0 },
    { kind: "byte", value: ARROW_TYPE[name] },
    { kind: "table", value: facts },
    undefined,
    { kind: "tables", value: childrenOf(field.type, zone) },
    metadata,
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
      return type.fields.map((field) => fieldTable(field, zone));
    case "variant":
      return [
        fieldTable({ name: "value", type: { type: "binary" }, nullable: false }, zone),
        fieldTable({ name: "metadata", type: { type: "binary" }, nullable: false }, zone, VARIANT_MARK),
      ];
    default:
      return [];
  }
}

/** How Spark marks a variant among structs. */
const VARIANT_MARK: FlatField = {
  kind: "tables",
  value: [
    [
      { kind: "text", value: "variant" },
      { kind: "text", value: "true" },
    ],
  ],
};

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
