import { type Place, placeText } from "../base/mod.ts";

/** Where and how a text was included. */
export interface IncludeLink {
  readonly span: Span;
  /** The name as the include wrote it. */
  readonly name: string;
}

/** One text with its name; turns offsets into lines and columns when somebody asks. */
export class SourceText {
  readonly file: string;
  readonly text: string;
  readonly includedBy: IncludeLink | undefined;
  #lineStarts: number[] | undefined;

  constructor(file: string, text: string, includedBy?: IncludeLink) {
    this.file = file;
    this.text = text;
    this.includedBy = includedBy;
  }

  /** The 0-based line that holds an offset. */
  #lineIndex(offset: number): number {
    const starts = (this.#lineStarts ??= startsOfLines(this.text));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #lineStart(index: number): number {
    return this.#lineStarts?.[index] ?? 0;
  }

  /** The line without its line ending that holds an offset. */
  lineAt(offset: number): string {
    const start = this.#lineStart(this.#lineIndex(offset));
    const newline = this.text.indexOf("\n", start);
    const line = this.text.slice(start, newline < 0 ? undefined : newline);
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  }

  place(start: number, end: number): Place {
    const index = this.#lineIndex(start);
    const column = start - this.#lineStart(index) + 1;
    const rest = this.lineAt(start).length - column + 1;
    return { file: this.file, line: index + 1, column, length: Math.max(1, Math.min(end - start, rest)) };
  }
}

function startsOfLines(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** A stretch of a text, from `start` up to, not including, `end`. Values and tokens are such stretches themselves. */
export interface Span {
  readonly source: SourceText;
  readonly start: number;
  readonly end: number;
}

export function makeSpan(source: SourceText, start: number, end: number): Span {
  return { source, start, end };
}

export function placeOf({ source, start, end }: Span): Place {
  return source.place(start, end);
}

export function sourceLineOf({ source, start }: Span): string {
  return source.lineAt(start);
}

/** The includes on the way to a span's text, nearest first. */
export function includeLinks({ source }: Span): IncludeLink[] {
  const links: IncludeLink[] = [];
  for (let link = source.includedBy; link; link = link.span.source.includedBy) links.push(link);
  return links;
}

/** The same for people, as a finding's chain. */
export function includeChain(span: Span): string[] {
  return includeLinks(span).map((link) => `included from ${placeText(placeOf(link.span))}`);
}
