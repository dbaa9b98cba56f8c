import type { SparkInput } from "../value/spark-value.ts";
import { Column, type Operand, operandExpression } from "./column.ts";
import { attribute, call, valueExpression } from "./expression.ts";
import { type ExpressionInit, planError } from "./plan.ts";

/** A column, or the name of one. */
export type ColumnOrName = Column | string;

/** A column, its name, or its place among the columns, the first being 1. */
export type ColumnOrOrdinal = ColumnOrName | number;

/**
 * A column by its name. Parts of structs follow after a point; names with points or blanks stand in backticks.
 *
 * ```ts
 * df.select(col("id"), col("address.city"), col("`net price`"));
 * ```
 */
export function col(name: string): Column {
  return new Column(attribute(name));
}

/**
 * A value as a column. Whole numbers are `int` where they fit, else `bigint`; other numbers are `double`; a bigint is
 * `bigint`.
 *
 * @throws CairnError `SPARK_VALUE_INVALID` for a value that Spark can't hold exactly.
 */
export function lit(value: SparkInput | Column): Column {
  return value instanceof Column ? value : new Column(valueExpression(value));
}

/** An expression as SQL writes it: `expr("price * count AS total")`. */
export function expr(sql: string): Column {
  if (sql.trim() === "") throw planError("Cannot make a plan: the text of an expression is empty");
  return new Column({ exprType: { case: "expressionString", value: { expression: sql } } });
}

/**
 * A call of any function that the server knows, built in or its users'. As in PySpark, a text is a column's name; use
 * `lit("text")` for the text itself. All other values are literals.
 *
 * ```ts
 * fn("date_trunc", lit("MONTH"), "ordered_at");
 * ```
 */
export function fn(name: string, ...args: readonly Operand[]): Column {
  return new Column(call(name, args.map(argumentExpression)));
}

/**
 * A call of a function by its whole name, with catalog and database where it has them: what `CREATE FUNCTION` and
 * `udf.registerJavaFunction` made. Texts name columns.
 *
 * ```ts
 * callFunction("spark_catalog.tools.normalize", "phone");
 * ```
 */
export function callFunction(functionName: string, ...args: readonly Operand[]): Column {
  const value = { functionName, arguments: args.map(argumentExpression) };
  return new Column({ exprType: { case: "callFunction", value } });
}

/** As {@link fn}, over different values only: `fnDistinct("sum", "price")` is `sum(DISTINCT price)`. */
export function fnDistinct(name: string, ...args: readonly Operand[]): Column {
  return new Column(call(name, args.map(argumentExpression), true));
}

/** The first case of `CASE WHEN`; goes on with `.when()` and `.otherwise()`. */
export function when(condition: Column, value: Operand): Column {
  return new Column(call("when", [condition.expression, operandExpression(value)]));
}

/** A column as it is, a name as the column of that name. */
export function columnOf(given: ColumnOrName): Column {
  if (given instanceof Column) return given;
  if (typeof given === "string") return col(given);
  throw planError(`Cannot make a plan: ${String(given)} is neither a column nor the name of one`);
}

/** The expression of a column, given as such or by its name. */
export function expressionOf(given: ColumnOrName): ExpressionInit {
  return columnOf(given).expression;
}

/** The expression of an argument: a text names a column, other values are literals. */
export function argumentExpression(argument: Operand): ExpressionInit {
  return typeof argument === "string" ? attribute(argument) : operandExpression(argument);
}
