import { Lexer, type TokenType } from "./lexer.ts";
import { MAX_NESTING } from "./limits.ts";
import type { BadPath } from "./path-expression.ts";
import type { Problems } from "./problems.ts";
import { makeSpan, placeOf, type SourceText, type Span } from "./source-text.ts";
import { describeProblem, smartQuoteHint, type SyntaxMessage } from "./syntax-message.ts";

/** A parser's place in its text: the current token, what to say where it does not fit, and how to go on. */
export class TextCursor {
  readonly source: SourceText;
  readonly lexer: Lexer;
  readonly #problems: Problems;
  /** Objects, lists and further keys of paths around the current token. */
  depth = 0;
  /** Once true, what is left of the text is not looked at. */
  stopped = false;
  /** True where a key or a bracket could not be read, so that a missing value may be no mistake. */
  lost = false;

  constructor(source: SourceText, comments: boolean, problems: Problems) {
    this.source = source;
    this.lexer = new Lexer(source, comments);
    this.#problems = problems;
  }

  here(): Span {
    return makeSpan(this.source, this.lexer.start, this.lexer.end);
  }

  /** How many errors were reported so far. */
  get errors(): number {
    return this.#problems.errors;
  }

  /** Goes to the next token that is no line end, and gives its type. */
  skipNewlines(): TokenType {
    while (this.lexer.type === "newline") this.lexer.next();
    return this.lexer.type;
  }

  report(span: Span, facts: SyntaxMessage): void {
    this.#problems.add(span, facts);
    if (this.#problems.full) this.stop();
  }

  stop(): void {
    this.stopped = true;
    this.lexer.seek(this.source.text.length);
    this.lexer.next();
  }

  /** Reports the current token, which is not what was expected. */
  fail(message: string, hint?: string, at?: Span): void {
    const lexer = this.lexer;
    if (this.stopped) return;
    if (lexer.type === "problem" && lexer.problem) {
      const { start, end } = lexer.problem;
      this.report(makeSpan(this.source, start, end), describeProblem(lexer.problem, "value"));
    } else {
      const line = lexer.type === "end" ? ` (line ${placeOf(this.here()).line})` : "";
      const smart = smartQuoteHint(this.source.lineAt(lexer.start));
      this.report(at ?? this.here(), {
        code: "HOCON_UNEXPECTED",
        message: message + line,
        hint: smart ?? hint,
      });
    }
    if (lexer.type === "end") this.stopped = true;
  }

  badPath(bad: BadPath): void {
    this.lost = true;
    this.report(makeSpan(this.source, bad.start, Math.max(bad.end, bad.start + 1)), {
      code: "HOCON_BAD_PATH",
      message: bad.message,
      hint: bad.hint,
    });
  }

  /** Skips to the next comma or line end of the same object or list, or to its closing bracket. */
  recover(closer: "}" | "]" | undefined): void {
    const lexer = this.lexer;
    let depth = 0;
    for (; lexer.type !== "end"; lexer.next()) {
      const { type } = lexer;
      if (depth === 0 && (type === "newline" || type === "," || type === closer)) return;
      if (type === "{" || type === "[") depth += 1;
      else if ((type === "}" || type === "]") && depth > 0) depth -= 1;
    }
  }

  /** True once, with an error, where a bracket at the current token goes too deep. */
  tooDeep(levels: number): boolean {
    if (this.depth + levels <= MAX_NESTING) return false;
    if (!this.stopped) {
      this.report(this.here(), {
        code: "HOCON_TOO_DEEP",
        message: `objects and lists are nested more than ${MAX_NESTING} levels deep`,
        hint: "Is a closing bracket missing in a generated file?",
      });
      this.lost = true;
      this.stop();
    }
    return true;
  }

  /**
   * Reports a bracket without its other half, unless an error after it is the likelier cause;
   * `before` counts the errors at the bracket.
   */
  unclosed(closer: "}" | "]", open: Span, before: number): void {
    if (this.stopped) return;
    this.lost = true;
    this.stopped = true;
    if (this.errors > before) return;
    const end = placeOf(this.here());
    this.report(open, {
      code: "HOCON_UNCLOSED",
      message: `this "${closer === "}" ? "{" : "["}" is never closed: expected "${closer}", found the end of the file (line ${end.line})`,
      hint: `Add "${closer}" where the ${closer === "}" ? "object" : "list"} ends. ${misindented(this.source)}`.trim(),
    });
  }
}

/** Where a bracket that begins a line closes one whose line is indented differently: near there one is missing. */
function misindented(source: SourceText): string {
  const lexer = new Lexer(source, true);
  const open: number[] = [];
  for (let type = lexer.next(); type !== "end"; type = lexer.next()) {
    if (type === "{" || type === "[") open.push(lexer.start);
    if (type !== "}" && type !== "]") continue;
    const opened = open.pop();
    if (opened === undefined) return "";
    const indent = indentBefore(source, lexer.start);
    const line = source.place(opened, opened).line;
    const closed = source.place(lexer.start, lexer.end).line;
    if (
      indent !== undefined &&
      line !== closed &&
      indent !== indentBefore(source, lineIndentEnd(source, opened))
    ) {
      return `By its indentation, line ${closed} does not close the bracket of line ${line}.`;
    }
  }
  return "";
}

/** The white space between the start of the line and an offset; undefined where there is more. */
function indentBefore(source: SourceText, offset: number): string | undefined {
  const before = source.text.slice(source.text.lastIndexOf("\n", offset - 1) + 1, offset);
  return before.trim() === "" ? before : undefined;
}

/** Where the first text of an offset's line begins. */
function lineIndentEnd(source: SourceText, offset: number): number {
  const line = source.lineAt(offset);
  return offset - (source.place(offset, offset).column - 1) + (line.length - line.trimStart().length);
}
