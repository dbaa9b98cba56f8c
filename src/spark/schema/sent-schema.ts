import type { JsonValue } from "../../base/mod.ts";

import { type DataType, storedType } from "./data-type.ts";
import { Schema } from "./schema.ts";

/**
 * A schema as it stands beside rows that are sent. Spark takes JSON and SQL there. JSON says everything, but where Spark
 * can't read it the problem that Spark names is wrong SQL; so types that Spark may refuse by their numbers, the spatial
 * ones, go as SQL, where that says everything, too.
 */
export function sentSchema(schema: Schema): string {
  const json = JSON.stringify(schema);
  if (!hasShapes(schema.type())) return json;
  const ddl = schema.toDdl();
  return JSON.stringify(Schema.parse(ddl)) === json ? ddl : json;
}

/** The other way of {@link sentSchema}. */
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
