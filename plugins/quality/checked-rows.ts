import { ownStatement, quotedName, type SqlCell, type SqlColumn, type SqlEngine } from "../sql/engine.ts";
import { splitStatements, type Statement } from "../sql/statements.ts";
import { CHECKED } from "./check-config.ts";

/** What the checks look at: the rows, and the ways in which this engine writes things. */
export interface CheckedRows {
  readonly engine: "duckdb" | "spark";
  readonly sql: SqlEngine;
  readonly columns: readonly SqlColumn[];
  readonly rows: number;
  /** Nulls by column as it was named, of those that `nulls` checks name. */
  readonly nulls: ReadonlyMap<string, number>;
}

type Quoting = Pick<CheckedRows, "engine">;

/** A column in a statement. */
export function columnText(name: string, { engine }: Quoting): string {
  return quotedName(name, engine === "spark" ? "`" : '"');
}

/** A value in a statement. */
export function literalText(value: number | string, { engine }: Quoting): string {
  if (typeof value === "number") return String(value);
  const text = engine === "spark" ? value.replaceAll("\\", "\\\\") : value;
  return `'${text.replaceAll("'", engine === "spark" ? "\\'" : "''")}'`;
}

/** Whether the rows have a column; both engines take names in any case. */
export function hasColumn(columns: readonly SqlColumn[], name: string): boolean {
  return columns.some((column) => column.name.toLowerCase() === name.toLowerCase());
}

/** A statement of the configuration; exactly one. Undefined where there is none, or more. */
export function oneStatement(
  text: string,
  source: string,
  engine: CheckedRows["engine"],
): Statement | undefined {
  const found = splitStatements(text, source, { backslash: engine === "spark" });
  return found.length === 1 ? found[0] : undefined;
}

/** A number that an engine gave, which is a text where JSON could not hold it. */
export function numberOf(cell: SqlCell | undefined): number {
  return Number(cell ?? 0);
}

/** Counts all rows, and the nulls of these columns, in one query. */
export async function countRows(
  about: Pick<CheckedRows, "engine" | "sql" | "columns">,
  nullable: readonly string[],
): Promise<Pick<CheckedRows, "rows" | "nulls">> {
  const names = [...new Set(nullable)].filter((name) => hasColumn(about.columns, name));
  const counts = names.map(
    (name, at) => `, count(CASE WHEN ${columnText(name, about)} IS NULL THEN 1 END) AS c${at}`,
  );
  const text = `SELECT count(*) AS n${counts.join("")} FROM ${CHECKED}`;
  const [row] = await about.sql.rows(ownStatement(text, "checks"), 1);
  return {
    rows: numberOf(row?.["n"]),
    nulls: new Map(names.map((name, at) => [name, numberOf(row?.[`c${at}`])])),
  };
}

/** One number that a query of ours counts. */
export async function countOf(about: CheckedRows, text: string, source: string): Promise<number> {
  const [row] = await about.sql.rows(ownStatement(text, source), 1);
  return numberOf(row?.["n"]);
}
