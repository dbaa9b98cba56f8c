import { Column } from "./column.ts";
import { type ExpressionInit, planError } from "./plan.ts";

/** A function of elements, written with columns: `(x) => x.plus(1)`. */
export type ColumnLambda = (...elements: readonly Column[]) => Column;

/** The names of parameters as PySpark gives them; the depth is added. */
const NAMES = ["x", "y", "z"];

/**
 * The expression of a function of one to three elements.
 *
 * @throws CairnError `SPARK_PLAN_INVALID` for another number of parameters, or where no column comes out.
 */
export function lambdaExpression(lambda: ColumnLambda): ExpressionInit {
  const names = NAMES.slice(0, lambda.length);
  if (lambda.length < 1 || lambda.length > NAMES.length) {
    throw planError(`Cannot make a plan: a function of elements has ${lambda.length} parameters, not 1 to 3`);
  }
  // What an inner function is called is known first: parameters get their names when the body is there.
  const parameters = names.map(() => ({ nameParts: [] as string[] }));
  const body = lambda(
    ...parameters.map((value) => new Column({ exprType: { case: "unresolvedNamedLambdaVariable", value } })),
  );
  if (!(body instanceof Column))
    throw planError("Cannot make a plan: a function of elements gives no column");
  const depth = depthOf(body.expression) + 1;
  for (const [index, { nameParts }] of parameters.entries()) nameParts.push(`${names[index]}_${depth}`);
  return {
    exprType: { case: "lambdaFunction", value: { function: body.expression, arguments: parameters } },
  };
}

/** How many functions of elements are nested in a part of a plan. */
function depthOf(part: unknown): number {
  if (typeof part !== "object" || part === null || ArrayBuffer.isView(part)) return 0;
  const own = "case" in part && part.case === "lambdaFunction" ? 1 : 0;
  return Object.values(part).reduce<number>((deepest, inner) => Math.max(deepest, depthOf(inner) + own), own);
}
