import type { SparkInput } from "../value/spark-value.ts";
import { Column } from "./column.ts";
import { type ColumnOrName, columnOf, fn } from "./columns.ts";
import { literalOf } from "./literal.ts";
import { type ExpressionInit, type LiteralInit, planError } from "./plan.ts";

/** What grouping adds to the aggregate of a plan. */
export interface GroupParts {
  readonly aggregateExpressions: ExpressionInit[];
  readonly groupType?: 4;
  readonly pivot?: { readonly col: ExpressionInit; readonly values: LiteralInit[] };
}

const PIVOT = 4;

/** Groups of a DataFrame's rows, of which `agg` and its short forms make one row each. */
export class GroupedData<Frame> {
  readonly #make: (parts: GroupParts) => Frame;
  readonly #column: (name: string) => Column;
  readonly #pivot: GroupParts["pivot"];

  /** @param column a column of the grouped DataFrame by its name */
  constructor(
    make: (parts: GroupParts) => Frame,
    column: (name: string) => Column,
    pivot?: GroupParts["pivot"],
  ) {
    this.#make = make;
    this.#column = column;
    this.#pivot = pivot;
  }

  /**
   * One row for each group: its columns, then these.
   *
   * ```ts
   * df.groupBy("country").agg(functions.sum("price").alias("total"), functions.countDistinct("customer"));
   * df.groupBy("country").agg({ price: "sum", "*": "count" });
   * ```
   */
  agg(...columns: readonly Column[] | readonly [Readonly<Record<string, string>>]): Frame {
    const given = columns.flatMap((column) =>
      column instanceof Column ? [column] : Object.entries(column).map(([name, how]) => named(name, how)),
    );
    if (given.length === 0) throw planError("Cannot aggregate: agg() needs one column at least");
    const aggregateExpressions = given.map((column) => column.expression);
    return this.#make({
      aggregateExpressions,
      ...(this.#pivot && { pivot: this.#pivot, groupType: PIVOT }),
    });
  }

  /** How many rows each group has, as the column `count`. */
  count(): Frame {
    return this.agg(fn("count", 1).alias("count"));
  }

  /** The sum of each column by group. @throws CairnError `SPARK_PLAN_INVALID` without columns */
  sum(...columns: readonly ColumnOrName[]): Frame {
    return this.#each("sum", columns);
  }

  /** The mean of each column by group; as {@link GroupedData.sum}. */
  avg(...columns: readonly ColumnOrName[]): Frame {
    return this.#each("avg", columns);
  }

  /** As {@link GroupedData.avg}. */
  mean(...columns: readonly ColumnOrName[]): Frame {
    return this.avg(...columns);
  }

  /** The least value of each column by group; as {@link GroupedData.sum}. */
  min(...columns: readonly ColumnOrName[]): Frame {
    return this.#each("min", columns);
  }

  /** The greatest value of each column by group; as {@link GroupedData.sum}. */
  max(...columns: readonly ColumnOrName[]): Frame {
    return this.#each("max", columns);
  }

  /**
   * One column for each of `values` that `column` has in a group. Without values the server looks for them first,
   * which costs a query. After `groupBy` only.
   *
   * @throws CairnError `SPARK_PLAN_INVALID` where the groups are pivoted already
   */
  pivot(column: ColumnOrName, values: readonly SparkInput[] = []): GroupedData<Frame> {
    if (this.#pivot) throw planError("Cannot pivot: the groups are pivoted already");
    const { expression } = typeof column === "string" ? this.#column(column) : column;
    return new GroupedData(this.#make, this.#column, { col: expression, values: values.map(literalOf) });
  }

  #each(name: string, columns: readonly ColumnOrName[]): Frame {
    if (columns.length === 0) {
      throw planError(`Cannot aggregate: ${name}() needs the names of columns`, "Name them, or use agg().");
    }
    return this.agg(...columns.map((column) => fn(name, columnOf(column))));
  }
}

function named(name: string, how: string): Column {
  if (typeof how !== "string" || how === "") {
    throw planError(`Cannot aggregate "${name}": the name of a function is missing`);
  }
  return fn(how, name);
}
