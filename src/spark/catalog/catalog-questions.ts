import { planError, type RelationKind } from "../frame/plan.ts";
import { planned } from "../frame/relations.ts";
import { allRows } from "../frame/results.ts";
import type { ExecuteOptions, PlanRunner } from "../plan-runner.ts";
import type { Row, SparkValue } from "../value/spark-value.ts";

/** What a catalog can be asked or told, as the protocol has it. */
export type CatalogQuestion = NonNullable<
  NonNullable<Extract<RelationKind, { case: "catalog" }>["value"]["catType"]>
>;

/** Asks the server's catalog; every answer is a table. */
export class CatalogQuestions {
  readonly #runner: PlanRunner;

  constructor(runner: PlanRunner) {
    this.#runner = runner;
  }

  /** The answer's rows. Its columns are the fields of Spark's own entries, by the same names, which `Entry` tells. */
  async rows<Entry>(catType: CatalogQuestion, options: ExecuteOptions = {}): Promise<readonly Entry[]> {
    const relation = planned(this.#runner, { case: "catalog", value: { catType } });
    return (await allRows(this.#runner, relation, options)) as readonly unknown[] as readonly Entry[];
  }

  /** The answer's only row. @throws CairnError `SPARK_PLAN_INVALID` where there is none */
  async row<Entry>(catType: CatalogQuestion, options: ExecuteOptions | undefined): Promise<Entry> {
    const [row] = await this.rows<Entry>(catType, options);
    if (row === undefined) throw planError(`Cannot read the catalog: the answer to ${catType.case} is empty`);
    return row;
  }

  /** The answer's only value, a text; empty for none. */
  async text(catType: CatalogQuestion, options: ExecuteOptions | undefined): Promise<string> {
    const value = await this.#value(catType, options);
    return typeof value === "string" ? value : "";
  }

  /** The answer's only value, true or false. */
  async truth(catType: CatalogQuestion, options: ExecuteOptions | undefined): Promise<boolean> {
    return (await this.#value(catType, options)) === true;
  }

  async #value(catType: CatalogQuestion, options: ExecuteOptions | undefined): Promise<SparkValue> {
    const row = await this.row<Row>(catType, options);
    return Object.values(row)[0] ?? null;
  }
}
