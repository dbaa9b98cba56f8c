import type { ExpressionInit, RelationInit } from "./plan.ts";

/** What a subquery gives: its one value, whether it has rows, or whether values are among its rows. */
const KINDS = { scalar: 1, exists: 2, in: 4 } as const;

/** Where an expression keeps the plan of its subquery; not one of the message's fields, so it isn't sent with it. */
const PLAN = Symbol("the plan of a subquery");

/** An expression that names another plan by its number; the verb that takes the expression sends that plan along. */
export function subqueryExpression(
  plan: RelationInit,
  kind: keyof typeof KINDS,
  values: readonly ExpressionInit[] = [],
): ExpressionInit {
  const planId = plan.common?.planId ?? 0n;
  const value = { planId, subqueryType: KINDS[kind], inSubqueryValues: [...values], [PLAN]: plan };
  return { exprType: { case: "subqueryExpression", value } };
}

/** The plans of the subqueries in a verb's own expressions, in their order; its inputs have sent theirs already. */
export function subqueriesOf(verb: unknown): RelationInit[] {
  if (typeof verb !== "object" || verb === null || ArrayBuffer.isView(verb) || "relType" in verb) return [];
  const own = PLAN in verb ? [verb[PLAN] as RelationInit] : [];
  return Object.values(verb).reduce<RelationInit[]>((found, part) => {
    found.push(...subqueriesOf(part));
    return found;
  }, own);
}
