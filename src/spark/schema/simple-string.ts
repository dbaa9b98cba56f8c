import {
  type DataType,
  type DayTimeIntervalType,
  type PlainTypeName,
  storedType,
  type YearMonthIntervalType,
} from "./data-type.ts";

const PLAIN_NAMES: Readonly<Record<PlainTypeName, string>> = {
  null: "void",
  boolean: "boolean",
  byte: "tinyint",
  short: "smallint",
  integer: "int",
  long: "bigint",
  float: "float",
  double: "double",
  binary: "binary",
  date: "date",
  timestamp: "timestamp",
  timestamp_ntz: "timestamp_ntz",
  interval: "interval",
  variant: "variant",
};

/**
 * A type in the words of PySpark's `simpleString()`: `struct<id:bigint,tags:array<string>>`.
 * Names of fields stand as they are; {@link sqlOf} quotes them.
 */
export function simpleString(type: DataType): string {
  switch (type.type) {
    case "decimal":
      return `decimal(${type.precision},${type.scale})`;
    case "string":
      return type.collation === undefined ? "string" : `string collate ${type.collation}`;
    case "char":
    case "varchar":
      return `${type.type}(${type.length})`;
    case "time":
      return `time(${type.precision})`;
    case "timestamp_ltz nanos":
      return `timestamp_ltz(${type.precision})`;
    case "timestamp_ntz nanos":
      return `timestamp_ntz(${type.precision})`;
    case "geometry":
    case "geography":
      return `${type.type}(${type.srid})`;
    case "year-month interval":
    case "day-time interval":
      return intervalName(type);
    case "array":
      return `array<${simpleString(type.element)}>`;
    case "map":
      return `map<${simpleString(type.key)},${simpleString(type.value)}>`;
    case "struct":
      return `struct<${type.fields.map((field) => `${field.name}:${simpleString(field.type)}`).join(",")}>`;
    case "udt":
      return "udt";
    case "unsupported":
      return type.name;
    default:
      return PLAIN_NAMES[type.type];
  }
}

/** `interval year to month`, `interval second`. */
function intervalName(type: YearMonthIntervalType | DayTimeIntervalType): string {
  return type.start === type.end ? `interval ${type.start}` : `interval ${type.start} to ${type.end}`;
}

/**
 * A type as SQL's DDL takes it, names quoted, `NOT NULL` said: what {@link Schema.parse} reads back. SQL has no word for
 * user-defined types: what they are stored as stands for them, as in Spark.
 */
export function sqlOf(type: DataType): string {
  switch (type.type) {
    case "array":
      return `ARRAY<${sqlOf(type.element)}>`;
    case "map":
      return `MAP<${sqlOf(type.key)}, ${sqlOf(type.value)}>`;
    case "struct":
      return `STRUCT<${type.fields
        .map((field) => `${quoteName(field.name)}: ${sqlOf(field.type)}${field.nullable ? "" : " NOT NULL"}`)
        .join(", ")}>`;
    case "udt":
      return sqlOf(storedType(type));
    case "string":
      // A collation is an identifier, and Spark's have small letters in them.
      return type.collation === undefined ? "STRING" : `STRING COLLATE ${type.collation}`;
    default:
      return simpleString(type).toUpperCase();
  }
}

/** A name as an identifier of SQL: `` `order id` ``. */
export function quoteName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}
