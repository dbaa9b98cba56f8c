import type { MessageInitShape } from "@bufbuild/protobuf";

import { CairnError } from "../../base/mod.ts";
import type {
  DataType as TypeMessage,
  DataType_StructField as FieldMessage,
  DataType_UDT as UserTypeMessage,
  DataTypeSchema,
} from "../gen/spark/connect/types_pb.ts";

import { type DataType, DAY_TIME_PARTS, type Field, YEAR_MONTH_PARTS } from "./data-type.ts";
import { parseType } from "./parse-ddl.ts";
import { STORED_USER_TYPES } from "./stored-user-types.ts";

/** What a message of the protocol's `DataType` is made from. */
export type TypeInit = MessageInitShape<typeof DataTypeSchema>;

const DEFAULT_COLLATION = "UTF8_BINARY";
const DEFAULT_PRECISION = 10;
const DEFAULT_TIME_PRECISION = 6;
const DEFAULT_NANOS_PRECISION = 9;
/** Says that each value has its own. */
const ANY_SRID = -1;

/** The type that a message of the protocol says. */
export function typeFromMessage(message: TypeMessage): DataType {
  const { kind } = message;
  switch (kind.case) {
    case "null":
    case "boolean":
    case "byte":
    case "short":
    case "integer":
    case "long":
    case "float":
    case "double":
    case "binary":
    case "date":
    case "timestamp":
    case "variant":
      return { type: kind.case };
    case "timestampNtz":
      return { type: "timestamp_ntz" };
    case "calendarInterval":
      return { type: "interval" };
    case "decimal":
      return {
        type: "decimal",
        precision: kind.value.precision ?? DEFAULT_PRECISION,
        scale: kind.value.scale ?? 0,
      };
    case "string":
      return kind.value.collation === "" || kind.value.collation === DEFAULT_COLLATION
        ? { type: "string" }
        : { type: "string", collation: kind.value.collation };
    case "char":
      return { type: "char", length: kind.value.length };
    case "varChar":
      return { type: "varchar", length: kind.value.length };
    default:
      return timeOrSpatialFromMessage(kind);
  }
}

function timeOrSpatialFromMessage(kind: TypeMessage["kind"]): DataType {
  switch (kind.case) {
    case "time":
      return { type: "time", precision: kind.value.precision ?? DEFAULT_TIME_PRECISION };
    case "timestampNtzNanos":
      return { type: "timestamp_ntz nanos", precision: kind.value.precision ?? DEFAULT_NANOS_PRECISION };
    case "timestampLtzNanos":
      return { type: "timestamp_ltz nanos", precision: kind.value.precision ?? DEFAULT_NANOS_PRECISION };
    case "geometry":
    case "geography":
      return { type: kind.case, srid: kind.value.srid === ANY_SRID ? "any" : kind.value.srid };
    default:
      return nestedFromMessage(kind);
  }
}

function nestedFromMessage(kind: TypeMessage["kind"]): DataType {
  switch (kind.case) {
    case "yearMonthInterval":
      return {
        type: "year-month interval",
        start: YEAR_MONTH_PARTS[kind.value.startField ?? 0] ?? "year",
        end: YEAR_MONTH_PARTS[kind.value.endField ?? 1] ?? "month",
      };
    case "dayTimeInterval":
      return {
        type: "day-time interval",
        start: DAY_TIME_PARTS[kind.value.startField ?? 0] ?? "day",
        end: DAY_TIME_PARTS[kind.value.endField ?? 3] ?? "second",
      };
    case "array":
      return {
        type: "array",
        element: partFromMessage(kind.value.elementType),
        containsNull: kind.value.containsNull,
      };
    case "map":
      return {
        type: "map",
        key: partFromMessage(kind.value.keyType),
        value: partFromMessage(kind.value.valueType),
        valueContainsNull: kind.value.valueContainsNull,
      };
    case "struct":
      return { type: "struct", fields: kind.value.fields.map(fieldFromMessage) };
    case "unparsed":
      return parseType(kind.value.dataTypeString);
    case "udt":
      return userTypeFromMessage(kind.value);
    default:
      return { type: "unsupported", name: kind.case ?? "a type of a newer server" };
  }
}

function userTypeFromMessage(message: UserTypeMessage): DataType {
  const { jvmClass, pythonClass, serializedPythonClass } = message;
  const sqlType = message.sqlType ? typeFromMessage(message.sqlType) : STORED_USER_TYPES.get(jvmClass ?? "");
  if (!sqlType) return { type: "unsupported", name: jvmClass ?? pythonClass ?? "udt" };
  return {
    type: "udt",
    sqlType,
    ...(jvmClass === undefined ? {} : { jvmClass }),
    ...(pythonClass === undefined ? {} : { pythonClass }),
    ...(serializedPythonClass === undefined ? {} : { serializedPythonClass }),
  };
}

/** The columns that a message of the protocol says; a type that is no struct is the one column `value`. */
export function fieldsFromMessage(message: TypeMessage): readonly Field[] {
  const type = typeFromMessage(message);
  return type.type === "struct" ? type.fields : [{ name: "value", type, nullable: true }];
}

function partFromMessage(message: TypeMessage | undefined): DataType {
  return message ? typeFromMessage(message) : { type: "null" };
}

function fieldFromMessage(message: FieldMessage): Field {
  const { name, dataType, nullable, metadata } = message;
  const told = metadata !== undefined && metadata !== "" && metadata !== "{}";
  return { name, type: partFromMessage(dataType), nullable, ...(told ? { metadata } : {}) };
}

/**
 * The message of the protocol for a type; the other way of {@link typeFromMessage}.
 *
 * @throws CairnError `SPARK_TYPE_UNSUPPORTED` for a type that this client can't name.
 */
export function typeToMessage(type: DataType): TypeInit {
  switch (type.type) {
    case "timestamp_ntz":
      return { kind: { case: "timestampNtz", value: {} } };
    case "interval":
      return { kind: { case: "calendarInterval", value: {} } };
    case "decimal":
      return { kind: { case: "decimal", value: { precision: type.precision, scale: type.scale } } };
    case "string":
      return { kind: { case: "string", value: { collation: type.collation ?? DEFAULT_COLLATION } } };
    case "char":
      return { kind: { case: "char", value: { length: type.length } } };
    case "varchar":
      return { kind: { case: "varChar", value: { length: type.length } } };
    case "time":
      return { kind: { case: "time", value: { precision: type.precision } } };
    case "timestamp_ntz nanos":
      return { kind: { case: "timestampNtzNanos", value: { precision: type.precision } } };
    case "timestamp_ltz nanos":
      return { kind: { case: "timestampLtzNanos", value: { precision: type.precision } } };
    case "geometry":
    case "geography":
      return { kind: { case: type.type, value: { srid: type.srid === "any" ? ANY_SRID : type.srid } } };
    case "year-month interval":
    case "day-time interval":
    case "array":
    case "map":
    case "struct":
    case "udt":
    case "unsupported":
      return nestedToMessage(type);
    default:
      return { kind: { case: type.type, value: {} } };
  }
}

function nestedToMessage(type: DataType): TypeInit {
  switch (type.type) {
    case "year-month interval": {
      const startField = YEAR_MONTH_PARTS.indexOf(type.start);
      return {
        kind: {
          case: "yearMonthInterval",
          value: { startField, endField: YEAR_MONTH_PARTS.indexOf(type.end) },
        },
      };
    }
    case "day-time interval": {
      const startField = DAY_TIME_PARTS.indexOf(type.start);
      return {
        kind: { case: "dayTimeInterval", value: { startField, endField: DAY_TIME_PARTS.indexOf(type.end) } },
      };
    }
    case "array":
      return {
        kind: {
          case: "array",
          value: { elementType: typeToMessage(type.element), containsNull: type.containsNull },
        },
      };
    case "map": {
      const { valueContainsNull } = type;
      const [keyType, valueType] = [typeToMessage(type.key), typeToMessage(type.value)];
      return { kind: { case: "map", value: { keyType, valueType, valueContainsNull } } };
    }
    case "struct":
      return { kind: { case: "struct", value: { fields: type.fields.map(fieldToMessage) } } };
    case "udt": {
      const { type: name, sqlType, ...classes } = type;
      return { kind: { case: "udt", value: { type: name, sqlType: typeToMessage(sqlType), ...classes } } };
    }
    default:
      throw new CairnError(
        `Cannot send a value to Spark: its type ${type.type === "unsupported" ? type.name : type.type} has no form in this client`,
        {
          code: "SPARK_TYPE_UNSUPPORTED",
          kind: "config",
          hint: "Cast the column in SQL to a type that has one.",
        },
      );
  }
}

function fieldToMessage(field: Field): {
  name: string;
  dataType: TypeInit;
  nullable: boolean;
  metadata?: string;
} {
  const { name, nullable, metadata } = field;
  return {
    name,
    dataType: typeToMessage(field.type),
    nullable,
    ...(metadata === undefined ? {} : { metadata }),
  };
}
