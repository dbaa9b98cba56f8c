import { PermanentError, TransientError } from "cairn";
import type { Statement } from "./statements.ts";

/** Longest line of SQL that a message shows, in characters. */
const LONGEST_LINE = 160;

/** What an engine said of a statement. */
export interface SqlComplaint {
  readonly message: string;
  /** The engine's class of errors. */
  readonly code?: string | undefined;
  /** Offset into the statement's text, in characters. */
  readonly at?: number | undefined;
  readonly hint?: string | undefined;
  readonly transient?: boolean | undefined;
  readonly cause: unknown;
}

/** Line and column of an offset into a statement, in its source. */
function placeOf(statement: Statement, at: number): { line: number; column: number; text: string } {
  const before = statement.text.slice(0, at).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  const text = statement.text.split("\n")[before.length - 1] ?? "";
  const isFirst = before.length === 1;
  return {
    line: statement.line + before.length - 1,
    column: isFirst ? statement.column + column - 1 : column,
    text: isFirst ? " ".repeat(statement.column - 1) + text : text,
  };
}

/** The source's line with a caret under the place; cut where it is long. */
function quoted(place: { line: number; column: number; text: string }): string {
  const cut = Math.max(0, place.column - 1 - LONGEST_LINE / 2);
  const shown = place.text.slice(cut, cut + LONGEST_LINE).replaceAll("\t", " ");
  const number = String(place.line);
  return `\n  ${number} | ${shown}\n  ${" ".repeat(number.length)} | ${" ".repeat(place.column - 1 - cut)}^`;
}

/** An engine's complaint with the place in the SQL that it is about. */
export function sqlError(statement: Statement, complaint: SqlComplaint): Error {
  const { message, code, at, hint, transient, cause } = complaint;
  const place = placeOf(statement, at ?? 0);
  const where = `${statement.source}:${place.line}:${place.column}`;
  const text = `${where}: ${message}${at === undefined ? "" : quoted(place)}`;
  const options = { code: code ?? "SQL_FAILED", hint, cause };
  return transient === true ? new TransientError(text, options) : new PermanentError(text, options);
}
