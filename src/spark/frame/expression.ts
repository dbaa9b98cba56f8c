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
  if (value instanceof Geometry) return shape("st_geomfromwkb", value, 0);
  if (value instanceof Geography) return shape("st_geogfromwkb", value, WGS_84);
  return { exprType: { case: "literal", value: literalOf(value) } };
}

/** Spark makes shapes of bytes in one reference system, and takes them for shapes in another where it is told to. */
function shape(make: string, { wkb, srid }: Geometry | Geography, madeIn: number): ExpressionInit {
  const made = call(make, [valueExpression(wkb)]);
  return srid === madeIn ? made : call("st_setsrid", [made, valueExpression(srid)]);
}
