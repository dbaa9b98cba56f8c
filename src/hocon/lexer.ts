import { characterName, isDigit, isNumberPart, isPlainPathPart, isReserved, isSpace } from "./characters.ts";
import { LexProblem, scanQuoted, scanTripleQuoted } from "./scan-string.ts";
import type { SourceText } from "./source-text.ts";

/** What a token is. Punctuation has one type each. */
export type TokenType =
  | "end"
  | "newline"
  | ","
  | ":"
  | "="
  | "+="
  | "{"
  | "}"
  | "["
  | "]"
  | "string"
  | "number"
  | "boolean"
  | "null"
  | "unquoted"
  | "substitution"
  | "problem";

/** For each ASCII code, the punctuation that it is. */
const PUNCTUATION: (TokenType | undefined)[] = Array.from({ length: 128 }, () => undefined);
for (const character of [",", ":", "=", "{", "}", "[", "]"] as const) {
  PUNCTUATION[character.charCodeAt(0)] = character;
}

const QUOTE = 0x22;
const DOLLAR = 0x24;
const PLUS = 0x2b;
const SLASH = 0x2f;
const HASH = 0x23;
const NEWLINE = 0x0a;

/** Numbers with a point or an exponent, out of the characters that `isNumberPart` allows. */
const FLOAT = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INTEGER = /^-?\d+$/;
const MAX_LONG = 9_223_372_036_854_775_807n;
/** Integers of up to this many characters fit 64 bits without a closer look. */
const SAFE_INTEGER_LENGTH = 18;

/** True for what the reference reads as a number; anything else is text. */
export function isNumber(text: string): boolean {
  if (!INTEGER.test(text)) return /[.eE]/.test(text) && FLOAT.test(text);
  if (text.length <= SAFE_INTEGER_LENGTH) return true;
  const value = BigInt(text);
  return value <= MAX_LONG && value >= -MAX_LONG - 1n;
}

/**
 * Splits a text into tokens, one at a time; the fields describe the current one.
 * Comments and white space are no tokens: `gap` is where the white space before the token begins.
 */
export class Lexer {
  readonly source: SourceText;
  readonly #text: string;
  readonly #comments: boolean;
  /** True between `${` and `}`, where no further substitution may stand. */
  readonly #inside: boolean;
  /** Where the next token is looked for. */
  #at = 0;
  #afterSimple = false;

  type: TokenType = "newline";
  gap = 0;
  start = 0;
  end = 0;
  /** The text of a string (unescaped), a number, a word or a piece of unquoted text; the path expression of a substitution. */
  text = "";
  /** True for `${?…}`. */
  optional = false;
  /** True where white space separates two simple values, so that it belongs to their concatenation. */
  joined = false;
  /** What is wrong, for a `problem`. */
  problem: LexProblem | undefined;

  constructor(source: SourceText, comments: boolean, inside = false) {
    this.source = source;
    this.#inside = inside;
    this.#text = source.text;
    this.#comments = comments;
  }

  /** Goes on at an offset, as if it were the start of a token. */
  seek(offset: number): void {
    this.#at = offset;
    this.#afterSimple = false;
  }

  /** Reads the next token into the fields. */
  next(): TokenType {
    this.gap = this.#at;
    this.#skipGap();
    this.start = this.#at;
    this.problem = undefined;
    const type = this.#scan();
    this.type = type;
    this.end = this.#at;
    const simple = isSimple(type);
    this.joined = simple && this.#afterSimple && this.start > this.gap;
    this.#afterSimple = simple;
    return type;
  }

  #skipGap(): void {
    const text = this.#text;
    for (;;) {
      const code = text.charCodeAt(this.#at);
      if (code !== NEWLINE && isSpace(code)) this.#at += 1;
      else if (this.#comments && this.#isComment(code, this.#at)) {
        const newline = text.indexOf("\n", this.#at);
        this.#at = newline < 0 ? text.length : newline;
      } else return;
    }
  }

  #isComment(code: number, at: number): boolean {
    return code === HASH || (code === SLASH && this.#text.charCodeAt(at + 1) === SLASH);
  }

  #scan(): TokenType {
    if (this.#at >= this.#text.length) return "end";
    const code = this.#text.charCodeAt(this.#at);
    if (code === NEWLINE) {
      this.#at += 1;
      return "newline";
    }
    if (code === QUOTE) return this.#string();
    const punctuation = code < 128 ? PUNCTUATION[code] : undefined;
    if (punctuation) {
      this.#at += 1;
      return punctuation;
    }
    if (code === DOLLAR) return this.#substitution();
    if (code === PLUS) return this.#plusEquals();
    if (isDigit(code) || code === 0x2d) return this.#number();
    if (isReserved(code)) {
      this.#at += 1;
      return this.#fail(new LexProblem("reserved", this.start, this.#at, this.#text.charAt(this.start)));
    }
    return this.#unquoted();
  }

  #fail(problem: LexProblem): TokenType {
    this.problem = problem;
    this.#at = Math.max(problem.resume, this.start + 1);
    return "problem";
  }

  #string(): TokenType {
    const triple = this.#text.startsWith('"""', this.#at);
    const scanned = triple ? scanTripleQuoted(this.#text, this.#at) : scanQuoted(this.#text, this.#at);
    if (scanned instanceof LexProblem) return this.#fail(scanned);
    this.text = scanned.value;
    this.#at = scanned.end;
    return "string";
  }

  #plusEquals(): TokenType {
    if (this.#text.charAt(this.#at + 1) === "=") {
      this.#at += 2;
      return "+=";
    }
    return this.#fail(new LexProblem("reserved", this.start, this.start + 1, "+"));
  }

  #number(): TokenType {
    const text = this.#text;
    let at = this.#at + 1;
    while (isNumberPart(text.charCodeAt(at))) at += 1;
    const word = text.slice(this.#at, at);
    this.#at = at;
    this.text = word;
    if (isNumber(word)) return "number";
    const plus = word.indexOf("+");
    if (plus >= 0) return this.#fail(new LexProblem("reserved", this.start + plus, at, "+"));
    return "unquoted";
  }

  #unquoted(): TokenType {
    const text = this.#text;
    const start = this.#at;
    const first = text.charCodeAt(start);
    // A word of JSON counts as such whatever follows: `trueish` is true and `ish`.
    if (first === 0x74 && text.startsWith("true", start)) return this.#word("boolean", 4);
    if (first === 0x66 && text.startsWith("false", start)) return this.#word("boolean", 5);
    if (first === 0x6e && text.startsWith("null", start)) return this.#word("null", 4);
    let at = start;
    while (at < text.length) {
      const code = text.charCodeAt(at);
      if (isReserved(code) || isSpace(code)) break;
      if (code === SLASH && this.#comments && this.#isComment(code, at)) break;
      at += 1;
    }
    this.#at = at;
    this.text = text.slice(start, at);
    return "unquoted";
  }

  #word(type: TokenType, length: number): TokenType {
    this.text = this.#text.slice(this.#at, this.#at + length);
    this.#at += length;
    return type;
  }

  /** Finds the end of `${…}`; what is between is read as a path by whoever wants it. */
  #substitution(): TokenType {
    const text = this.#text;
    const start = this.#at;
    if (this.#inside || text.charAt(start + 1) !== "{")
      return this.#fail(new LexProblem("dollar", start, start + 1, text.charAt(start + 1)));
    this.optional = text.charAt(start + 2) === "?";
    const from = start + (this.optional ? 3 : 2);
    let at = from;
    while (isPlainPathPart(text.charCodeAt(at)) || text.charCodeAt(at) === 0x2e) at += 1;
    if (text.charAt(at) === "}" && at > from) {
      this.text = text.slice(from, at);
      this.#at = at + 1;
      return "substitution";
    }
    return this.#substitutionByTokens(from);
  }

  /** The same where quotes, white space or something wrong stands between the braces. */
  #substitutionByTokens(from: number): TokenType {
    const inner = new Lexer(this.source, this.#comments, true);
    inner.seek(from);
    for (;;) {
      const type = inner.next();
      if (type === "}") break;
      if (type === "end")
        return this.#fail(new LexProblem("open-substitution", this.start, this.start + 2, ""));
      if (type === "problem" && inner.problem) return this.#fail(inner.problem);
    }
    this.text = this.#text.slice(from, inner.start);
    this.#at = inner.end;
    return "substitution";
  }
}

function isSimple(type: TokenType): boolean {
  switch (type) {
    case "string":
    case "number":
    case "boolean":
    case "null":
    case "unquoted":
    case "substitution":
      return true;
    default:
      return false;
  }
}

/** The tokens that may be part of a key. */
export function isKeyPart(type: TokenType): boolean {
  return isSimple(type) && type !== "substitution";
}

/** A token for messages. */
export function tokenName(lexer: Lexer): string {
  switch (lexer.type) {
    case "end":
      return "the end of the file";
    case "newline":
      return "the end of the line";
    case "string":
      return `the string ${JSON.stringify(lexer.text.length > 30 ? `${lexer.text.slice(0, 30)}…` : lexer.text)}`;
    case "substitution":
      return `the substitution \${${lexer.optional ? "?" : ""}${lexer.text}}`;
    case "problem":
      return lexer.problem ? characterName(lexer.problem.character) : "an unreadable text";
    case "number":
    case "boolean":
    case "null":
    case "unquoted":
      return `"${lexer.text.length > 30 ? `${lexer.text.slice(0, 30)}…` : lexer.text}"`;
    default:
      return `"${lexer.type}"`;
  }
}
