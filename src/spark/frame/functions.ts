import { Column, type Operand, operandExpression } from "./column.ts";
import {
  callFunction,
  col,
  type ColumnOrName,
  columnOf,
  expr,
  fn,
  fnDistinct,
  lit,
  when,
} from "./columns.ts";
import { call } from "./expression.ts";
import {
  COLUMN_FUNCTIONS,
  LAMBDA_FUNCTIONS,
  TEXT_FIRST_FUNCTIONS,
  VALUE_FUNCTIONS,
} from "./function-names.ts";
import { type ColumnLambda, lambdaExpression } from "./lambda.ts";

/** `array_contains` as `arrayContains`. */
type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** A function of columns: texts name columns, other values are literals. */
export type ColumnFunction = (...columns: readonly Operand[]) => Column;
/** A function of a column and values: texts are texts. */
export type ValueFunction = (column: ColumnOrName, ...values: readonly Operand[]) => Column;
/** A function of a text and columns. */
export type TextFirstFunction = (text: string | Column, ...columns: readonly Operand[]) => Column;
/** A function of arrays or maps, and a function of their elements. */
export type LambdaFunction = (
  column: ColumnOrName,
  ...rest: readonly (ColumnOrName | ColumnLambda)[]
) => Column;

/** The functions whose arguments need a reading of their own, and what makes columns. */
interface SpecialFunctions {
  readonly col: typeof col;
  readonly lit: typeof lit;
  readonly expr: typeof expr;
  readonly when: typeof when;
  readonly fn: typeof fn;
  readonly fnDistinct: typeof fnDistinct;
  readonly callFunction: typeof callFunction;
  /** How many different values there are; of combinations where there are several columns. */
  readonly countDistinct: (...columns: readonly ColumnOrName[]) => Column;
  /** The sum of the different values. */
  readonly sumDistinct: (column: ColumnOrName) => Column;
  /** Puts elements together: `aggregate("prices", lit(0), (sum, price) => sum.plus(price))`. */
  readonly aggregate: (
    column: ColumnOrName,
    start: Operand,
    merge: (state: Column, element: Column) => Column,
    finish?: (state: Column) => Column,
  ) => Column;
}

/** What {@link functions} holds. */
export type SparkFunctions = {
  readonly [Name in (typeof COLUMN_FUNCTIONS)[number] as CamelCase<Name>]: ColumnFunction;
} & { readonly [Name in (typeof VALUE_FUNCTIONS)[number] as CamelCase<Name>]: ValueFunction } & {
  readonly [Name in (typeof TEXT_FIRST_FUNCTIONS)[number] as CamelCase<Name>]: TextFirstFunction;
} & {
  readonly [Name in (typeof LAMBDA_FUNCTIONS)[number] as CamelCase<Name>]: LambdaFunction;
} & SpecialFunctions;

/**
 * SQL's functions as PySpark's module of that name has them, in camel case, `col` and `lit` among them. All others are called by {@link fn}.
 *
 * ```ts
 * const { col, sum, dateTrunc, transform } = functions;
 * df.filter(col("price").gt(0)).groupBy(dateTrunc("MONTH", "ordered_at").alias("month")).agg(sum("price").alias("total"));
 * df.select(transform("prices", (price) => price.multiply(1.19)));
 * ```
 */
export const functions: SparkFunctions = Object.fromEntries<unknown>([
  ...COLUMN_FUNCTIONS.map((name) => [camelCase(name), columnFunction(name)] as const),
  ...VALUE_FUNCTIONS.map((name) => [camelCase(name), valueFunction(name)] as const),
  ...TEXT_FIRST_FUNCTIONS.map((name) => [camelCase(name), textFirstFunction(name)] as const),
  ...LAMBDA_FUNCTIONS.map((name) => [camelCase(name), lambdaFunction(name)] as const),
  ...Object.entries(specialFunctions()),
]) as unknown as SparkFunctions;

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function columnFunction(name: string): ColumnFunction {
  return (...columns) => fn(name, ...columns);
}

function valueFunction(name: string): ValueFunction {
  return (column, ...values) =>
    new Column(call(name, [columnOf(column).expression, ...values.map(operandExpression)]));
}

function textFirstFunction(name: string): TextFirstFunction {
  return (text, ...columns) => fn(name, lit(text), ...columns);
}

function lambdaFunction(name: string): LambdaFunction {
  return (column, ...rest) => {
    const args = rest.map((part) =>
      typeof part === "function" ? lambdaExpression(part) : columnOf(part).expression,
    );
    return new Column(call(name, [columnOf(column).expression, ...args]));
  };
}

function specialFunctions(): SpecialFunctions {
  return {
    col,
    lit,
    expr,
    when,
    fn,
    fnDistinct,
    callFunction,
    countDistinct: (...columns) => fnDistinct("count", ...columns),
    sumDistinct: (column) => fnDistinct("sum", column),
    aggregate: (column, start, merge, finish) => {
      const lambdas = finish ? [merge, finish] : [merge];
      const args = [operandExpression(start), ...lambdas.map(lambdaExpression)];
      return new Column(call("aggregate", [columnOf(column).expression, ...args]));
    },
  };
}
