import { Column } from "./column.ts";
import { type ExpressionInit, planError } from "./plan.ts";

/** What a join compares: names of columns that both sides have, or conditions, all of which are to be true. */
export type JoinOn = string | readonly string[] | Column | readonly Column[];

/** How a plan says what a join compares. */
export interface JoinKeys {
  readonly usingColumns?: string[];
  readonly joinCondition?: ExpressionInit;
}

/** @throws CairnError `SPARK_PLAN_INVALID` for names and conditions mixed. */
export function joinKeys(on: JoinOn | undefined): JoinKeys {
  if (on === undefined) return {};
  if (typeof on === "string") return { usingColumns: [on] };
  if (on instanceof Column) return { joinCondition: on.expression };
  const names = on.filter((key) => typeof key === "string");
  const conditions = on.filter((key) => key instanceof Column);
  if (names.length === on.length) return { usingColumns: names };
  if (conditions.length !== on.length) {
    throw planError("Cannot join: give names of columns or conditions, not both");
  }
  return { joinCondition: conditions.reduce((all, condition) => all.and(condition)).expression };
}
