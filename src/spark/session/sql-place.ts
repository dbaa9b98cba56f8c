/** A place in the text of a query; line and column count from 1. */
export interface SqlPlace {
  /** The text that was sent. */
  readonly sql: string;
  readonly line: number;
  readonly column: number;
  /** How many characters of that line are meant; at least 1. */
  readonly length: number;
}

/** Where Spark says that something is wrong: indices into the query's text, both included. */
export interface SqlRange {
  readonly startIndex: number;
  readonly stopIndex: number;
  readonly fragment: string;
}

/** `pos` counts from 0, `position`, as 3.5 has it above its drawing of the query, from 1. */
const SPARK_PLACE = /\bline (\d+),? (pos|position) (\d+)/;
/** The mark below 3.5's drawing of the query. */
const MARK = /== SQL ?\([^)]*\) ==\n.*\n *(\^+)/;
const LINES_BEFORE = 2;

/**
 * The place that an error means: by its range, where one of the texts has that fragment there, or by "line 1, pos 7" in
 * its message, which is all that a syntax error has.
 */
export function sqlPlace(
  message: string,
  ranges: readonly SqlRange[],
  texts: readonly string[],
): SqlPlace | undefined {
  for (const range of ranges) {
    const { startIndex, stopIndex, fragment } = range;
    const sql = texts.find((text) => fragment !== "" && text.slice(startIndex, stopIndex + 1) === fragment);
    if (sql !== undefined) return placeAt(sql, startIndex, fragment.length);
  }
  const [sql] = texts;
  const said = SPARK_PLACE.exec(message);
  if (sql === undefined || texts.length > 1 || said === null) return undefined;
  const line = Number(said[1]);
  const column = Number(said[3]) + (said[2] === "pos" ? 1 : 0);
  const text = sql.split("\n")[line - 1];
  if (text === undefined) return undefined;
  const rest = text.slice(column - 1);
  const mark = MARK.exec(message)?.[1]?.length;
  if (mark !== undefined) return { sql, line, column, length: Math.min(mark, rest.length || 1) };
  const word = /^(?:\w+|.)?/u.exec(rest)?.[0] ?? "";
  return { sql, line, column, length: Math.max(1, word.length) };
}

function placeAt(sql: string, index: number, length: number): SqlPlace {
  const before = sql.slice(0, index).split("\n");
  const column = (before.at(-1) ?? "").length + 1;
  const restOfLine = sql.slice(index).split("\n", 1)[0] ?? "";
  return { sql, line: before.length, column, length: Math.max(1, Math.min(length, restOfLine.length)) };
}

/** The lines before a place, its own, and carets below what is meant. */
export function caretText({ sql, line, column, length }: SqlPlace): string {
  const lines = sql.split("\n").map((text) => text.replace(/\r$/, ""));
  const first = Math.max(1, line - LINES_BEFORE);
  const width = String(line).length;
  const shown = lines
    .slice(first - 1, line)
    .map((text, index) => `${String(first + index).padStart(width)} | ${text}`);
  // Tabs stay tabs, so that the caret stands below its word whatever their width.
  const indent = (lines[line - 1] ?? "").slice(0, column - 1).replaceAll(/[^\t]/g, " ");
  return [...shown, `${" ".repeat(width)} | ${indent}${"^".repeat(length)}`].join("\n");
}
