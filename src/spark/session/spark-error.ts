import { CairnError } from "../../base/mod.ts";
import { isOfTheQuery, steer } from "./steering.ts";
import { caretText, type SqlPlace, type SqlRange } from "./sql-place.ts";

/** What of a query an error is about. */
export interface QueryContext extends SqlRange {
  readonly kind: "sql" | "dataframe";
  /** `VIEW` and its name, where the text is a view's; empty for the query itself. */
  readonly objectType: string;
  readonly objectName: string;
  /** The DataFrame's call; empty for SQL. */
  readonly callSite: string;
  readonly summary: string;
}

/** Everything Spark says of an error. */
export interface SparkErrorFacts {
  /** E.g. `TABLE_OR_VIEW_NOT_FOUND`, `UNRESOLVED_COLUMN.WITH_SUGGESTION`. */
  readonly errorClass: string | undefined;
  /** Five characters of the SQL standard. */
  readonly sqlState: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly queryContexts: readonly QueryContext[];
  /** Names of the Java classes, the error's own first. */
  readonly typeHierarchy: readonly string[];
  readonly operationId?: string | undefined;
  readonly place?: SqlPlace | undefined;
  readonly cause?: unknown;
}

/**
 * An error of Spark itself: the query was refused or failed. `message` is Spark's with the place in the query below it.
 *
 * ```text
 * [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column … with name `idd` cannot be resolved. … SQLSTATE: 42703 (line 2, column 8)
 * 1 | SELECT
 * 2 |   sum(idd)
 *   |       ^^^
 * ```
 */
export class SparkError extends CairnError {
  readonly errorClass: string | undefined;
  readonly sqlState: string | undefined;
  readonly parameters: Readonly<Record<string, string>>;
  readonly queryContexts: readonly QueryContext[];
  readonly typeHierarchy: readonly string[];
  readonly operationId: string | undefined;
  /** Where in the query's text, if Spark tells. */
  readonly place: SqlPlace | undefined;
  /** Spark's own message, whole. */
  readonly sparkMessage: string;

  constructor(sparkMessage: string, facts: SparkErrorFacts) {
    super(messageOf(sparkMessage, facts.place), {
      code: "SPARK_QUERY_FAILED",
      kind: "world",
      cause: facts.cause,
      details: {
        ...(facts.errorClass !== undefined && { errorClass: facts.errorClass }),
        ...(facts.sqlState !== undefined && { sqlState: facts.sqlState }),
        ...(facts.operationId !== undefined && { operationId: facts.operationId }),
        ...(facts.place !== undefined && { line: facts.place.line, column: facts.place.column }),
      },
    });
    this.name = "SparkError";
    this.errorClass = facts.errorClass;
    this.sqlState = facts.sqlState;
    this.parameters = facts.parameters;
    this.queryContexts = facts.queryContexts;
    this.typeHierarchy = facts.typeHierarchy;
    this.operationId = facts.operationId;
    this.place = facts.place;
    this.sparkMessage = sparkMessage;
    if (isOfTheQuery(facts.sqlState, facts.typeHierarchy)) steer(this, "permanent");
  }
}

/** `[CLASS.SUBCLASS] …` and `SQLSTATE: 42703`: older servers say it in the message alone. */
export function classAndState(message: string): { errorClass?: string; sqlState?: string } {
  const errorClass = /^\s*\[([A-Z][A-Z0-9_.]*)\]/.exec(message)?.[1];
  const sqlState = /\bSQLSTATE: ([0-9A-Z]{5})\b/.exec(message)?.[1];
  return { ...(errorClass !== undefined && { errorClass }), ...(sqlState !== undefined && { sqlState }) };
}

/** Spark's message without what is said better below: the plan's tree, its own drawing of the query, its place. */
function messageOf(message: string, place: SqlPlace | undefined): string {
  const withoutDrawing = message.replace(/\n*== SQL(?: of [^=]*| ?\([^)]*\))? ==[\s\S]*$/, "");
  const withoutTree = withoutDrawing.replace(/;\n\s*['A-Z][\s\S]*$/, "");
  if (place === undefined) return withoutTree.trim();
  const text = withoutTree
    .replace(/\s*\(line \d+, pos \d+\)\s*$/, "")
    .replace(/; line \d+ pos \d+;?\s*$/, "")
    .trim();
  return `${text} (line ${place.line}, column ${place.column})\n${caretText(place)}`;
}
