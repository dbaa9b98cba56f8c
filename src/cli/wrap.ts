/** Breaks a text into lines of at most `width` columns, at spaces; what is longer stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/u).filter((each) => each !== "")) {
    if (line !== "" && Bun.stringWidth(line) + 1 + Bun.stringWidth(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" ? lines : [...lines, line];
}

/** Two columns: terms, and their descriptions wrapped beside them (below, where a term is too long). */
export function twoColumns(
  rows: readonly { readonly term: string; readonly text: string }[],
  indent: number,
  width: number,
  maxTerm: number = 28,
): string[] {
  const longest = Math.max(0, ...rows.map(({ term }) => Bun.stringWidth(term)).filter((n) => n <= maxTerm));
  const left = indent + longest + 2;
  return rows.flatMap(({ term, text }) => {
    const lines = wrap(text, Math.max(20, width - left));
    const [first = "", ...more] = lines;
    const pad = " ".repeat(left);
    const termWidth = Bun.stringWidth(term);
    if (termWidth > longest) return [`${" ".repeat(indent)}${term}`, ...lines.map((line) => pad + line)];
    const head = `${" ".repeat(indent)}${term}${" ".repeat(longest - termWidth + 2)}${first}`;
    return [head.trimEnd(), ...more.map((line) => pad + line)];
  });
}

/** Cells wider than this don't widen their column, in terminal columns. */
const WIDEST_COLUMN = 100;

/** A text table: columns as wide as their widest cell (one that is far too wide shifts its own line only), two spaces apart, no trailing spaces; columns without content are left out. Line feeds and tabs in cells are shown as `\\n` and `\\t`. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const used = header.flatMap((_, column) =>
    rows.some((row) => (row[column] ?? "") !== "") ? [column] : [],
  );
  const all = [header, ...rows].map((row) => used.map((column) => onOneLine(row[column] ?? "")));
  const widths = used.map((_, column) => {
    const cells = all.map((row) => Bun.stringWidth(row[column] ?? ""));
    return Math.max(...cells.filter((width) => width <= WIDEST_COLUMN));
  });
  return all.map((row) =>
    row
      .map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - Bun.stringWidth(cell))))
      .join("  ")
      .trimEnd(),
  );
}

/** A name with a line feed, a message of several lines: a row of a table stays one line. */
function onOneLine(cell: string): string {
  return cell.replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}
