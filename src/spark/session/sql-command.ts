import type { ExpressionInit, RelationInit } from "../frame/plan.ts";
import type { CommandInit } from "../io/run-command.ts";
import { literalOf } from "../frame/literal.ts";
import type { SparkInput } from "../value/spark-value.ts";

/** Arguments of a query: by name for `:name`, by place for `?`. */
export type SqlArguments = Readonly<Record<string, SparkInput>> | readonly SparkInput[];

/** The first version that takes expressions as arguments; older ones take literals alone. */
const EXPRESSIONS_SINCE = 4;

/** What a query with arguments is as a relation, and as the command that Spark looks at first. */
export function sqlCommand(
  query: string,
  args: SqlArguments,
  version: string,
): { readonly relation: RelationInit; readonly command: CommandInit } {
  const given = Array.isArray(args)
    ? { positions: args as readonly SparkInput[], names: {} }
    : { positions: [], names: args as Readonly<Record<string, SparkInput>> };
  const modern = Number.parseInt(version, 10) >= EXPRESSIONS_SINCE;
  const value = modern
    ? {
        query,
        namedArguments: mapValues(given.names, literalExpression),
        posArguments: given.positions.map(literalExpression),
      }
    : { query, args: mapValues(given.names, literalOf), posArgs: given.positions.map(literalOf) };
  const relation: RelationInit = { relType: { case: "sql", value } };
  // 3.5 reads the command's own fields, and needs them besides the relation.
  const old = modern ? {} : { sql: query, args: value.args ?? {}, posArgs: value.posArgs ?? [] };
  return { relation, command: { commandType: { case: "sqlCommand", value: { ...old, input: relation } } } };
}

/** Spark takes literals alone, and what is made of them by `array`, `map` and `struct`. */
function literalExpression(input: SparkInput): ExpressionInit {
  return { exprType: { case: "literal", value: literalOf(input) } };
}

function mapValues<T>(
  names: Readonly<Record<string, SparkInput>>,
  map: (input: SparkInput) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(names).map(([name, input]) => [name, map(input)]));
}
