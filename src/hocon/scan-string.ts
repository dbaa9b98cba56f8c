/** What can be wrong with a token. */
export type LexProblemKind =
  | "reserved"
  | "dollar"
  | "open-substitution"
  | "open-string"
  | "open-triple"
  | "control"
  | "escape"
  | "unicode-escape";

/** A place in the text that is no token. */
export class LexProblem {
  readonly kind: LexProblemKind;
  readonly start: number;
  readonly end: number;
  /** The character that does not fit; empty at the end of the text. */
  readonly character: string;
  /** Where tokens may be looked for again. */
  readonly resume: number;

  constructor(kind: LexProblemKind, start: number, end: number, character: string, resume: number = end) {
    this.kind = kind;
    this.start = start;
    this.end = end;
    this.character = character;
    this.resume = resume;
  }
}

/** A string that was read, and the offset behind it. */
export interface ScannedString {
  readonly value: string;
  readonly end: number;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The code unit of four hexadecimal digits (the reference takes a plus sign before three, too), or undefined. */
function unicodeEscape(digits: string): string | undefined {
  return /^(?:[0-9a-fA-F]{4}|\+[0-9a-fA-F]{3})$/.test(digits)
    ? String.fromCharCode(Number.parseInt(digits, 16))
    : undefined;
}

/** Where reading goes on after a bad string: behind its closing quote on the same line, or at the end of the line. */
function behindString(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a) return at;
    if (code === BACKSLASH) at += 1;
    else if (code === QUOTE) return at + 1;
  }
  return text.length;
}

/** Reads a string that begins at `start` with one quote. */
export function scanQuoted(text: string, start: number): ScannedString | LexProblem {
  let value = "";
  let from = start + 1;
  for (let at = from; ; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return { value: value + text.slice(from, at), end: at + 1 };
    if (code === BACKSLASH) {
      value += text.slice(from, at);
      const escape = text.charAt(at + 1);
      if (escape === "u") {
        const unit = unicodeEscape(text.slice(at + 2, at + 6));
        if (unit === undefined)
          return new LexProblem(
            "unicode-escape",
            at,
            at + 6,
            text.slice(at + 2, at + 6),
            behindString(text, at + 2),
          );
        value += unit;
        at += 5;
      } else {
        const plain = ESCAPES[escape];
        if (plain === undefined) {
          if (escape === "") return new LexProblem("open-string", start, start + 1, "", text.length);
          return new LexProblem(
            "escape",
            at,
            at + 2,
            escape,
            behindString(text, at + (escape === "\n" ? 1 : 2)),
          );
        }
        value += plain;
        at += 1;
      }
      from = at + 1;
    } else if (!(code >= 0x20)) {
      // NaN, past the end of the text, lands here as well.
      if (code === 0x0a || Number.isNaN(code))
        return new LexProblem("open-string", start, at, code === 0x0a ? "\n" : "", at);
      return new LexProblem("control", at, at + 1, text.charAt(at), behindString(text, at + 1));
    }
  }
}

/** Reads a string that begins at `start` with three quotes: no escapes, quotes before the last three belong to it. */
export function scanTripleQuoted(text: string, start: number): ScannedString | LexProblem {
  let close = text.indexOf('"""', start + 3);
  if (close < 0) return new LexProblem("open-triple", start, start + 3, "", text.length);
  while (text.charCodeAt(close + 3) === QUOTE) close += 1;
  return { value: text.slice(start + 3, close), end: close + 3 };
}
