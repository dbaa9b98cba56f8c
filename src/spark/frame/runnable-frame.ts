import { createTempView } from "../io/temp-view.ts";
import type { ExecuteOptions } from "../plan-runner.ts";
import type { Row, SparkValue } from "../value/spark-value.ts";
import { call, valueExpression } from "./expression.ts";
import { wholeNumber } from "./plan.ts";
import { PlannedFrame } from "./planned-frame.ts";
import { planned } from "./relations.ts";
import {
  allArrays,
  allRows,
  type ArrowBatch,
  type ArrowTable,
  arrowTable,
  batchesOf,
  type RowOptions,
  rowsOf,
} from "./results.ts";

/** How a DataFrame is shown as text. */
export interface ShowOptions extends ExecuteOptions {
  /** Characters of a cell; 20 by default, 0 for all. */
  readonly truncate?: number | undefined;
  /** One line for each value instead of a table. */
  readonly vertical?: boolean | undefined;
}

const SHOWN_ROWS = 20;
const SHOWN_CHARACTERS = 20;

/**
 * The actions of a DataFrame: each sends the plan to the server and awaits the answer. All take a `signal`, which
 * interrupts the query on the server. All reject with `SparkError` for what Spark refuses.
 */
export abstract class RunnableFrame extends PlannedFrame {
  /**
   * All rows, one batch of the server in memory at a time.
   *
   * ```ts
   * for await (const row of df.rows({ signal: ctx.signal })) console.log(row["id"]);
   * ```
   */
  rows<T = Row>(options: RowOptions = {}): AsyncGenerator<T, undefined> {
    return rowsOf(this.runner, this.relation, options) as AsyncGenerator<T, undefined>;
  }

  /** All rows in memory. */
  async collect<T = Row>(options: RowOptions = {}): Promise<T[]> {
    return (await allRows(this.runner, this.relation, options)) as T[];
  }

  /** All rows as arrays in the order of the columns; two columns may have one name here. */
  collectArrays(options: RowOptions = {}): Promise<SparkValue[][]> {
    return allArrays(this.runner, this.relation, options);
  }

  /** The whole result as one Arrow IPC stream, without decoding: for Arrow libraries and DuckDB. */
  toArrow(options: ExecuteOptions = {}): Promise<ArrowTable> {
    return arrowTable(this.runner, this.relation, options);
  }

  /** The result's batches, each an Arrow IPC stream of its own, as the server sends them. */
  arrowBatches(options: ExecuteOptions = {}): AsyncGenerator<ArrowBatch> {
    return batchesOf(this.runner, this.relation, options);
  }

  /** How many rows there are. */
  async count(options: ExecuteOptions = {}): Promise<number> {
    const relation = planned(this.runner, {
      case: "aggregate",
      value: {
        input: this.relation,
        groupType: 1,
        aggregateExpressions: [call("count", [valueExpression(1)])],
      },
    });
    const [row] = await allArrays(this.runner, relation, options);
    return Number(row?.[0] ?? 0);
  }

  /** Whether there is no row; computes one at most. */
  async isEmpty(options: ExecuteOptions = {}): Promise<boolean> {
    const none = planned(this.runner, { case: "project", value: { input: this.relation } });
    const relation = planned(this.runner, { case: "limit", value: { input: none, limit: 1 } });
    for await (const batch of batchesOf(this.runner, relation, options)) if (batch.rows > 0) return false;
    return true;
  }

  /** The first `count` rows. */
  async take<T = Row>(count: number, options: RowOptions = {}): Promise<T[]> {
    const limit = wholeNumber(count, "the number of rows to take");
    const relation = planned(this.runner, { case: "limit", value: { input: this.relation, limit } });
    return (await allRows(this.runner, relation, options)) as T[];
  }

  /** The first `count` rows; as {@link RunnableFrame.take}, 1 by default. */
  head<T = Row>(count: number = 1, options: RowOptions = {}): Promise<T[]> {
    return this.take<T>(count, options);
  }

  /** The last `count` rows. */
  async tail<T = Row>(count: number, options: RowOptions = {}): Promise<T[]> {
    const limit = wholeNumber(count, "the number of rows to take");
    const relation = planned(this.runner, { case: "tail", value: { input: this.relation, limit } });
    return (await allRows(this.runner, relation, options)) as T[];
  }

  /** The first row; undefined where there is none. */
  async first<T = Row>(options: RowOptions = {}): Promise<T | undefined> {
    return (await this.take<T>(1, options))[0];
  }

  /** The first rows as the table that PySpark's `show()` prints. */
  async showString(rows: number = SHOWN_ROWS, options: ShowOptions = {}): Promise<string> {
    const { truncate = SHOWN_CHARACTERS, vertical = false, ...execute } = options;
    const relation = planned(this.runner, {
      case: "showString",
      value: {
        input: this.relation,
        numRows: wholeNumber(rows, "the number of rows to show"),
        truncate: wholeNumber(truncate, "the number of characters to show"),
        vertical,
      },
    });
    const [row] = await allArrays(this.runner, relation, execute);
    const text = row?.[0];
    return typeof text === "string" ? text : "";
  }

  /** Gives the DataFrame a name for SQL in this session. */
  createOrReplaceTempView(name: string, options: ExecuteOptions = {}): Promise<void> {
    return createTempView(this.runner, this.relation, name, { replace: true, ...options });
  }

  /** As {@link RunnableFrame.createOrReplaceTempView}; fails where the name is taken. */
  createTempView(name: string, options: ExecuteOptions = {}): Promise<void> {
    return createTempView(this.runner, this.relation, name, { replace: false, ...options });
  }

  /** As {@link RunnableFrame.createOrReplaceGlobalTempView}; fails where the name is taken. */
  createGlobalTempView(name: string, options: ExecuteOptions = {}): Promise<void> {
    return createTempView(this.runner, this.relation, name, { replace: false, global: true, ...options });
  }

  /** As {@link RunnableFrame.createOrReplaceTempView}, for all sessions: `global_temp.NAME`. */
  createOrReplaceGlobalTempView(name: string, options: ExecuteOptions = {}): Promise<void> {
    return createTempView(this.runner, this.relation, name, { replace: true, global: true, ...options });
  }
}
