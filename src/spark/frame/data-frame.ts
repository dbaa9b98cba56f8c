import { DataFrameWriterV2 } from "../io/data-frame-writer-v2.ts";
import { DataFrameWriter } from "../io/data-frame-writer.ts";
import { MergeIntoWriter } from "../io/merge-into-writer.ts";
import type { ExecuteOptions } from "../plan-runner.ts";
import type { Column } from "./column.ts";
import { type ColumnOrName, expressionOf } from "./columns.ts";
import { CombiningVerbs } from "./combining-verbs.ts";
import { GroupedData } from "./grouped-data.ts";
import { DataFrameNaFunctions, type DropNaOptions, type Filling, type Replacement } from "./na-functions.ts";
import type { ExpressionInit, RelationKind } from "./plan.ts";
import { DataFrameStatFunctions, type Quantiles } from "./stat-functions.ts";

const GROUP_BY = 1;
const ROLLUP = 2;
const CUBE = 3;
const GROUPING_SETS = 5;

/**
 * A query that is still being written: each verb gives a new DataFrame, and nothing is sent before an action (`collect`,
 * `count`, `write`, …). The verbs are PySpark's.
 *
 * ```ts
 * const top = spark.table("orders")
 *   .filter(col("country").eq("DE"))
 *   .groupBy("customer")
 *   .agg(functions.sum("price").alias("total"))
 *   .orderBy(col("total").desc())
 *   .limit(10);
 * for (const row of await top.collect()) …
 * ```
 */
export class DataFrame extends CombiningVerbs {
  protected override next(relType: RelationKind): this {
    // No class extends this one, so this is its type.
    return new DataFrame(this.runner, { relType }) as this;
  }

  /** Groups of rows with equal values; all rows are one group without columns. */
  groupBy(...columns: readonly ColumnOrName[]): GroupedData<DataFrame> {
    return this.#grouped(GROUP_BY, columns);
  }

  /** Groups with subtotals, from the right: SQL's `GROUP BY … WITH ROLLUP`. */
  rollup(...columns: readonly ColumnOrName[]): GroupedData<DataFrame> {
    return this.#grouped(ROLLUP, columns);
  }

  /** Groups with the subtotals of all combinations: SQL's `GROUP BY … WITH CUBE`. */
  cube(...columns: readonly ColumnOrName[]): GroupedData<DataFrame> {
    return this.#grouped(CUBE, columns);
  }

  /**
   * Groups by each of those sets, one after the other, as SQL's `GROUPING SETS`; columns that a set lacks are null in
   * its rows. `columns` are those that the result has. Spark 4.0 and newer.
   *
   * ```ts
   * orders.groupingSets([["country", "day"], ["country"], []], "country", "day").count();
   * ```
   */
  groupingSets(
    sets: readonly (readonly ColumnOrName[])[],
    ...columns: readonly ColumnOrName[]
  ): GroupedData<DataFrame> {
    const groupingSets = sets.map((set) => ({ groupingSet: set.map(expressionOf) }));
    return this.#grouped(GROUPING_SETS, columns, groupingSets);
  }

  #grouped(
    groupType: 1 | 2 | 3 | 5,
    columns: readonly ColumnOrName[],
    groupingSets: { groupingSet: ExpressionInit[] }[] = [],
  ): GroupedData<DataFrame> {
    const groupingExpressions = columns.map(expressionOf);
    const value = { input: this.relation, groupType, groupingExpressions, groupingSets };
    return new GroupedData(
      (rest) => this.next({ case: "aggregate", value: { ...value, ...rest } }),
      (name) => this.col(name),
    );
  }

  /** One row over all: short for `groupBy().agg(…)`. */
  agg(...columns: readonly Column[] | readonly [Readonly<Record<string, string>>]): DataFrame {
    return this.groupBy().agg(...columns);
  }

  /** What to do about nulls. */
  get na(): DataFrameNaFunctions<DataFrame> {
    return new DataFrameNaFunctions(this.relation, (relType) => this.next(relType));
  }

  /** Statistics of columns. */
  get stat(): DataFrameStatFunctions<DataFrame> {
    return new DataFrameStatFunctions(this.runner, this, (relType) => this.next(relType));
  }

  /** As {@link DataFrameNaFunctions.drop}. */
  dropna(...columns: readonly string[] | readonly [DropNaOptions]): DataFrame {
    return this.na.drop(...columns);
  }

  /** As {@link DataFrameNaFunctions.fill}. */
  fillna(value: Filling | Readonly<Record<string, Filling>>, ...columns: readonly string[]): DataFrame {
    return this.na.fill(value, ...columns);
  }

  /** As {@link DataFrameNaFunctions.replace}. */
  replace(...given: Replacement): DataFrame {
    return this.na.replace(...given);
  }

  /** As {@link DataFrameStatFunctions.corr}. */
  corr(col1: string, col2: string, options?: ExecuteOptions): Promise<number> {
    return this.stat.corr(col1, col2, options);
  }

  /** As {@link DataFrameStatFunctions.cov}. */
  cov(col1: string, col2: string, options?: ExecuteOptions): Promise<number> {
    return this.stat.cov(col1, col2, options);
  }

  /** As {@link DataFrameStatFunctions.approxQuantile}. */
  approxQuantile<Columns extends string | readonly string[]>(
    columns: Columns,
    probabilities: readonly number[],
    relativeError: number,
    options?: ExecuteOptions,
  ): Promise<Quantiles<Columns>> {
    return this.stat.approxQuantile(columns, probabilities, relativeError, options);
  }

  /** As {@link DataFrameStatFunctions.crosstab}. */
  crosstab(col1: string, col2: string): DataFrame {
    return this.stat.crosstab(col1, col2);
  }

  /** As {@link DataFrameStatFunctions.freqItems}. */
  freqItems(columns: readonly string[], support?: number): DataFrame {
    return this.stat.freqItems(columns, support);
  }

  /**
   * Count, mean, standard deviation, least and greatest value of columns as texts, one row each; of all columns of
   * numbers and text without arguments.
   */
  describe(...columns: readonly string[]): DataFrame {
    return this.next({ case: "describe", value: { input: this.relation, cols: [...columns] } });
  }

  /**
   * Statistics of all columns of numbers and text as texts, one row each: `count`, `mean`, `stddev`, `min`, `max`,
   * `count_distinct`, `approx_count_distinct`, and shares such as `25%`. Without arguments as `describe`, with quartiles.
   */
  summary(...statistics: readonly string[]): DataFrame {
    return this.next({ case: "summary", value: { input: this.relation, statistics: [...statistics] } });
  }

  /** Puts the DataFrame into a function: for verbs of one's own in a chain. */
  transform<T>(change: (frame: DataFrame) => T): T {
    return change(this);
  }

  /** What writes the rows to files or tables. */
  get write(): DataFrameWriter {
    return new DataFrameWriter(this.runner, this.relation);
  }

  /** What makes a table of the rows or changes one, by its name: the catalog's own way, for Iceberg, Delta and others. */
  writeTo(table: string): DataFrameWriterV2 {
    return new DataFrameWriterV2(this.runner, this.relation, table);
  }

  /**
   * What merges the rows into a table: updates, deletes and inserts by whether a row of the table meets the condition.
   * For tables that can be changed by row, as Iceberg's and Delta's. Spark 4.0 and newer.
   *
   * ```ts
   * await changes.alias("c")
   *   .mergeInto("lake.orders", expr("lake.orders.id = c.id"))
   *   .whenMatched(expr("c.deleted")).delete()
   *   .whenMatched().updateAll()
   *   .whenNotMatched().insertAll()
   *   .merge();
   * ```
   */
  mergeInto(table: string, condition: Column): MergeIntoWriter {
    return new MergeIntoWriter(this.runner, this.relation, table, condition.expression);
  }
}
