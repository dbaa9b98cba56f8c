import { Geography } from "../value/geography.ts";
import { Geometry } from "../value/geometry.ts";
import type { SparkInput } from "../value/spark-value.ts";
import { literalOf } from "./literal.ts";
import { type ExpressionInit, planError } from "./plan.ts";

/** The reference system of GPS, which Spark makes geographies in. */
const WGS_84 = 4326;

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

/** A value as an expression: a literal, see {@link literalOf}; for shapes, which have none, the call that makes them. */
export function valueExpression(value: SparkInput): ExpressionInit {
  if (value instanceof Geometry) {
    return call("st_geomfromwkb", [valueExpression(value.wkb), valueExpression(value.srid)]);
  }
  if (value instanceof Geography) {
    const shape = call("st_geogfromwkb", [valueExpression(value.wkb)]);
    return value.srid === WGS_84 ? shape : call("st_setsrid", [shape, valueExpression(value.srid)]);
  }
  return { exprType: { case: "literal", value: literalOf(value) } };
}
