import { arrowMessages } from "../arrow/ipc-reader.ts";
import { arrowArrays, arrowRows, arrowSchema } from "../arrow/batch-rows.ts";
import type { ReadOptions } from "../arrow/batch-cursor.ts";
import type { ExecuteOptions, PlanRunner } from "../plan-runner.ts";
import type { Field } from "../schema/data-type.ts";
import { Schema } from "../schema/schema.ts";
import { fieldsFromMessage } from "../schema/type-message.ts";
import type { Row, SparkValue } from "../value/spark-value.ts";
import { freeBytes } from "../wire/free-bytes.ts";
import { joinBytes } from "../wire/join-bytes.ts";
import type { RelationInit } from "./plan.ts";

const END_OF_STREAM = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** How rows are read: the execution's options, and where values have a choice. */
export interface RowOptions extends ExecuteOptions, ReadOptions {}

/** A whole result as Arrow: an IPC stream, for any Arrow library and for DuckDB. */
export class ArrowTable {
  readonly rows: number;
  /** Spark's schema, which knows more than Arrow's. */
  readonly schema: Schema;
  #parts: readonly Uint8Array[];

  /** `parts` are the stream's messages without its end. */
  constructor(parts: readonly Uint8Array[], rows: number, schema: Schema) {
    this.#parts = [...parts, END_OF_STREAM];
    this.rows = rows;
    this.schema = schema;
  }

  /**
   * The stream in its messages, as they came: the schema, each record batch, the end. Nothing is copied for it, and Arrow
   * libraries take it as it is (`tableFromIPC(table.parts)`).
   */
  get parts(): readonly Uint8Array[] {
    return this.#parts;
  }

  /**
   * The stream as one: one schema, all record batches, and the end. It is put together when it is first asked for, which
   * takes the table's memory once more until the pieces are collected.
   */
  get data(): Uint8Array {
    const [first, ...others] = this.#parts;
    if (first !== undefined && others.length === 0) return first;
    const data = joinBytes(this.#parts);
    this.#parts = [data];
    return data;
  }
}

/** A batch of a result, as the server sent it. */
export interface ArrowBatch {
  /** An Arrow IPC stream of its own. */
  readonly data: Uint8Array;
  readonly rows: number;
  /** Spark's schema; undefined where the server doesn't say it. */
  readonly fields: readonly Field[] | undefined;
}

/** Runs a relation and gives its batches as they come. */
export async function* batchesOf(
  runner: PlanRunner,
  relation: RelationInit,
  options: ExecuteOptions,
): AsyncGenerator<ArrowBatch> {
  let fields: readonly Field[] | undefined;
  for await (const part of runner.execute({ opType: { case: "root", value: relation } }, options)) {
    if (part.kind === "schema") fields = fieldsFromMessage(part.schema);
    if (part.kind === "batch") yield { data: part.data, rows: part.rows, fields };
  }
}

/** Runs a relation and gives its rows as objects, one batch in memory at a time. */
export async function* rowsOf(
  runner: PlanRunner,
  relation: RelationInit,
  options: RowOptions,
): AsyncGenerator<Row, undefined> {
  for await (const { data, fields } of batchesOf(runner, relation, options)) {
    for (const rows of arrowRows(data, fields, options)) {
      // A third less work than `yield*`, which makes one promise more for each row.
      for (const row of rows) yield row;
    }
    freeBytes(data);
  }
  return undefined;
}

/** Runs a relation and gives all rows as objects. */
export async function allRows(
  runner: PlanRunner,
  relation: RelationInit,
  options: RowOptions,
): Promise<Row[]> {
  const all: Row[][] = [];
  for await (const { data, fields } of batchesOf(runner, relation, options)) {
    for (const rows of arrowRows(data, fields, options)) all.push(rows);
    freeBytes(data);
  }
  return all.flat();
}

/** Runs a relation and gives all rows as arrays, in the order of the columns. */
export async function allArrays(
  runner: PlanRunner,
  relation: RelationInit,
  options: RowOptions,
): Promise<SparkValue[][]> {
  const all: SparkValue[][][] = [];
  for await (const { data, fields } of batchesOf(runner, relation, options)) {
    for (const rows of arrowArrays(data, fields, options)) all.push(rows);
  }
  return all.flat();
}

/** Runs a relation and gives its batches as one stream: nothing is decoded, and no byte copied. */
export async function arrowTable(
  runner: PlanRunner,
  relation: RelationInit,
  options: ExecuteOptions,
): Promise<ArrowTable> {
  const parts: Uint8Array[] = [];
  let rows = 0;
  let schema: Schema | undefined;
  for await (const batch of batchesOf(runner, relation, options)) {
    schema ??= batch.fields ? new Schema(batch.fields) : arrowSchema(batch.data);
    const first = parts.length === 0;
    for (const { kind, start, end } of arrowMessages(batch.data)) {
      if (kind === "batch" || first) parts.push(batch.data.subarray(start, end));
    }
    rows += batch.rows;
  }
  return new ArrowTable(parts, rows, schema ?? new Schema([]));
}
