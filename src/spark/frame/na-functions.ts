import { literalOf } from "./literal.ts";
import { type LiteralInit, planError, type RelationInit, type RelationKind, wholeNumber } from "./plan.ts";

/** A value that takes the place of nulls, or of other values. */
export type Filling = number | bigint | string | boolean;

/** Values and what takes their place, then the names of columns; all columns of the values' type without names. */
export type Replacement =
  | readonly [from: Filling | readonly Filling[], to: Filling | null, ...columns: string[]]
  | readonly [pairs: ReadonlyMap<Filling, Filling | null>, ...columns: string[]];

/** Which rows `dropna` leaves out. */
export interface DropNaOptions {
  /** With one null (`any`, the default), or with nothing but nulls (`all`). NaN counts as null. */
  readonly how?: "any" | "all" | undefined;
  /** With fewer values than that; goes before `how`. */
  readonly thresh?: number | undefined;
  /** The columns that are looked at; all by default. */
  readonly subset?: readonly string[] | undefined;
}

/** What to do about nulls: `df.na`. */
export class DataFrameNaFunctions<Frame> {
  readonly #input: RelationInit;
  readonly #next: (relType: RelationKind) => Frame;

  constructor(input: RelationInit, next: (relType: RelationKind) => Frame) {
    this.#input = input;
    this.#next = next;
  }

  /**
   * Without rows that have nulls in those columns, in any column without arguments; or as the options say.
   *
   * ```ts
   * df.na.drop("price", "day");
   * df.na.drop({ how: "all", subset: ["price", "day"] });
   * ```
   */
  drop(...columns: readonly string[] | readonly [DropNaOptions]): Frame {
    const [first] = columns;
    const options = typeof first === "object" ? first : { subset: columns as readonly string[] };
    const { how = "any", thresh, subset = [] } = options;
    if (how !== "any" && how !== "all") {
      throw planError(`Cannot drop nulls: "${String(how)}" is neither "any" nor "all"`);
    }
    const least = thresh ?? (how === "all" ? 1 : undefined);
    const minNonNulls = least !== undefined && { minNonNulls: wholeNumber(least, "thresh") };
    return this.#next({ case: "dropNa", value: { input: this.#input, cols: [...subset], ...minNonNulls } });
  }

  /**
   * With a value for nulls: in columns of the value's type, or in the given ones; or a value for each column by name.
   *
   * ```ts
   * df.na.fill(0, "price").na.fill({ country: "?", paid: false });
   * ```
   *
   * @throws CairnError `SPARK_PLAN_INVALID` for another value than a number, text or boolean
   */
  fill(value: Filling | Readonly<Record<string, Filling>>, ...columns: readonly string[]): Frame {
    const byName = typeof value === "object" && value !== null ? Object.entries(value) : undefined;
    const cols = byName === undefined ? [...columns] : byName.map(([name]) => name);
    const values = byName === undefined ? [value as Filling] : byName.map(([, filling]) => filling);
    if (values.length === 0) throw planError("Cannot fill nulls: there is no value");
    return this.#next({ case: "fillNa", value: { input: this.#input, cols, values: values.map(filled) } });
  }

  /**
   * With other values in the place of some, in all columns of their type or in the given ones: one value for one, one
   * for several, or pairs in a Map; null is a new value, too. Numbers are compared as doubles.
   *
   * ```ts
   * df.na.replace("?", null, "country");
   * df.na.replace(new Map([[1, 10], [2, 20]]), "amount");
   * ```
   *
   * @throws CairnError `SPARK_PLAN_INVALID` for values of more than one type
   */
  replace(...given: Replacement): Frame {
    const { pairs, columns } = readReplacement(given);
    const kinds = new Set(pairs.flat().flatMap((value) => (value === null ? [] : [kindOf(value)])));
    if (pairs.length === 0 || kinds.size > 1) {
      throw planError("Cannot replace values: they are to be numbers alone, texts alone or booleans alone");
    }
    const replacements = pairs.map(([old, now]) => ({ oldValue: replaced(old), newValue: replaced(now) }));
    return this.#next({ case: "replace", value: { input: this.#input, cols: columns, replacements } });
  }
}

function readReplacement(given: Replacement): {
  readonly pairs: readonly (readonly [Filling, Filling | null])[];
  readonly columns: string[];
} {
  const [from, ...rest] = given;
  if (from instanceof Map) {
    return { pairs: [...(from as ReadonlyMap<Filling, Filling | null>)], columns: rest as string[] };
  }
  const [to, ...columns] = rest as [Filling | null | undefined, ...string[]];
  if (to === undefined) throw planError("Cannot replace values: the new value is missing");
  const olds = (Array.isArray(from) ? from : [from]) as readonly Filling[];
  return { pairs: olds.map((old) => [old, to] as const), columns };
}

function kindOf(value: Filling): string {
  const kind = typeof value === "bigint" ? "number" : typeof value;
  if (kind === "number" || kind === "string" || kind === "boolean") return kind;
  throw planError("Cannot make a plan: a number, text or boolean is needed in the place of nulls or values");
}

/** The server takes whole numbers as long only. */
function filled(value: Filling): LiteralInit {
  kindOf(value);
  return literalOf(typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value);
}

/** The server takes numbers as double only. */
function replaced(value: Filling | null): LiteralInit {
  if (value === null) return literalOf(null);
  return kindOf(value) === "number"
    ? { literalType: { case: "double", value: Number(value) } }
    : literalOf(value);
}
