import { CairnError } from "../../base/mod.ts";
import type { Field } from "../schema/data-type.ts";
import { Schema, schemaFrom } from "../schema/schema.ts";
import type { RowInput } from "../value/spark-value.ts";

import { fieldsOf } from "./checked-values.ts";
import { inferFields } from "./infer-type.ts";
import { refuseDuplicates } from "./object-maker.ts";
import { writeArrow } from "./write-arrow.ts";

/** Rows as Spark takes them. */
export interface ArrowRows {
  readonly schema: Schema;
  /** An Arrow IPC stream of one batch. */
  readonly data: Uint8Array;
}

/**
 * Rows as an Arrow IPC stream. Names that a row doesn't have are null; names that the schema doesn't have are refused.
 * Rows may be arrays, too, with all values in the schema's order.
 *
 * ```ts
 * const { data } = rowsToArrow([{ id: 1n, price: "9.90" }], "id bigint NOT NULL, price decimal(10,2)");
 * ```
 *
 * @param schema the columns; by default told from the values, as {@link inferFields} says
 * @throws CairnError `SPARK_VALUE_INVALID` for a value that its column can't hold exactly, with row and column;
 *   `SPARK_SCHEMA_INVALID`; `SPARK_DUPLICATE_COLUMN`.
 */
export function rowsToArrow(
  rows: readonly RowInput[],
  schema?: Schema | readonly Field[] | string,
): ArrowRows {
  const columns = schema === undefined ? new Schema(inferFields(rows)) : schemaFrom(schema);
  if (columns.fields.length === 0) {
    throw new CairnError("Cannot make a DataFrame: there are neither columns nor rows to tell them from", {
      code: "SPARK_SCHEMA_INVALID",
      kind: "config",
      hint: 'Give a schema, as SQL writes it: "id bigint NOT NULL, price decimal(10,2)".',
    });
  }
  if (!rows.every((row) => Array.isArray(row))) refuseDuplicates(columns.names());
  const type = columns.type();
  const values = columns.fields.map((_, index) => fieldsOf(rows, type, index, "row"));
  return { schema: columns, data: writeArrow(columns.fields, values, rows.length) };
}
