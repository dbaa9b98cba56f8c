import { isRecord, shown } from "../arrow/checked-values.ts";
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

/**
 * A value as an expression. Arrays, maps and objects become calls of `array`, `map` and `named_struct`, which all
 * versions of Spark know.
 *
 * @throws CairnError `SPARK_VALUE_INVALID` for a value that Spark can't hold exactly; `SPARK_PLAN_INVALID` for one
 *   that isn't of Spark at all.
 */
export function valueExpression(value: SparkInput): ExpressionInit {
  const literal = literalOf(value);
  if (literal) return { exprType: { case: "literal", value: literal } };
  if (Array.isArray(value)) return call("array", (value as readonly SparkInput[]).map(valueExpression));
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<SparkInput, SparkInput>)];
    return call("map", entries.flat().map(valueExpression));
  }
  if (isRecord(value)) {
    const entries = Object.entries(value);
    return call(
      "named_struct",
      entries.flatMap(([name, inner]) => [valueExpression(name), valueExpression(inner)]),
    );
  }
  throw planError(`Cannot send ${shown(value)} to Spark: it is no value of Spark's`);
}
