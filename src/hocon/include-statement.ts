import { type Lexer, tokenName } from "./lexer.ts";
import { makeSpan, type Span } from "./source-text.ts";

/** An include as written. */
export interface IncludeStatement {
  /** `name` is a quoted name alone, of which the reader finds out what it is. */
  readonly kind: "name" | "file" | "url" | "classpath";
  readonly name: string;
  readonly required: boolean;
  /** The whole statement. */
  readonly span: Span;
}

type Fail = (message: string, hint?: string) => void;

const FORMS = 'include "name", file("name"), url("address"), or required(…) around one of them';

/**
 * Reads an include whose keyword is the lexer's current token, and leaves the lexer behind it.
 * A word such as `required(file(` is one token; what stands behind its first bracket is read again.
 */
export function parseInclude(lexer: Lexer, fail: Fail): IncludeStatement | undefined {
  const { start } = lexer;
  nextPastLines(lexer);
  const required = openBracket(lexer, "required(");
  const resource = parseResource(lexer, fail);
  if (!resource) return undefined;
  if (required && !closeBracket(lexer, true, fail)) return undefined;
  return { ...resource, required, span: makeSpan(lexer.source, start, lexer.gap) };
}

function nextPastLines(lexer: Lexer): void {
  do lexer.next();
  while (lexer.type === "newline");
}

/** Takes a word and its bracket, e.g. `file(`, where the current token begins with them. */
function openBracket(lexer: Lexer, opening: string): boolean {
  if (lexer.type !== "unquoted" || !lexer.text.startsWith(opening)) return false;
  lexer.seek(lexer.start + opening.length);
  nextPastLines(lexer);
  return true;
}

/** Takes a closing bracket; with `alone`, the reference wants nothing glued behind it. */
function closeBracket(lexer: Lexer, alone: boolean, fail: Fail): boolean {
  while (lexer.type === "newline") lexer.next();
  const fits = lexer.type === "unquoted" && (alone ? lexer.text === ")" : lexer.text.startsWith(")"));
  if (!fits) {
    fail(`expected ")" after the name of the include, found ${tokenName(lexer)}`);
    return false;
  }
  lexer.seek(lexer.start + 1);
  lexer.next();
  return true;
}

type Resource = Pick<IncludeStatement, "kind" | "name">;

function parseResource(lexer: Lexer, fail: Fail): Resource | undefined {
  for (const kind of ["url", "file", "classpath"] as const) {
    if (openBracket(lexer, `${kind}(`)) {
      const name = takeName(lexer, `${kind}(`, fail);
      if (name === undefined || !closeBracket(lexer, false, fail)) return undefined;
      return { kind, name };
    }
  }
  if (lexer.type === "unquoted") {
    fail(
      `expected a quoted name after include, found ${tokenName(lexer)}`,
      `Includes are written ${FORMS}; there is no space before a bracket.`,
    );
    return undefined;
  }
  const name = takeName(lexer, "include", fail);
  return name === undefined ? undefined : { kind: "name", name };
}

function takeName(lexer: Lexer, after: string, fail: Fail): string | undefined {
  if (lexer.type !== "string") {
    fail(
      `expected a quoted name after ${after}, found ${tokenName(lexer)}`,
      after === "include"
        ? `Includes are written ${FORMS}. A key of this name needs quotes: "include".`
        : undefined,
    );
    return undefined;
  }
  const { text } = lexer;
  lexer.next();
  return text;
}
