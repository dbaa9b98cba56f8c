import type { JsonValue } from "../../base/mod.ts";
import type { Field } from "../schema/data-type.ts";
import { type Schema, schemaFrom } from "../schema/schema.ts";
import { typeToMessage } from "../schema/type-message.ts";
import { AnsweredFrame } from "./answered-frame.ts";
import { Column } from "./column.ts";
import { col, type ColumnOrName, expr, expressionOf, fn } from "./columns.ts";
import { attribute } from "./expression.ts";
import { type AliasInit, planError } from "./plan.ts";
import { subqueryExpression } from "./subquery.ts";

/** The verbs that choose, add, rename and turn columns. */
export abstract class ColumnVerbs extends AnsweredFrame {
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

  /** The columns whose names a Java regular expression in backticks matches: `` colRegex("`price_.*`") ``. */
  colRegex(pattern: string): Column {
    const value = { colName: pattern, planId: this.planId };
    return new Column({ exprType: { case: "unresolvedRegex", value } });
  }

  /** A hidden column that the data source has, such as `_metadata` of files. */
  metadataColumn(name: string): Column {
    const value = { unparsedIdentifier: name, planId: this.planId, isMetadataColumn: true };
    return new Column({ exprType: { case: "unresolvedAttribute", value } });
  }

  /** Some columns, or new ones; all without arguments or by `"*"`. */
  select(...columns: readonly ColumnOrName[]): this {
    const expressions = columns.length === 0 ? [col("*").expression] : columns.map(expressionOf);
    return this.next({ case: "project", value: { input: this.relation, expressions } });
  }

  /** As {@link ColumnVerbs.select}, each as SQL writes it: `selectExpr("price * count AS total")`. */
  selectExpr(...expressions: readonly string[]): this {
    return this.select(...expressions.map((text) => expr(text)));
  }

  /** With a column added, or replaced where the name is there already. */
  withColumn(name: string, column: Column): this {
    return this.withColumns({ [name]: column });
  }

  /** As {@link ColumnVerbs.withColumn} for several, each of which sees the columns before. */
  withColumns(columns: Readonly<Record<string, Column>>): this {
    const aliases = Object.entries(columns).map(([name, column]): AliasInit => ({
      expr: expressionOf(column),
      name: [name],
    }));
    if (aliases.length === 0) throw planError("Cannot add columns: withColumns() needs one at least");
    return this.next({ case: "withColumns", value: { input: this.relation, aliases } });
  }

  /** With metadata for a column, which schemas and some file formats carry along; it takes the place of what it had. */
  withMetadata(columnName: string, metadata: { readonly [key: string]: JsonValue }): this {
    const alias = {
      expr: this.col(columnName).expression,
      name: [columnName],
      metadata: JSON.stringify(metadata),
    };
    return this.next({ case: "withColumns", value: { input: this.relation, aliases: [alias] } });
  }

  /** With a column by another name; the same DataFrame where there is no such column. */
  withColumnRenamed(from: string, to: string): this {
    return this.withColumnsRenamed({ [from]: to });
  }

  /** As {@link ColumnVerbs.withColumnRenamed} for several: old names with their new ones. */
  withColumnsRenamed(names: Readonly<Record<string, string>>): this {
    const renames = Object.entries(names).map(([colName, newColName]) => ({ colName, newColName }));
    const renameColumnsMap = { ...names };
    return this.next({
      case: "withColumnsRenamed",
      // eslint-disable-next-line typescript/no-deprecated -- 3.5 knows the map alone, later versions take the list
      value: { input: this.relation, renames, renameColumnsMap },
    });
  }

  /** Without those columns; names that aren't there are left out silently. */
  drop(...columns: readonly ColumnOrName[]): this {
    const columnNames = columns.filter((column) => typeof column === "string");
    const expressions = columns.filter((column) => column instanceof Column).map(expressionOf);
    const value = { input: this.relation, columnNames, columns: expressions };
    return this.next({ case: "drop", value });
  }

  /** With all columns renamed, in their order. */
  toDF(...names: readonly string[]): this {
    return this.next({ case: "toDf", value: { input: this.relation, columnNames: [...names] } });
  }

  /**
   * As the schema says: columns by name, in its order and with its types. Other columns are left out; missing ones are
   * null where they may be.
   *
   * @throws CairnError `SPARK_SCHEMA_INVALID` for text that is no schema; actions reject where columns don't fit
   */
  to(schema: Schema | readonly Field[] | string): this {
    const value = { input: this.relation, schema: typeToMessage(schemaFrom(schema).type()) };
    return this.next({ case: "toSchema", value });
  }

  /**
   * From wide to long: one row for each of the `values` columns, with its name and its value. The `ids` stay as they
   * are. `values` null or undefined: all columns that are no ids. They need one type, or types that Spark widens.
   *
   * ```ts
   * sales.unpivot("shop", ["monday", "tuesday"], "day", "sold");
   * ```
   */
  unpivot(
    ids: ColumnOrName | readonly ColumnOrName[],
    values: ColumnOrName | readonly ColumnOrName[] | null | undefined,
    variableColumnName: string,
    valueColumnName: string,
  ): this {
    const value = {
      input: this.relation,
      ids: listed(ids).map(expressionOf),
      ...(values != null && { values: { values: listed(values).map(expressionOf) } }),
      variableColumnName,
      valueColumnName,
    };
    return this.next({ case: "unpivot", value });
  }

  /** As {@link ColumnVerbs.unpivot}. */
  melt(
    ids: ColumnOrName | readonly ColumnOrName[],
    values: ColumnOrName | readonly ColumnOrName[] | null | undefined,
    variableColumnName: string,
    valueColumnName: string,
  ): this {
    return this.unpivot(ids, values, variableColumnName, valueColumnName);
  }

  /**
   * Columns as rows and rows as columns, which are called by the values of `indexColumn`, the first by default. The
   * other columns need one type, or types that Spark widens. For few rows: Spark takes 500
   * (`spark.sql.transposeMaxValues`). Spark 4.0 and newer.
   */
  transpose(indexColumn?: ColumnOrName): this {
    const indexColumns = indexColumn === undefined ? [] : [expressionOf(indexColumn)];
    return this.next({ case: "transpose", value: { input: this.relation, indexColumns } });
  }

  /** One column `value` with each row as a JSON object. Still lazy, and nothing for `JSON.stringify`. */
  toJSON(): this {
    return this.select(fn("to_json", fn("struct", col("*"))).alias("value"));
  }

  /** With a column `index` that numbers the rows from 0, in the order of partitions. */
  zipWithIndex(indexColName: string = "index"): this {
    return this.select(col("*"), fn("distributed_sequence_id").alias(indexColName));
  }

  /** With a name by which columns can be called: `alias("o")`, then `col("o.id")`. */
  alias(name: string): this {
    if (name.trim() === "") throw planError("Cannot give a DataFrame a name: it is empty");
    return this.next({ case: "subqueryAlias", value: { input: this.relation, alias: name } });
  }

  /**
   * This query's one value as a column of another: one column, one row at most (else the action rejects), null without
   * rows. Columns that this query doesn't have are the outer one's. Spark 4.0 and newer.
   *
   * ```ts
   * orders.filter(col("price").gt(orders.agg(functions.avg("price")).scalar()));
   * ```
   */
  scalar(): Column {
    return new Column(subqueryExpression(this.relation, "scalar"));
  }

  /**
   * Whether this query has rows, as a condition of another. Columns that it doesn't have are the outer one's. Spark 4.0
   * and newer.
   *
   * ```ts
   * people.alias("p").filter(orders.filter(col("customer").eq(col("p.id").outer())).exists());
   * ```
   */
  exists(): Column {
    return new Column(subqueryExpression(this.relation, "exists"));
  }
}

function listed(given: ColumnOrName | readonly ColumnOrName[]): readonly ColumnOrName[] {
  return typeof given === "string" || given instanceof Column ? [given] : given;
}
