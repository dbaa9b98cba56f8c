import { CairnError, type JsonValue } from "../../base/mod.ts";

import type { DataType, Field, UserDefinedType } from "./data-type.ts";
import { parseType } from "./parse-ddl.ts";
import { simpleString } from "./simple-string.ts";
import { spatialName, spatialType } from "./spatial-name.ts";

const COLLATIONS_KEY = "__COLLATIONS";
/** The names that the JSON form spells in its own way. */
const JSON_NAMES: Readonly<Record<string, string>> = {
  null: "void",
  byte: "byte",
  short: "short",
  integer: "integer",
  long: "long",
};
const TYPE_NAMES: Readonly<Record<string, DataType>> = {
  byte: { type: "byte" },
  short: { type: "short" },
  integer: { type: "integer" },
  long: { type: "long" },
  void: { type: "null" },
  null: { type: "null" },
};

/** A type in the JSON form that Spark keeps in Parquet footers and Delta logs, and PySpark's `jsonValue()` gives. */
export function typeToJson(type: DataType): JsonValue {
  switch (type.type) {
    case "array":
      return {
        type: "array",
        elementType: typeToJson(type.element),
        containsNull: type.containsNull,
      };
    case "map":
      return {
        type: "map",
        keyType: typeToJson(type.key),
        valueType: typeToJson(type.value),
        valueContainsNull: type.valueContainsNull,
      };
    case "struct":
      return { type: "struct", fields: type.fields.map(fieldToJson) };
    case "string":
      return "string";
    case "geometry":
    case "geography":
      return spatialName(type);
    case "udt":
      return userTypeToJson(type);
    default:
      return JSON_NAMES[type.type] ?? simpleString(type);
  }
}

function userTypeToJson(type: UserDefinedType): JsonValue {
  const { jvmClass, pythonClass, serializedPythonClass, sqlType } = type;
  return {
    type: "udt",
    ...(jvmClass === undefined ? {} : { class: jvmClass }),
    ...(pythonClass === undefined ? {} : { pyClass: pythonClass }),
    ...(serializedPythonClass === undefined ? {} : { serializedClass: serializedPythonClass }),
    sqlType: typeToJson(sqlType),
  };
}

function fieldToJson(field: Field): JsonValue {
  const metadata = field.metadata === undefined ? {} : objectOf(JSON.parse(field.metadata) as JsonValue);
  const collations = collationsOf(field.type, field.name);
  const told = Object.keys(collations).length > 0 ? { [COLLATIONS_KEY]: collations } : {};
  return {
    name: field.name,
    type: typeToJson(field.type),
    nullable: field.nullable,
    metadata: { ...metadata, ...told },
  };
}

/** Collations stand in the metadata of the nearest field, by the path of the string in it. */
function collationsOf(type: DataType, path: string): Record<string, string> {
  if (type.type === "string") {
    if (type.collation === undefined) return {};
    return { [path]: `${type.collation.startsWith("UTF8_") ? "spark" : "icu"}.${type.collation}` };
  }
  if (type.type === "array") return collationsOf(type.element, `${path}.element`);
  if (type.type !== "map") return {};
  return { ...collationsOf(type.key, `${path}.key`), ...collationsOf(type.value, `${path}.value`) };
}

/**
 * The type that its JSON form says; the other way of {@link typeToJson}.
 *
 * @throws CairnError `SPARK_SCHEMA_INVALID` for text that is no such form.
 */
export function typeFromJson(json: JsonValue): DataType {
  if (typeof json === "string") return TYPE_NAMES[json] ?? spatialType(json) ?? parseType(json);
  const { type, elementType, keyType, valueType, fields, containsNull, valueContainsNull } = objectOf(json);
  if (type === "array" && elementType !== undefined) {
    return { type: "array", element: typeFromJson(elementType), containsNull: containsNull !== false };
  }
  if (type === "map" && keyType !== undefined && valueType !== undefined) {
    return {
      type: "map",
      key: typeFromJson(keyType),
      value: typeFromJson(valueType),
      valueContainsNull: valueContainsNull !== false,
    };
  }
  if (type === "struct" && Array.isArray(fields))
    return { type: "struct", fields: fields.map(fieldFromJson) };
  if (type === "udt") return userTypeFromJson(objectOf(json));
  throw notAType(json);
}

function userTypeFromJson(json: Record<string, JsonValue>): DataType {
  const { class: jvmClass, pyClass, serializedClass, sqlType } = json;
  if (sqlType === undefined) throw notAType(json);
  return {
    type: "udt",
    sqlType: typeFromJson(sqlType),
    ...(typeof jvmClass === "string" ? { jvmClass } : {}),
    ...(typeof pyClass === "string" ? { pythonClass: pyClass } : {}),
    ...(typeof serializedClass === "string" ? { serializedPythonClass: serializedClass } : {}),
  };
}

function fieldFromJson(json: JsonValue): Field {
  const { name, type, nullable, metadata } = objectOf(json);
  if (typeof name !== "string" || type === undefined) throw notAType(json);
  const { [COLLATIONS_KEY]: collations, ...others } = metadata === undefined ? {} : objectOf(metadata);
  const told = collations === undefined ? {} : objectOf(collations);
  return {
    name,
    type: collated(typeFromJson(type), name, told),
    nullable: nullable !== false,
    ...(Object.keys(others).length > 0 ? { metadata: JSON.stringify(others) } : {}),
  };
}

function collated(type: DataType, path: string, told: Record<string, JsonValue>): DataType {
  if (type.type === "array") return { ...type, element: collated(type.element, `${path}.element`, told) };
  if (type.type === "map") {
    return {
      ...type,
      key: collated(type.key, `${path}.key`, told),
      value: collated(type.value, `${path}.value`, told),
    };
  }
  const collation = told[path];
  if (type.type !== "string" || typeof collation !== "string") return type;
  return { type: "string", collation: collation.replace(/^[a-z]+\./, "") };
}

function objectOf(json: JsonValue): Record<string, JsonValue> {
  if (json === null || typeof json !== "object" || Array.isArray(json)) throw notAType(json);
  return json as Record<string, JsonValue>;
}

function notAType(json: JsonValue): CairnError {
  return new CairnError(`Cannot read a Spark schema from JSON: ${JSON.stringify(json)} is no type`, {
    code: "SPARK_SCHEMA_INVALID",
    kind: "config",
    hint: "Give what schema().json() or PySpark's df.schema.json() prints.",
  });
}
