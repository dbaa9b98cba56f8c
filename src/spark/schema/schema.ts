import type { JsonValue } from "../../base/mod.ts";

import type { Field, StructType } from "./data-type.ts";
import { parseFields } from "./parse-ddl.ts";
import { quoteName, simpleString, sqlOf } from "./simple-string.ts";
import { treeText } from "./tree-text.ts";
import { typeFromJson, typeToJson } from "./type-json.ts";

/**
 * The columns of a DataFrame, in order.
 *
 * ```ts
 * const schema = Schema.parse("id bigint NOT NULL, price decimal(10,2)");
 * schema.names(); // ["id", "price"]
 * schema.simpleString(); // "struct<id:bigint,price:decimal(10,2)>"
 * ```
 */
export class Schema {
  readonly fields: readonly Field[];

  constructor(fields: readonly Field[]) {
    this.fields = fields;
  }

  /**
   * Reads SQL's form: `id bigint NOT NULL, tags array<string>`.
   *
   * @throws CairnError `SPARK_SCHEMA_INVALID`, with the place in the text.
   */
  static parse(ddl: string): Schema {
    return new Schema(parseFields(ddl));
  }

  /**
   * Reads the JSON form (PySpark's `schema.json()`, Parquet footers).
   *
   * @throws CairnError `SPARK_SCHEMA_INVALID`.
   */
  static fromJson(json: JsonValue): Schema {
    const type = typeFromJson(json);
    return new Schema(type.type === "struct" ? type.fields : [{ name: "value", type, nullable: true }]);
  }

  /** The columns' names, which need not be unique. */
  names(): readonly string[] {
    return this.fields.map((field) => field.name);
  }

  /** The first column of that name, as it is spelled. */
  field(name: string): Field | undefined {
    return this.fields.find((field) => field.name === name);
  }

  /** The struct that a row is. */
  type(): StructType {
    return { type: "struct", fields: this.fields };
  }

  /** One line: `struct<id:bigint,price:decimal(10,2)>`. */
  simpleString(): string {
    return simpleString(this.type());
  }

  /** SQL's form: `` `id` BIGINT NOT NULL, `price` DECIMAL(10,2) ``. */
  toDdl(): string {
    return this.fields.map(columnSql).join(", ");
  }

  /** The JSON form, as PySpark's `jsonValue()` gives it. */
  toJSON(): JsonValue {
    return typeToJson(this.type());
  }

  /** A tree of several lines, as PySpark's `printSchema()` prints it. */
  treeString(): string {
    return treeText(this.fields);
  }
}

function columnSql(field: Field): string {
  return `${quoteName(field.name)} ${sqlOf(field.type)}${field.nullable ? "" : " NOT NULL"}`;
}

/** A schema from what callers give: a {@link Schema}, its fields, or SQL's text. */
export function schemaFrom(given: Schema | readonly Field[] | string): Schema {
  if (given instanceof Schema) return given;
  return typeof given === "string" ? Schema.parse(given) : new Schema(given);
}
