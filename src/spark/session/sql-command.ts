import type { CommandInit } from "../io/run-command.ts";
import { literalOf } from "../frame/literal.ts";
import { type ExpressionInit, type LiteralInit, planError, type RelationInit } from "../frame/plan.ts";
import type { SparkInput } from "../value/spark-value.ts";
import { partsProblem } from "./literal-parts.ts";
import { isBefore } from "./server-version.ts";

/** Arguments of a query: by name for `:name`, by place for `?`. */
export type SqlArguments = Readonly<Record<string, SparkInput>> | readonly SparkInput[];

/** The first version that takes expressions as arguments; older ones take literals alone. */
const EXPRESSIONS_SINCE = "4.0";

/**
 * What a query with arguments is as a relation, and as the command that Spark looks at first.
 * @throws CairnError `SPARK_PLAN_INVALID` for an argument that a server of `version` can't be sent
 */
export function sqlCommand(
  query: string,
  args: SqlArguments,
  version: string,
): { readonly relation: RelationInit; readonly command: CommandInit } {
  const given = Array.isArray(args)
    ? { positions: args as readonly SparkInput[], names: {} }
    : { positions: [], names: args as Readonly<Record<string, SparkInput>> };
  const modern = !isBefore(version, EXPRESSIONS_SINCE);
  const literal = (input: SparkInput, name: string): LiteralInit => oldLiteral(input, name, version);
  const value = modern
    ? {
        query,
        namedArguments: mapValues(given.names, literalExpression),
        posArguments: given.positions.map(literalExpression),
      }
    : {
        query,
        args: mapValues(given.names, literal),
        posArgs: given.positions.map((input, index) => literal(input, `number ${index + 1}`)),
      };
  const relation: RelationInit = { relType: { case: "sql", value } };
  // 3.5 reads the command's own fields, and needs them besides the relation.
  const old = modern ? {} : { sql: query, args: value.args ?? {}, posArgs: value.posArgs ?? [] };
  return { relation, command: { commandType: { case: "sqlCommand", value: { ...old, input: relation } } } };
}

/** Spark takes literals alone, and what is made of them by `array`, `map` and `struct`. */
function literalExpression(input: SparkInput): ExpressionInit {
  return { exprType: { case: "literal", value: literalOf(input) } };
}

function oldLiteral(input: SparkInput, name: string, version: string): LiteralInit {
  const literal = literalOf(input);
  const problem = partsProblem(literal, version);
  if (problem === undefined) return literal;
  throw planError(
    `Cannot send the argument ${name} to Spark ${version}: it has ${problem}, which arguments of sql can have since Spark 4.0`,
    "Build it in the query from arguments without parts, e.g. array(:first, :second), or use a newer server.",
  );
}

function mapValues<T>(
  names: Readonly<Record<string, SparkInput>>,
  map: (input: SparkInput, name: string) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(names).map(([name, input]) => [name, map(input, name)]));
}
