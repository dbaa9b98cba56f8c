/** A place in a text that the user wrote. */
export interface Place {
  /** The file as the user knows it (path as given), or `<stdin>`, `<--set>`, `<environment>`. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  /** Length of the marked text on that line in UTF-16 code units; 1 where unknown. */
  readonly length: number;
}

export type Severity = "error" | "warning";

/** One located statement about the user's input: what was found, what was expected, what to do. */
export interface Finding {
  readonly severity: Severity;
  /** Stable, upper snake case, e.g. `CONFIG_UNKNOWN_KEY`. */
  readonly code: string;
  readonly message: string;
  readonly place?: Place | undefined;
  /** The file that is meant where no place in it can be: it can't be read. Texts have it in the message. */
  readonly file?: string | undefined;
  /** The whole source line at `place`, without its line ending. */
  readonly sourceLine?: string | undefined;
  /** How the place was reached, nearest first, e.g. `included from conf/main.conf:3:1`. */
  readonly chain?: readonly string[] | undefined;
  readonly hint?: string | undefined;
}

/** `file:line:column`, or the file alone where there is no line. */
export function placeText(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}

/** Sorts findings by file, line and column; those without a place come last, in their order. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => {
    if (!a.place || !b.place) return (a.place ? 0 : 1) - (b.place ? 0 : 1);
    if (a.place.file !== b.place.file) return a.place.file < b.place.file ? -1 : 1;
    return a.place.line - b.place.line || a.place.column - b.place.column;
  });
}
