import type { SparkInput } from "../value/spark-value.ts";
import { Column, type Operand, operandExpression, sortOrder } from "./column.ts";
import { ColumnVerbs } from "./column-verbs.ts";
import { type ColumnOrName, type ColumnOrOrdinal, columnOf, expr, expressionOf } from "./columns.ts";
import { valueExpression } from "./expression.ts";
import { literalOf } from "./literal.ts";
import type { Observation } from "./observation.ts";
import { planError, type SortOrderInit, wholeNumber } from "./plan.ts";

/** Seeds are 64-bit; those of numbers that are exact in JavaScript suffice. */
const MAX_SEED = Number.MAX_SAFE_INTEGER;
const DESCENDING = 2;
const NULLS_LAST = 2;

/** How `sample` draws. */
export interface SampleOptions {
  /** Whether a row can be drawn more than once; false by default. */
  readonly withReplacement?: boolean | undefined;
  /** The same seed draws the same rows from the same data; given, so that a repeated component sees what it saw. */
  readonly seed: number;
}

/** The verbs that choose, order and spread rows. */
export abstract class RowVerbs extends ColumnVerbs {
  /** The rows for which the condition is true: a column, or SQL's text. */
  filter(condition: ColumnOrName): this {
    const column = typeof condition === "string" ? expr(condition) : condition;
    return this.next({ case: "filter", value: { input: this.relation, condition: expressionOf(column) } });
  }

  /** As {@link RowVerbs.filter}. */
  where(condition: ColumnOrName): this {
    return this.filter(condition);
  }

  /** In an order: columns ascending, or as `desc()` and the like say; a place counts from 1, descending if negative. */
  orderBy(...columns: readonly ColumnOrOrdinal[]): this {
    return this.#sort(columns, true);
  }

  /** As {@link RowVerbs.orderBy}. */
  sort(...columns: readonly ColumnOrOrdinal[]): this {
    return this.#sort(columns, true);
  }

  /** In an order within each partition. */
  sortWithinPartitions(...columns: readonly ColumnOrOrdinal[]): this {
    return this.#sort(columns, false);
  }

  #sort(columns: readonly ColumnOrOrdinal[], isGlobal: boolean): this {
    if (columns.length === 0) throw planError("Cannot sort: there is no column to sort by");
    const order = columns.map(orderOf);
    return this.next({ case: "sort", value: { input: this.relation, order, isGlobal } });
  }

  /** The first rows, `count` at most. */
  limit(count: number): this {
    const limit = wholeNumber(count, "the limit");
    return this.next({ case: "limit", value: { input: this.relation, limit } });
  }

  /** Without the first `count` rows. */
  offset(count: number): this {
    const offset = wholeNumber(count, "the offset");
    return this.next({ case: "offset", value: { input: this.relation, offset } });
  }

  /** Each row once. */
  distinct(): this {
    return this.dropDuplicates();
  }

  /** One row for each combination of values of those columns; of all columns without arguments. Which one is open. */
  dropDuplicates(...columns: readonly string[]): this {
    const keys = columns.length === 0 ? { allColumnsAsKeys: true } : { columnNames: [...columns] };
    return this.next({ case: "deduplicate", value: { input: this.relation, ...keys } });
  }

  /** About that share of the rows, drawn by chance. */
  sample(fraction: number, options: SampleOptions): this {
    const { withReplacement = false, seed } = options;
    if (!(fraction >= 0) || (!withReplacement && fraction > 1)) {
      throw planError(`Cannot draw a sample: ${fraction} is no share of the rows (0 to 1)`);
    }
    const value = { input: this.relation, upperBound: fraction, withReplacement, seed: seedOf(seed) };
    return this.next({ case: "sample", value });
  }

  /**
   * The rows dealt out by chance into DataFrames whose sizes are about as the weights; each row is in one of them.
   *
   * ```ts
   * const [train, test] = rows.randomSplit([0.8, 0.2], 42);
   * ```
   *
   * @param seed as in {@link SampleOptions}
   */
  randomSplit(weights: readonly number[], seed: number): this[] {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (!weights.every((weight) => weight >= 0) || !(total > 0) || total === Infinity) {
      throw planError(`Cannot split at random: ${weights.join(", ")} are no weights`);
    }
    let lowerBound = 0;
    return weights.map((weight) => {
      const upperBound = lowerBound + weight / total;
      const bounds = { lowerBound, upperBound };
      lowerBound = upperBound;
      const how = { withReplacement: false, seed: seedOf(seed), deterministicOrder: true };
      return this.next({ case: "sample", value: { input: this.relation, ...bounds, ...how } });
    });
  }

  /**
   * About those shares of the rows by the values of a column, drawn by chance; none of rows with other values.
   *
   * ```ts
   * orders.sampleBy("country", { DE: 0.1, FR: 1 }, 42);
   * orders.sampleBy("year", new Map([[2024, 0.5]]), 42);
   * ```
   */
  sampleBy(
    column: ColumnOrName,
    fractions: Readonly<Record<string, number>> | ReadonlyMap<SparkInput, number>,
    seed: number,
  ): this {
    const given = fractions instanceof Map ? [...fractions] : Object.entries(fractions);
    const shares = given.map(([stratum, fraction]: readonly [SparkInput, number]) => {
      if (fraction >= 0 && fraction <= 1) return { stratum: literalOf(stratum), fraction };
      throw planError(`Cannot draw a sample: ${fraction} is no share of the rows (0 to 1)`);
    });
    const value = { input: this.relation, col: expressionOf(column), fractions: shares, seed: seedOf(seed) };
    return this.next({ case: "sampleBy", value });
  }

  /** In that many partitions, or by the values of columns; as many files are written. */
  repartition(partitions: number | ColumnOrName, ...columns: readonly ColumnOrName[]): this {
    if (typeof partitions === "number" && columns.length === 0) return this.#repartition(partitions, true);
    const by = typeof partitions === "number" ? columns : [partitions, ...columns];
    return this.#repartitionBy(partitions, by.map(expressionOf));
  }

  /** In partitions that each have a range of the columns' values, ascending or as `desc()` and the like say. */
  repartitionByRange(partitions: number | ColumnOrName, ...columns: readonly ColumnOrName[]): this {
    const by = typeof partitions === "number" ? columns : [partitions, ...columns];
    if (by.length === 0) throw planError("Cannot repartition by range: there is no column");
    const orders = by.map((column) => ({
      exprType: { case: "sortOrder" as const, value: sortOrder(columnOf(column)) },
    }));
    return this.#repartitionBy(partitions, orders);
  }

  /** In that many partitions, each row in the one that a column of whole numbers says. Spark 4.1 and newer. */
  repartitionById(partitions: number, partitionId: ColumnOrName): this {
    const value = { child: expressionOf(partitionId) };
    return this.#repartitionBy(partitions, [{ exprType: { case: "directShufflePartitionId", value } }]);
  }

  /** In fewer partitions, without moving rows between machines. */
  coalesce(partitions: number): this {
    return this.#repartition(partitions, false);
  }

  #repartitionBy(partitions: number | ColumnOrName, partitionExprs: Column["expression"][]): this {
    const counted = typeof partitions === "number";
    const count = counted ? { numPartitions: wholeNumber(partitions, "the number of partitions", 1) } : {};
    const value = { input: this.relation, partitionExprs, ...count };
    return this.next({ case: "repartitionByExpression", value });
  }

  #repartition(partitions: number, shuffle: boolean): this {
    const numPartitions = wholeNumber(partitions, "the number of partitions", 1);
    return this.next({ case: "repartition", value: { input: this.relation, numPartitions, shuffle } });
  }

  /** With a hint for the optimizer: `hint("broadcast")`. */
  hint(name: string, ...parameters: readonly Operand[]): this {
    const value = { input: this.relation, name, parameters: parameters.map(operandExpression) };
    return this.next({ case: "hint", value });
  }

  /**
   * The same rows; while an action goes over them, it computes these aggregates, too, and tells them to the observation.
   *
   * ```ts
   * const written = new Observation();
   * await orders.observe(written, functions.count("*").alias("rows")).write.parquet("s3a://bucket/orders");
   * ctx.log.info(`${written.get.rows} rows`);
   * ```
   *
   * @throws CairnError `SPARK_PLAN_INVALID` without an aggregate, and for an observation that is in use already
   */
  observe(observation: Observation, ...metrics: readonly Column[]): this {
    if (metrics.length === 0) throw planError("Cannot observe rows: there is no aggregate");
    const expressions = metrics.map((metric) => metric.expression);
    return this.next({ case: "collectMetrics", value: observation.metricsOf(this.relation, expressions) });
  }
}

function orderOf(given: ColumnOrOrdinal): SortOrderInit {
  if (typeof given !== "number") return sortOrder(columnOf(given));
  const child = new Column(valueExpression(wholeNumber(Math.abs(given), "a column's place", 1)));
  const order = sortOrder(child);
  return given < 0 ? { ...order, direction: DESCENDING, nullOrdering: NULLS_LAST } : order;
}

function seedOf(seed: number): bigint {
  if (Number.isInteger(seed) && Math.abs(seed) <= MAX_SEED) return BigInt(seed);
  throw planError(`Cannot draw a sample: its seed ${seed} is no whole number`);
}
