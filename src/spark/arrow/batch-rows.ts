import { CairnError } from "../../base/mod.ts";
import type { DataType, Field } from "../schema/data-type.ts";
import { Schema } from "../schema/schema.ts";
import type { Row, SparkValue } from "../value/spark-value.ts";
import { freeBytes } from "../wire/free-bytes.ts";

import type { ArrowField } from "./arrow-field.ts";
import { typeOfArrow } from "./arrow-type.ts";
import { BatchCursor, type ReadOptions, type ValueReader } from "./batch-cursor.ts";
import { columnReader } from "./column-reader.ts";
import { type ArrowReading, readArrow, type RecordBatch } from "./ipc-reader.ts";
import { type OpenRow, refuseDuplicates, setterFor } from "./object-maker.ts";

/**
 * The rows of an Arrow IPC stream as objects, batch by batch. `fields` is Spark's own schema, which knows more than
 * Arrow's (names, variants); without it Arrow's is taken.
 *
 * @throws CairnError `SPARK_DUPLICATE_COLUMN`, `SPARK_TYPE_UNSUPPORTED`, `SPARK_ARROW_INVALID`, `SPARK_VALUE_INVALID`.
 */
export function* arrowRows(
  bytes: Uint8Array,
  fields: readonly Field[] | undefined,
  options: ReadOptions = {},
): Generator<Row[]> {
  const reading = readArrow(bytes);
  const columns = columnsOf(reading, fields);
  const names = columns.map((column) => column.name);
  refuseDuplicates(names);
  for (const batch of reading.batches) {
    const rows: OpenRow[] = Array.from({ length: batch.rows }, () => ({}));
    for (const [index, read] of readersOf(batch, reading.fields, columns, options).entries()) {
      fill(rows, names[index] ?? "", read);
    }
    freeExpanded(batch);
    yield rows;
  }
}

/** As {@link arrowRows}, with each row as an array in the order of the columns; names may stand twice. */
export function* arrowArrays(
  bytes: Uint8Array,
  fields: readonly Field[] | undefined,
  options: ReadOptions = {},
): Generator<SparkValue[][]> {
  const reading = readArrow(bytes);
  const columns = columnsOf(reading, fields);
  for (const batch of reading.batches) {
    const reads = readersOf(batch, reading.fields, columns, { repeatedNames: "arrays", ...options });
    const rows = Array.from({ length: batch.rows }, (_, row) => reads.map((read) => read(row)));
    freeExpanded(batch);
    yield rows;
  }
}

/** The schema of an Arrow IPC stream, as far as Arrow knows it. */
export function arrowSchema(bytes: Uint8Array): Schema {
  return new Schema(columnsOf(readArrow(bytes), undefined));
}

/** Column by column: one reader at a time stays hot, and the objects all grow the same way. */
function fill(rows: readonly OpenRow[], name: string, read: ValueReader): void {
  const set = setterFor(name);
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index];
    if (row) set(row, name, read(index));
  }
}

/** What was compressed has been expanded for this batch alone, and its values have bytes of their own. */
function freeExpanded(batch: RecordBatch): void {
  for (const buffer of batch.expanded) freeBytes(buffer);
}

function readersOf(
  batch: RecordBatch,
  fields: readonly ArrowField[],
  columns: readonly Field[],
  options: ReadOptions,
): ValueReader[] {
  const cursor = new BatchCursor(batch, options);
  return fields.map((field, index) => {
    const type: DataType = columns[index]?.type ?? { type: "null" };
    return columnReader(cursor, field, type);
  });
}

function columnsOf(reading: ArrowReading, fields: readonly Field[] | undefined): readonly Field[] {
  if (!fields) {
    return reading.fields.map((field) => ({
      name: field.name,
      type: typeOfArrow(field),
      nullable: field.nullable,
    }));
  }
  if (fields.length === reading.fields.length) return fields;
  throw new CairnError(
    `Cannot read the Arrow data from Spark: it has ${reading.fields.length} columns, Spark's schema says ${fields.length}`,
    { code: "SPARK_ARROW_INVALID", kind: "world" },
  );
}
