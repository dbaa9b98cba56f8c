import { CairnError } from "../../base/mod.ts";
import type { DataType } from "../schema/data-type.ts";
import { simpleString } from "../schema/simple-string.ts";
import type { SparkValue } from "../value/spark-value.ts";

import type { RecordBatch } from "./ipc-reader.ts";

/** How values are read where there is a choice. */
export interface ReadOptions {
  /**
   * What `long` becomes: `bigint`, the default, or `number`, which is refused where the number wouldn't be exact
   * (beyond 2^53).
   */
  readonly longs?: "bigint" | "number" | undefined;
  /**
   * What a struct within a row becomes where two of its fields have one name: `refuse`, the default, or `arrays`: its
   * values in their order. Reading rows as arrays brings the latter along.
   */
  readonly repeatedNames?: "refuse" | "arrays" | undefined;
}

/** Gives the value at an index; null where there is none. */
export type ValueReader = (index: number) => SparkValue;

/** Walks through the vectors of a batch, parents before children. */
export class BatchCursor {
  readonly batch: RecordBatch;
  readonly options: ReadOptions;
  #node = 0;
  #buffer = 0;

  constructor(batch: RecordBatch, options: ReadOptions) {
    this.batch = batch;
    this.options = options;
  }

  /** Length and count of nulls of the next vector. */
  node(): readonly [number, number] {
    const node = this.batch.nodes[this.#node];
    this.#node += 1;
    return node ?? missing();
  }

  buffer(): Uint8Array {
    const buffer = this.batch.buffers[this.#buffer];
    this.#buffer += 1;
    return buffer ?? missing();
  }
}

/** Where variable-length values begin, by their index. */
export function offsets(buffer: Uint8Array, large: boolean): (index: number) => number {
  if (large) {
    const values = viewLong(buffer);
    return (index) => Number(values[index] ?? 0n);
  }
  const values = view32(buffer);
  return (index) => values[index] ?? 0;
}

/** The 32-bit numbers of a buffer. */
export function view32(buffer: Uint8Array): Int32Array {
  return new Int32Array(buffer.buffer, buffer.byteOffset, buffer.byteLength >> 2);
}

/** The 64-bit integers of a buffer. */
export function viewLong(buffer: Uint8Array): BigInt64Array {
  return new BigInt64Array(buffer.buffer, buffer.byteOffset, buffer.byteLength >> 3);
}

/** What to throw for a type that has no values here. */
export function unsupported(type: DataType): CairnError {
  return new CairnError(
    `Cannot read values of the type ${simpleString(type)} from Spark: this client has none`,
    {
      code: "SPARK_TYPE_UNSUPPORTED",
      kind: "config",
      hint: "Cast the column in the query, to string for example.",
    },
  );
}

function missing(): never {
  throw new CairnError(
    "Cannot read the Arrow data from Spark: a batch has fewer buffers than its schema says",
    {
      code: "SPARK_ARROW_INVALID",
      kind: "world",
    },
  );
}
