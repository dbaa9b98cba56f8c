import type { Argument } from "./sql-config.ts";
import { sqlError } from "./place.ts";
import type { Statement } from "./statements.ts";

/** The values of a statement's arguments by name; whole numbers as bigint, so that they are integers in SQL. */
export function boundArguments(
  statement: Statement,
  args: Readonly<Record<string, Argument>>,
): Record<string, Argument | bigint> {
  const values: Record<string, Argument | bigint> = {};
  for (const { name, at } of statement.arguments) {
    const value = Object.hasOwn(args, name) ? args[name] : undefined;
    if (value === undefined) {
      throw sqlError(statement, {
        message: `there is no argument "${name}"`,
        code: "SQL_UNKNOWN_ARGUMENT",
        at,
        hint: `Give it in args { ${name} = … }.`,
        cause: undefined,
      });
    }
    values[name] = typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
  }
  return values;
}

/** What is said where a target is given and the last statement gives no rows. */
export function notAQuery(statement: Statement): Error {
  return sqlError(statement, {
    message: "the last statement must be a query, because a target is given",
    code: "SQL_NOT_A_QUERY",
    at: 0,
    hint: "End with a SELECT, or leave the target out.",
    cause: undefined,
  });
}
