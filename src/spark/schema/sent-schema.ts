import type { JsonValue } from "../../base/mod.ts";

import { type DataType, storedType } from "./data-type.ts";
import { Schema } from "./schema.ts";

/** A schema for sources to read by: as SQL, or as JSON where SQL doesn't say everything (user-defined types, comments). */
export function schemaText(schema: Schema): string {
  const [ddl, json] = [schema.toDdl(), JSON.stringify(schema)];
  return JSON.stringify(Schema.parse(ddl)) === json ? ddl : json;
}

/**
 * A schema as it stands beside rows that are sent: JSON. Where Spark can't read that, it complains of wrong SQL; so types
 * that Spark may refuse by their numbers, the spatial ones, go as SQL if that says everything.
 */
export function sentSchema(schema: Schema): string {
  return hasShapes(schema.type()) ? schemaText(schema) : JSON.stringify(schema);
}

/** The schema that such a text says. */
export function readSentSchema(text: string): Schema {
  return text.startsWith("{") ? Schema.fromJson(JSON.parse(text) as JsonValue) : Schema.parse(text);
}

function hasShapes(given: DataType): boolean {
  const type = storedType(given);
  switch (type.type) {
    case "geometry":
    case "geography":
      return true;
    case "array":
      return hasShapes(type.element);
    case "map":
      return hasShapes(type.key) || hasShapes(type.value);
    case "struct":
      return type.fields.some((field) => hasShapes(field.type));
    default:
      return false;
  }
}
