import { DataFrameWriter } from "../io/data-frame-writer.ts";
import type { SparkInput } from "../value/spark-value.ts";
import { Column, type Operand, operandExpression, sortOrder } from "./column.ts";
import { col, type ColumnOrName, columnOf, expr } from "./columns.ts";
import { attribute } from "./expression.ts";
import { GroupedData } from "./grouped-data.ts";
import { joinKeys, type JoinOn } from "./join-keys.ts";
import { type JoinKind, joinType } from "./join-kinds.ts";
import { literalOf } from "./literal.ts";
import { type AliasInit, planError, type RelationKind, wholeNumber } from "./plan.ts";
import { RunnableFrame } from "./runnable-frame.ts";

const INTERSECT = 1;
const UNION = 2;
const EXCEPT = 3;
const GROUP_BY = 1;
const ROLLUP = 2;
const CUBE = 3;
/** Seeds are 64-bit; those of numbers that are exact in JavaScript suffice. */
const MAX_SEED = Number.MAX_SAFE_INTEGER;

/** How `sample` draws. */
export interface SampleOptions {
  /** Whether a row can be drawn more than once. */
  readonly withReplacement?: boolean | undefined;
  /** The same seed draws the same rows from the same data; given, so that a repeated component sees what it saw. */
  readonly seed: number;
}

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
export class DataFrame extends RunnableFrame {
  #next(relType: RelationKind): DataFrame {
    return new DataFrame(this.runner, { relType });
  }

  /**
   * A column of this DataFrame and no other: what tells the two sides of a join apart. In a self-join each side needs
   * a DataFrame of its own, for one that is part of both sides names neither.
   *
   * ```ts
   * const [person, boss] = [people.alias("person"), people.alias("boss")];
   * person.join(boss, person.col("boss").eq(boss.col("id")));
   * ```
   */
  col(name: string): Column {
    return new Column(attribute(name, this.planId));
  }

  /** Some columns, or new ones; all without arguments or by `"*"`. */
  select(...columns: readonly ColumnOrName[]): DataFrame {
    const expressions = columns.length === 0 ? [col("*").expression] : columns.map(expressionOf);
    return this.#next({ case: "project", value: { input: this.relation, expressions } });
  }

  /** As {@link DataFrame.select}, each as SQL writes it: `selectExpr("price * count AS total")`. */
  selectExpr(...expressions: readonly string[]): DataFrame {
    return this.select(...expressions.map((text) => expr(text)));
  }

  /** The rows for which the condition is true: a column, or SQL's text. */
  filter(condition: ColumnOrName): DataFrame {
    const column = typeof condition === "string" ? expr(condition) : condition;
    return this.#next({ case: "filter", value: { input: this.relation, condition: expressionOf(column) } });
  }

  /** As {@link DataFrame.filter}. */
  where(condition: ColumnOrName): DataFrame {
    return this.filter(condition);
  }

  /** With a column added, or replaced where the name is there already. */
  withColumn(name: string, column: Column): DataFrame {
    return this.withColumns({ [name]: column });
  }

  /** As {@link DataFrame.withColumn} for several, each of which sees the columns before. */
  withColumns(columns: Readonly<Record<string, Column>>): DataFrame {
    const aliases = Object.entries(columns).map(([name, column]): AliasInit => ({
      expr: expressionOf(column),
      name: [name],
    }));
    if (aliases.length === 0) throw planError("Cannot add columns: withColumns() needs one at least");
    return this.#next({ case: "withColumns", value: { input: this.relation, aliases } });
  }

  /** With a column by another name; the same DataFrame where there is no such column. */
  withColumnRenamed(from: string, to: string): DataFrame {
    return this.withColumnsRenamed({ [from]: to });
  }

  /** As {@link DataFrame.withColumnRenamed} for several: old names with their new ones. */
  withColumnsRenamed(names: Readonly<Record<string, string>>): DataFrame {
    const renames = Object.entries(names).map(([colName, newColName]) => ({ colName, newColName }));
    const renameColumnsMap = { ...names };
    return this.#next({
      case: "withColumnsRenamed",
      // eslint-disable-next-line typescript/no-deprecated -- 3.5 knows the map alone, later versions take the list
      value: { input: this.relation, renames, renameColumnsMap },
    });
  }

  /** Without those columns; names that aren't there are left out silently. */
  drop(...columns: readonly ColumnOrName[]): DataFrame {
    const columnNames = columns.filter((column) => typeof column === "string");
    const expressions = columns.filter((column) => column instanceof Column).map(expressionOf);
    const value = { input: this.relation, columnNames, columns: expressions };
    return this.#next({ case: "drop", value });
  }

  /** With all columns renamed, in their order. */
  toDF(...names: readonly string[]): DataFrame {
    return this.#next({ case: "toDf", value: { input: this.relation, columnNames: [...names] } });
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

  #grouped(groupType: 1 | 2 | 3, columns: readonly ColumnOrName[]): GroupedData<DataFrame> {
    const groupingExpressions = columns.map(expressionOf);
    return new GroupedData((rest) =>
      this.#next({
        case: "aggregate",
        value: { input: this.relation, groupType, groupingExpressions, ...rest },
      }),
    );
  }

  /** One row over all: short for `groupBy().agg(…)`. */
  agg(...columns: readonly Column[]): DataFrame {
    return this.groupBy().agg(...columns);
  }

  /**
   * Rows of both that belong together. `on` names columns of both sides, which the result has once, or gives conditions.
   *
   * ```ts
   * orders.join(customers, "customer_id", "left");
   * orders.join(customers, orders.col("customer").eq(customers.col("id")));
   * ```
   */
  join(other: DataFrame, on?: JoinOn, how: JoinKind = "inner"): DataFrame {
    const value = {
      left: this.relation,
      right: other.relation,
      joinType: joinType(how),
      ...joinKeys(on),
    };
    return this.#next({ case: "join", value });
  }

  /** Every row of this with every row of the other. */
  crossJoin(other: DataFrame): DataFrame {
    return this.join(other, undefined, "cross");
  }

  /** In an order: columns ascending, or as `desc()` and the like say. */
  orderBy(...columns: readonly ColumnOrName[]): DataFrame {
    return this.#sort(columns, true);
  }

  /** As {@link DataFrame.orderBy}. */
  sort(...columns: readonly ColumnOrName[]): DataFrame {
    return this.#sort(columns, true);
  }

  /** In an order within each partition. */
  sortWithinPartitions(...columns: readonly ColumnOrName[]): DataFrame {
    return this.#sort(columns, false);
  }

  #sort(columns: readonly ColumnOrName[], isGlobal: boolean): DataFrame {
    if (columns.length === 0) throw planError("Cannot sort: there is no column to sort by");
    const order = columns.map((column) => sortOrder(columnOf(column)));
    return this.#next({ case: "sort", value: { input: this.relation, order, isGlobal } });
  }

  /** The first rows, `count` at most. */
  limit(count: number): DataFrame {
    const limit = wholeNumber(count, "the limit");
    return this.#next({ case: "limit", value: { input: this.relation, limit } });
  }

  /** Without the first `count` rows. */
  offset(count: number): DataFrame {
    const offset = wholeNumber(count, "the offset");
    return this.#next({ case: "offset", value: { input: this.relation, offset } });
  }

  /** The rows of both, duplicates included, columns by their order. */
  union(other: DataFrame): DataFrame {
    return this.#combine(other, UNION, true);
  }

  /** As {@link DataFrame.union}, columns by their names; those that one side lacks are null where that is allowed. */
  unionByName(other: DataFrame, options: { readonly allowMissingColumns?: boolean } = {}): DataFrame {
    const { allowMissingColumns = false } = options;
    return this.#combine(other, UNION, true, { byName: true, allowMissingColumns });
  }

  /** The different rows that both have. */
  intersect(other: DataFrame): DataFrame {
    return this.#combine(other, INTERSECT, false);
  }

  /** The rows that both have, as often as both have them. */
  intersectAll(other: DataFrame): DataFrame {
    return this.#combine(other, INTERSECT, true);
  }

  /** The different rows that the other doesn't have. */
  subtract(other: DataFrame): DataFrame {
    return this.#combine(other, EXCEPT, false);
  }

  /** The rows that the other doesn't have, as often as it has them less. */
  exceptAll(other: DataFrame): DataFrame {
    return this.#combine(other, EXCEPT, true);
  }

  #combine(
    other: DataFrame,
    setOpType: 1 | 2 | 3,
    isAll: boolean,
    names: { byName?: boolean; allowMissingColumns?: boolean } = {},
  ): DataFrame {
    const [leftInput, rightInput] = [this.relation, other.relation];
    return this.#next({ case: "setOp", value: { leftInput, rightInput, setOpType, isAll, ...names } });
  }

  /** Each row once. */
  distinct(): DataFrame {
    return this.dropDuplicates();
  }

  /** One row for each combination of values of those columns; of all columns without arguments. Which one is open. */
  dropDuplicates(...columns: readonly string[]): DataFrame {
    const keys = columns.length === 0 ? { allColumnsAsKeys: true } : { columnNames: [...columns] };
    return this.#next({ case: "deduplicate", value: { input: this.relation, ...keys } });
  }

  /** Without rows that have nulls in those columns; in any column without arguments. */
  dropna(...columns: readonly string[]): DataFrame {
    return this.#next({ case: "dropNa", value: { input: this.relation, cols: [...columns] } });
  }

  /** With a value for nulls: in columns of the value's type, or in the given ones. */
  fillna(value: SparkInput, ...columns: readonly string[]): DataFrame {
    if (!["number", "bigint", "string", "boolean"].includes(typeof value)) {
      throw planError("Cannot fill nulls: a number, text or boolean is needed");
    }
    // The server takes whole numbers as long only.
    const filling = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
    return this.#next({
      case: "fillNa",
      value: { input: this.relation, cols: [...columns], values: [literalOf(filling)] },
    });
  }

  /** With a name by which columns can be called: `alias("o")`, then `col("o.id")`. */
  alias(name: string): DataFrame {
    if (name.trim() === "") throw planError("Cannot give a DataFrame a name: it is empty");
    return this.#next({ case: "subqueryAlias", value: { input: this.relation, alias: name } });
  }

  /** About that share of the rows, drawn by chance. */
  sample(fraction: number, options: SampleOptions): DataFrame {
    const { withReplacement = false, seed } = options;
    if (!(fraction >= 0) || (!withReplacement && fraction > 1)) {
      throw planError(`Cannot draw a sample: ${fraction} is no share of the rows (0 to 1)`);
    }
    if (!Number.isInteger(seed) || Math.abs(seed) > MAX_SEED) {
      throw planError(`Cannot draw a sample: its seed ${seed} is no whole number`);
    }
    const value = { input: this.relation, upperBound: fraction, withReplacement, seed: BigInt(seed) };
    return this.#next({ case: "sample", value });
  }

  /** In that many partitions, or by the values of columns; as many files are written. */
  repartition(partitions: number | ColumnOrName, ...columns: readonly ColumnOrName[]): DataFrame {
    const counted = typeof partitions === "number";
    const count = counted ? { numPartitions: wholeNumber(partitions, "the number of partitions", 1) } : {};
    const by = counted ? columns : [partitions, ...columns];
    if (counted && by.length === 0) return this.#repartition(partitions, true);
    const partitionExprs = by.map(expressionOf);
    return this.#next({
      case: "repartitionByExpression",
      value: { input: this.relation, partitionExprs, ...count },
    });
  }

  /** In fewer partitions, without moving rows between machines. */
  coalesce(partitions: number): DataFrame {
    return this.#repartition(partitions, false);
  }

  #repartition(partitions: number, shuffle: boolean): DataFrame {
    const numPartitions = wholeNumber(partitions, "the number of partitions", 1);
    return this.#next({ case: "repartition", value: { input: this.relation, numPartitions, shuffle } });
  }

  /** With a hint for the optimizer: `hint("broadcast")`. */
  hint(name: string, ...parameters: readonly Operand[]): DataFrame {
    const value = { input: this.relation, name, parameters: parameters.map(operandExpression) };
    return this.#next({ case: "hint", value });
  }

  /** Puts the DataFrame into a function: for verbs of one's own in a chain. */
  transform<T>(change: (frame: DataFrame) => T): T {
    return change(this);
  }

  /** What writes the rows to files or tables. */
  get write(): DataFrameWriter {
    return new DataFrameWriter(this.runner, this.relation);
  }
}

function expressionOf(column: ColumnOrName): Column["expression"] {
  return columnOf(column).expression;
}
