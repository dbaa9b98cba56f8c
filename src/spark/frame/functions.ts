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
import { COLUMN_FUNCTIONS, SERVER_NAMES } from "./function-names.ts";
import { SKETCH_FUNCTIONS, SKETCH_VALUE_FUNCTIONS } from "./sketch-function-names.ts";
import { LAMBDA_FUNCTIONS, TEXT_FIRST_FUNCTIONS, VALUE_FUNCTIONS } from "./value-function-names.ts";
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
  readonly aggregate: Aggregate;
  /** As `aggregate`. */
  readonly reduce: Aggregate;
  /** Without blanks, or those characters, at both ends. */
  readonly trim: Trim;
  /** As `trim`, at the beginning. */
  readonly ltrim: Trim;
  /** As `trim`, at the end. */
  readonly rtrim: Trim;
  /** Seconds since 1970 of a timestamp, or of a text in the format; of now without arguments. */
  readonly unixTimestamp: (column?: ColumnOrName, format?: Operand) => Column;
  /** Ascending, nulls first, as {@link Column.asc}. */
  readonly asc: Ordering;
  /** As `asc`. */
  readonly ascNullsFirst: Ordering;
  /** Ascending, nulls last. */
  readonly ascNullsLast: Ordering;
  /** Descending, nulls last, as {@link Column.desc}. */
  readonly desc: Ordering;
  /** Descending, nulls first. */
  readonly descNullsFirst: Ordering;
  /** As `desc`. */
  readonly descNullsLast: Ordering;
  /** Tells the optimizer that a DataFrame is small enough to go to all machines. */
  readonly broadcast: <Frame extends { hint(name: string): Frame }>(frame: Frame) => Frame;
}

type Ordering = (column: ColumnOrName) => Column;
type Trim = (column: ColumnOrName, characters?: Operand) => Column;
type Aggregate = (
  column: ColumnOrName,
  start: Operand,
  merge: (state: Column, element: Column) => Column,
  finish?: (state: Column) => Column,
) => Column;

/** What {@link functions} holds. */
export type SparkFunctions = {
  readonly [
    Name in (typeof COLUMN_FUNCTIONS | typeof SKETCH_FUNCTIONS)[number] as CamelCase<Name>
  ]: ColumnFunction;
} & {
  readonly [
    Name in (typeof VALUE_FUNCTIONS | typeof SKETCH_VALUE_FUNCTIONS)[number] as CamelCase<Name>
  ]: ValueFunction;
} & {
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
export const functions: SparkFunctions = lazily(() => {
  const named = <T>(names: readonly string[], make: (name: string) => T): (readonly [string, T])[] =>
    names.map((name) => [camelCase(name), make(SERVER_NAMES[name] ?? name)] as const);
  return Object.fromEntries<unknown>([
    ...named([...COLUMN_FUNCTIONS, ...SKETCH_FUNCTIONS], columnFunction),
    ...named([...VALUE_FUNCTIONS, ...SKETCH_VALUE_FUNCTIONS], valueFunction),
    ...named(TEXT_FIRST_FUNCTIONS, textFirstFunction),
    ...named(LAMBDA_FUNCTIONS, lambdaFunction),
    ...Object.entries(specialFunctions()),
  ]) as unknown as SparkFunctions;
});

/** An object that is made when something of it is first asked for: every process loads this file, few use it. */
function lazily<T extends object>(make: () => T): T {
  let made: T | undefined;
  const target = (): T => (made ??= make());
  return new Proxy({} as T, {
    get: (_, name): unknown => Reflect.get(target(), name),
    has: (_, name) => Reflect.has(target(), name),
    ownKeys: () => Reflect.ownKeys(target()),
    getOwnPropertyDescriptor: (_, name) => {
      const found = Reflect.getOwnPropertyDescriptor(target(), name);
      return found && { ...found, configurable: true };
    },
  });
}

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
    aggregate: aggregateFunction("aggregate"),
    reduce: aggregateFunction("reduce"),
    trim: trimFunction("trim"),
    ltrim: trimFunction("ltrim"),
    rtrim: trimFunction("rtrim"),
    unixTimestamp: (column, ...format) =>
      column === undefined ? fn("unix_timestamp") : valueFunction("unix_timestamp")(column, ...format),
    asc: (column) => columnOf(column).asc(),
    ascNullsFirst: (column) => columnOf(column).asc(),
    ascNullsLast: (column) => columnOf(column).ascNullsLast(),
    desc: (column) => columnOf(column).desc(),
    descNullsFirst: (column) => columnOf(column).descNullsFirst(),
    descNullsLast: (column) => columnOf(column).desc(),
    broadcast: (frame) => frame.hint("broadcast"),
  };
}

function aggregateFunction(name: string): Aggregate {
  return (column, start, merge, finish) => {
    const lambdas = finish ? [merge, finish] : [merge];
    const args = [operandExpression(start), ...lambdas.map(lambdaExpression)];
    return new Column(call(name, [columnOf(column).expression, ...args]));
  };
}

/** The server takes the characters before the text. */
function trimFunction(name: string): Trim {
  return (column, characters) => {
    const text = columnOf(column).expression;
    return new Column(call(name, characters === undefined ? [text] : [operandExpression(characters), text]));
  };
}
