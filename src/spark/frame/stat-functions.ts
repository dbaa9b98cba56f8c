import type { ExecuteOptions, PlanRunner } from "../plan-runner.ts";
import type { SparkInput, SparkValue } from "../value/spark-value.ts";
import type { ColumnOrName } from "./columns.ts";
import { planError, type RelationInit, type RelationKind } from "./plan.ts";
import { planned } from "./relations.ts";
import { allArrays } from "./results.ts";

/** What Spark takes for frequent, as a share of the rows. */
const SUPPORT = 0.01;

/** A list of values for one column, a list of lists for several. */
export type Quantiles<Columns> = Columns extends string ? number[] : number[][];

/** What statistics need of their DataFrame. */
interface Sampled<Frame> {
  readonly relation: RelationInit;
  sampleBy(
    column: ColumnOrName,
    fractions: Readonly<Record<string, number>> | ReadonlyMap<SparkInput, number>,
    seed: number,
  ): Frame;
}

/** Statistics of columns: `df.stat`. */
export class DataFrameStatFunctions<Frame> {
  readonly #runner: PlanRunner;
  readonly #frame: Sampled<Frame>;
  readonly #next: (relType: RelationKind) => Frame;

  constructor(runner: PlanRunner, frame: Sampled<Frame>, next: (relType: RelationKind) => Frame) {
    this.#runner = runner;
    this.#frame = frame;
    this.#next = next;
  }

  get #input(): RelationInit {
    return this.#frame.relation;
  }

  /** Pearson's correlation of two columns of numbers, -1 to 1; NaN where one of them doesn't vary. */
  async corr(col1: string, col2: string, options: ExecuteOptions = {}): Promise<number> {
    const value = { input: this.#input, col1, col2, method: "pearson" };
    return Number(await this.#value({ case: "corr", value }, options));
  }

  /** The sample covariance of two columns of numbers. */
  async cov(col1: string, col2: string, options: ExecuteOptions = {}): Promise<number> {
    return Number(await this.#value({ case: "cov", value: { input: this.#input, col1, col2 } }, options));
  }

  /**
   * About the values below which those shares of a column's values lie: 0 is the least, 0.5 the median. Of several
   * columns a list for each. Nulls and NaN are left out; a column without values gives an empty list.
   *
   * @param relativeError how far a share may be off, 0 (exact, which can cost much) or more
   * @throws CairnError `SPARK_PLAN_INVALID` for shares outside of 0 to 1 or a negative error
   */
  async approxQuantile<Columns extends string | readonly string[]>(
    columns: Columns,
    probabilities: readonly number[],
    relativeError: number,
    options: ExecuteOptions = {},
  ): Promise<Quantiles<Columns>> {
    if (!probabilities.every((share) => share >= 0 && share <= 1) || !(relativeError >= 0)) {
      throw planError(
        `Cannot look for quantiles: ${probabilities.join(", ")} are to be 0 to 1, the error ${relativeError} 0 or more`,
      );
    }
    const given: string | readonly string[] = columns;
    const cols = typeof given === "string" ? [given] : [...given];
    const value = { input: this.#input, cols, probabilities: [...probabilities], relativeError };
    const found = (await this.#value({ case: "approxQuantile", value }, options)) as number[][];
    return (typeof columns === "string" ? (found[0] ?? []) : found) as Quantiles<Columns>;
  }

  /**
   * How often each value of `col1` comes with each of `col2`: a row for the one, a column for the other, the first
   * column called `COL1_COL2`. For few different values.
   */
  crosstab(col1: string, col2: string): Frame {
    return this.#next({ case: "crosstab", value: { input: this.#input, col1, col2 } });
  }

  /**
   * Values that are frequent in their columns, as arrays called `NAME_freqItems` in one row; others can be among them.
   *
   * @param support the share of rows from which a value is frequent, above 0.0001; 0.01 by default
   */
  freqItems(columns: readonly string[], support: number = SUPPORT): Frame {
    return this.#next({ case: "freqItems", value: { input: this.#input, cols: [...columns], support } });
  }

  /** As {@link RowVerbs.sampleBy}. */
  sampleBy(
    column: ColumnOrName,
    fractions: Readonly<Record<string, number>> | ReadonlyMap<SparkInput, number>,
    seed: number,
  ): Frame {
    return this.#frame.sampleBy(column, fractions, seed);
  }

  async #value(relType: RelationKind, options: ExecuteOptions): Promise<SparkValue> {
    const [row] = await allArrays(this.#runner, planned(this.#runner, relType), options);
    return row?.[0] ?? null;
  }
}
