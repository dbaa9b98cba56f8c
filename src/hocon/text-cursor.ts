import { Lexer, type TokenType } from "./lexer.ts";
import type { BadPath } from "./path-expression.ts";
import type { Problems } from "./problems.ts";
import { makeSpan, placeOf, type SourceText, type Span } from "./source-text.ts";
import { describeProblem, smartQuoteHint, type SyntaxMessage } from "./syntax-message.ts";

/** A parser's place in its text: the current token, what to say where it does not fit, and how to go on. */
export class TextCursor {
  readonly source: SourceText;
  readonly lexer: Lexer;
  readonly #problems: Problems;
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

  unclosed(closer: "}" | "]", open: Span): void {
    if (this.stopped) return;
    this.lost = true;
    const end = placeOf(this.here());
    this.report(open, {
      code: "HOCON_UNCLOSED",
      message: `this "${closer === "}" ? "{" : "["}" is never closed: expected "${closer}", found the end of the file (line ${end.line})`,
      hint: `Add "${closer}" where the ${closer === "}" ? "object" : "list"} ends.`,
    });
    this.stopped = true;
  }
}
