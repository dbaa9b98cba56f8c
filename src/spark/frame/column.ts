import type { DataType } from "../schema/data-type.ts";
import { typeToMessage } from "../schema/type-message.ts";
import type { SparkInput } from "../value/spark-value.ts";
import { call, valueExpression } from "./expression.ts";
import { type ExpressionInit, planError, type SortOrderInit } from "./plan.ts";
import { PlannedFrame } from "./planned-frame.ts";
import { subqueryExpression } from "./subquery.ts";
import type { WindowSpec } from "./window.ts";

/** An operand: a column, or a value that becomes a literal (texts too). */
export type Operand = Column | SparkInput;

const ASCENDING = 1;
const DESCENDING = 2;
const NULLS_FIRST = 1;
const NULLS_LAST = 2;
const TRY = 3;

/**
 * An expression over the columns of a DataFrame; nothing is computed before an action. Operators are methods; a value
 * among their operands is a literal, so compare with `col("other")` where a column is meant.
 *
 * ```ts
 * const total = col("price").multiply(col("count")).cast("decimal(12,2)").alias("total");
 * df.filter(col("country").eq("DE").and(total.gt(100)));
 * ```
 */
export class Column {
  readonly expression: ExpressionInit;

  constructor(expression: ExpressionInit) {
    this.expression = expression;
  }

  #call(name: string, ...operands: readonly Operand[]): Column {
    return new Column(call(name, [this.expression, ...operands.map(operandExpression)]));
  }

  /** SQL's `=`: null where one side is null. */
  eq(other: Operand): Column {
    return this.#call("==", other);
  }

  /** SQL's `<>`. */
  ne(other: Operand): Column {
    return this.#call("==", other).not();
  }

  /** SQL's `<=>`: true where both sides are null, never null. */
  eqNullSafe(other: Operand): Column {
    return this.#call("<=>", other);
  }

  /** SQL's `<`. */
  lt(other: Operand): Column {
    return this.#call("<", other);
  }

  /** SQL's `<=`. */
  le(other: Operand): Column {
    return this.#call("<=", other);
  }

  /** SQL's `>`. */
  gt(other: Operand): Column {
    return this.#call(">", other);
  }

  /** SQL's `>=`. */
  ge(other: Operand): Column {
    return this.#call(">=", other);
  }

  /** Whether it lies from `low` to `high`, both included. */
  between(low: Operand, high: Operand): Column {
    return this.ge(low).and(this.le(high));
  }

  /**
   * Whether it is one of the values, or among the rows of a DataFrame of one column. A struct of columns looks for rows
   * of as many (`functions.struct("a", "b").isin(pairs)`). DataFrames with Spark 4.1 and newer.
   */
  isin(...values: readonly Operand[] | readonly [PlannedFrame]): Column {
    const [first] = values;
    if (!(first instanceof PlannedFrame)) return this.#call("in", ...(values as readonly Operand[]));
    const { exprType } = this.expression;
    const isStruct = exprType?.case === "unresolvedFunction" && exprType.value.functionName === "struct";
    const sought = isStruct ? (exprType.value.arguments ?? []) : [this.expression];
    return new Column(subqueryExpression(first.relation, "in", sought));
  }

  /** True where both are; null where one is null and the other isn't false. */
  and(other: Operand): Column {
    return this.#call("and", other);
  }

  /** True where one is; null where one is null and the other isn't true. */
  or(other: Operand): Column {
    return this.#call("or", other);
  }

  /** True where it is false; null where it is null. */
  not(): Column {
    return this.#call("not");
  }

  /** Whether it is null. */
  isNull(): Column {
    return this.#call("isNull");
  }

  /** Whether it isn't null. */
  isNotNull(): Column {
    return this.#call("isNotNull");
  }

  /** Whether it is a number that is none. */
  isNaN(): Column {
    return this.#call("isNaN");
  }

  /** The sum; also of dates and intervals. */
  plus(other: Operand): Column {
    return this.#call("+", other);
  }

  /** The difference; also of dates and intervals. */
  minus(other: Operand): Column {
    return this.#call("-", other);
  }

  /** The product. */
  multiply(other: Operand): Column {
    return this.#call("*", other);
  }

  /** The quotient, a double or decimal; under ANSI an error for 0. */
  divide(other: Operand): Column {
    return this.#call("/", other);
  }

  /** The rest of a division, with the sign of the first. */
  mod(other: Operand): Column {
    return this.#call("%", other);
  }

  /** With the other sign. */
  negate(): Column {
    return this.#call("negative");
  }

  /** The bits that both have. */
  bitwiseAnd(other: Operand): Column {
    return this.#call("&", other);
  }

  /** The bits that one has. */
  bitwiseOr(other: Operand): Column {
    return this.#call("|", other);
  }

  /** The bits that one alone has. */
  bitwiseXor(other: Operand): Column {
    return this.#call("^", other);
  }

  /** SQL's `LIKE`: `%` is any text, `_` any character. */
  like(pattern: Operand): Column {
    return this.#call("like", pattern);
  }

  /** As {@link Column.like}, whatever the case. */
  ilike(pattern: Operand): Column {
    return this.#call("ilike", pattern);
  }

  /** Whether a Java regular expression is found in it. */
  rlike(pattern: Operand): Column {
    return this.#call("rlike", pattern);
  }

  /** Whether the text begins with that one. */
  startsWith(text: Operand): Column {
    return this.#call("startsWith", text);
  }

  /** Whether the text ends with that one. */
  endsWith(text: Operand): Column {
    return this.#call("endsWith", text);
  }

  /** Whether that text is in it. */
  contains(text: Operand): Column {
    return this.#call("contains", text);
  }

  /** The part of a text that begins at `start`, the first character being 1. */
  substr(start: Operand, length: Operand): Column {
    return this.#call("substr", start, length);
  }

  /** An element of an array (from 0), a value of a map, or a field of a struct. */
  getItem(key: Operand): Column {
    const extraction = operandExpression(key);
    return new Column({
      exprType: { case: "unresolvedExtractValue", value: { child: this.expression, extraction } },
    });
  }

  /** A field of a struct. */
  getField(name: string): Column {
    return this.getItem(name);
  }

  /** A struct with a field set, or added. */
  withField(fieldName: string, value: Operand): Column {
    const valueExpr = operandExpression(value);
    const updated = { structExpression: this.expression, fieldName, valueExpression: valueExpr };
    return new Column({ exprType: { case: "updateFields", value: updated } });
  }

  /** A struct without those fields. */
  dropFields(...names: readonly string[]): Column {
    return names.reduce<Column>(
      (column, fieldName) =>
        new Column({
          exprType: { case: "updateFields", value: { structExpression: column.expression, fieldName } },
        }),
      this,
    );
  }

  /** The value as another type, as SQL writes it: `cast("decimal(10,2)")`. Under ANSI, values that don't fit fail. */
  cast(type: string | DataType): Column {
    return this.#cast(type, 0);
  }

  /** As {@link Column.cast}, with null for values that don't fit. */
  tryCast(type: string | DataType): Column {
    return this.#cast(type, TRY);
  }

  #cast(type: string | DataType, evalMode: 0 | 3): Column {
    const castToType =
      typeof type === "string"
        ? ({ case: "typeStr", value: type } as const)
        : ({ case: "type", value: typeToMessage(type) } as const);
    return new Column({
      exprType: { case: "cast", value: { expr: this.expression, castToType, evalMode } },
    });
  }

  /** In a subquery, the column of the query around it; it says so to readers, for Spark finds it without. */
  outer(): Column {
    return this;
  }

  /** Puts the column into a function: for operations of one's own in a chain. */
  transform<T>(change: (column: Column) => T): T {
    return change(this);
  }

  /** The column by another name; several for functions that give several columns. */
  alias(...names: readonly string[]): Column {
    if (names.length === 0) throw planError("Cannot rename a column: alias() needs a name");
    return new Column({ exprType: { case: "alias", value: { expr: this.expression, name: [...names] } } });
  }

  /** Ascending, nulls first. */
  asc(): Column {
    return this.#sorted(ASCENDING, NULLS_FIRST);
  }

  /** As {@link Column.asc}. */
  ascNullsFirst(): Column {
    return this.asc();
  }

  /** Descending, nulls last. */
  desc(): Column {
    return this.#sorted(DESCENDING, NULLS_LAST);
  }

  /** As {@link Column.desc}. */
  descNullsLast(): Column {
    return this.desc();
  }

  /** Ascending, nulls last. */
  ascNullsLast(): Column {
    return this.#sorted(ASCENDING, NULLS_LAST);
  }

  /** Descending, nulls first. */
  descNullsFirst(): Column {
    return this.#sorted(DESCENDING, NULLS_FIRST);
  }

  #sorted(direction: 1 | 2, nullOrdering: 1 | 2): Column {
    const { exprType } = this.expression;
    const child = exprType?.case === "sortOrder" ? exprType.value.child : this.expression;
    return new Column({
      exprType: { case: "sortOrder", value: { ...(child && { child }), direction, nullOrdering } },
    });
  }

  /** A further case of {@link when}: the first condition that is true decides. */
  when(condition: Column, value: Operand): Column {
    return new Column(call("when", [...this.#cases(), condition.expression, operandExpression(value)]));
  }

  /** What a {@link when} gives where no condition is true; null without it. */
  otherwise(value: Operand): Column {
    return new Column(call("when", [...this.#cases(), operandExpression(value)]));
  }

  #cases(): readonly ExpressionInit[] {
    const { exprType } = this.expression;
    const cases =
      exprType?.case === "unresolvedFunction" && exprType.value.functionName === "when"
        ? (exprType.value.arguments ?? [])
        : [];
    if (cases.length > 0 && cases.length % 2 === 0) return cases;
    throw planError(
      "Cannot add a case: when() and otherwise() go on from when(), and nothing comes after otherwise()",
    );
  }

  /**
   * The function over a window instead of over the group.
   *
   * ```ts
   * fn("row_number").over(Window.partitionBy("country").orderBy(col("total").desc()));
   * ```
   */
  over(window: WindowSpec): Column {
    return new Column({
      exprType: { case: "window", value: { windowFunction: this.expression, ...window.spec() } },
    });
  }
}

/** A column's expression, or the literal of a value. */
export function operandExpression(operand: Operand): ExpressionInit {
  return operand instanceof Column ? operand.expression : valueExpression(operand);
}

/** The order that a column says, ascending by default. */
export function sortOrder(column: Column): SortOrderInit {
  const { exprType } = column.expression;
  if (exprType?.case === "sortOrder") return exprType.value;
  return { child: column.expression, direction: ASCENDING, nullOrdering: NULLS_FIRST };
}
