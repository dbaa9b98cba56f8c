import type { PlanRunner } from "../plan-runner.ts";
import type { RelationInit, RelationKind } from "./plan.ts";
import { subqueriesOf } from "./subquery.ts";

/** A DataFrame's plan, and the session that it belongs to. */
export abstract class PlannedFrame {
  protected readonly runner: PlanRunner;
  /** The plan so far; for parts of this client that build on it. */
  readonly relation: RelationInit;
  /** The number by which columns of this very DataFrame, and subqueries, name it. */
  protected readonly planId: bigint;

  constructor(runner: PlanRunner, { relType }: RelationInit) {
    this.runner = runner;
    const planId = runner.nextPlanId();
    const root: RelationInit = { common: { planId }, ...(relType && { relType }) };
    const references = subqueriesOf(relType?.value);
    this.planId = references.length === 0 ? planId : runner.nextPlanId();
    this.relation =
      references.length === 0
        ? root
        : {
            common: { planId: this.planId },
            relType: { case: "withRelations", value: { root, references } },
          };
  }

  /** The DataFrame after a verb. */
  protected abstract next(relType: RelationKind): this;
}
