import { readFile } from "node:fs/promises";
import { isAbsolute, relative, resolve } from "node:path";
import { PermanentError } from "cairn";

/** One statement of SQL, and where it came from. */
export interface Statement {
  /** As it was written, without the semicolon. */
  readonly text: string;
  /** What messages call its source: `statements[0]`, or the file's path. */
  readonly source: string;
  /** Line and column of its first character in its source, from 1. */
  readonly line: number;
  readonly column: number;
  /** `:name` arguments in it, with the offset of the colon. */
  readonly arguments: readonly { readonly name: string; readonly at: number }[];
}

/** Quotes that hold anything up to the same quote; a doubled one is part of it. */
const QUOTES: ReadonlySet<string> = new Set(["'", '"', "`"]);
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const DOLLAR = /\$(?:[A-Za-z_][A-Za-z0-9_]*)?\$/y;

/** How a language of SQL writes texts. */
export interface Dialect {
  /** A backslash takes the meaning from the quote behind it. */
  readonly backslash: boolean;
}

function afterQuote(text: string, from: number, { backslash }: Dialect): number {
  const quote = text.charAt(from);
  for (let at = from + 1; at < text.length; at++) {
    if (backslash && text[at] === "\\" && quote !== "`") at++;
    else if (text[at] !== quote) continue;
    else if (text[at + 1] === quote) at++;
    else return at + 1;
  }
  return text.length;
}

function afterBlockComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length - 1; at++) {
    const pair = text.slice(at, at + 2);
    if (pair === "/*") depth++;
    else if (pair === "*/") depth--;
    else continue;
    at++;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

/** The end of what holds no statement's end and no argument: a quoted text, a comment; `from` itself where none begins. */
export function afterOpaque(text: string, from: number, dialect: Dialect): number {
  const char = text.charAt(from);
  if (QUOTES.has(char)) return afterQuote(text, from, dialect);
  if (text.startsWith("--", from)) {
    const end = text.indexOf("\n", from);
    return end === -1 ? text.length : end;
  }
  if (text.startsWith("/*", from)) return afterBlockComment(text, from);
  if (char !== "$") return from;
  DOLLAR.lastIndex = from;
  const opened = DOLLAR.exec(text)?.[0];
  if (opened === undefined) return from;
  const end = text.indexOf(opened, from + opened.length);
  return end === -1 ? text.length : end + opened.length;
}

/** The name of an argument whose colon is at `at`; `a::int` and `[1:n]`'s slices after a name or number are none. */
function argumentAt(text: string, at: number): string | undefined {
  if (text[at] !== ":" || text[at + 1] === ":" || text[at - 1] === ":") return undefined;
  if (/[A-Za-z0-9_\])]/.test(text[at - 1] ?? "")) return undefined;
  NAME.lastIndex = at + 1;
  return NAME.exec(text)?.[0];
}

/** Splits SQL at its semicolons; what is blank or only a comment is no statement. */
export function splitStatements(text: string, source: string, dialect: Dialect): readonly Statement[] {
  const statements: Statement[] = [];
  let begin = 0;
  let first: number | undefined;
  let found: { name: string; at: number }[] = [];
  const end = (at: number): void => {
    if (first !== undefined) {
      const before = text.slice(0, first).split("\n");
      const from = first;
      statements.push({
        text: text.slice(from, at).trimEnd(),
        source,
        line: before.length,
        column: (before.at(-1)?.length ?? 0) + 1,
        arguments: found.map((argument) => ({ ...argument, at: argument.at - from })),
      });
    }
    begin = at + 1;
    first = undefined;
    found = [];
  };
  for (let at = 0; at < text.length;) {
    const char = text.charAt(at);
    const after = afterOpaque(text, at, dialect);
    const isComment = after > at && (char === "-" || char === "/");
    if (char === ";") end(at);
    else if (!isComment && first === undefined && /\S/.test(char)) first = at;
    const name = after > at ? undefined : argumentAt(text, at);
    if (name !== undefined) found.push({ name, at });
    at = Math.max(after, at + 1);
  }
  end(text.length);
  return begin > 0 ? statements : [];
}

/** The statements of a configuration: its texts, or its files relative to the configuration's folder. */
export async function readStatements(
  config: {
    readonly statements?: readonly string[] | undefined;
    readonly files?: readonly string[] | undefined;
  },
  folder: string,
  dialect: Dialect,
): Promise<readonly Statement[]> {
  const read: Statement[] = [];
  for (const [index, text] of (config.statements ?? []).entries()) {
    read.push(...splitStatements(text, `statements[${index}]`, dialect));
  }
  for (const file of config.files ?? []) {
    const path = isAbsolute(file) ? file : resolve(folder, file);
    const shown = isAbsolute(file) ? file : relative(folder, path);
    const text = await readFile(path, "utf8").catch((error: unknown) => {
      throw new PermanentError(
        `Cannot read the SQL file "${path}": ${String(Reflect.get(Object(error), "code"))}`,
        {
          code: "SQL_FILE_UNREADABLE",
          hint: "Paths count from the folder of the configuration file.",
        },
      );
    });
    read.push(...splitStatements(text, shown, dialect));
  }
  if (read.length > 0) return read;
  throw new PermanentError("There is no SQL statement to run", {
    code: "SQL_NOTHING",
    hint: 'Give one in statements = ["…"] or files = ["….sql"].',
  });
}
