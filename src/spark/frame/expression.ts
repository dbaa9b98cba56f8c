import type { SparkInput } from "../value/spark-value.ts";
import { literalOf } from "./literal.ts";
import { type ExpressionInit, planError } from "./plan.ts";

/** A column by its name, parts joined by points; `*` and `t.*` are all columns. */
export function attribute(name: string, planId?: bigint): ExpressionInit {
  if (typeof name !== "string" || name === "")
    throw planError("Cannot make a plan: a column's name is missing");
  const plan = planId === undefined ? {} : { planId };
  if (name === "*") return { exprType: { case: "unresolvedStar", value: plan } };
  if (name.endsWith(".*")) {
    return { exprType: { case: "unresolvedStar", value: { unparsedTarget: name, ...plan } } };
  }
  return { exprType: { case: "unresolvedAttribute", value: { unparsedIdentifier: name, ...plan } } };
}

/** A call of a function by its name. */
export function call(name: string, args: readonly ExpressionInit[], isDistinct = false): ExpressionInit {
  return {
    exprType: { case: "unresolvedFunction", value: { functionName: name, arguments: [...args], isDistinct } },
  };
}

/** A value as an expression; see {@link literalOf}. */
export function valueExpression(value: SparkInput): ExpressionInit {
  return { exprType: { case: "literal", value: literalOf(value) } };
}
