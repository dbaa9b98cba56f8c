/**
 * What a terminal of that width shows after these bytes: as much of a terminal as the live view uses (line feeds,
 * carriage returns, cursor up, erase below; colours and cursor visibility are passed over). Lines without trailing
 * spaces, the empty ones at the end left out.
 */
export function screenOf(bytes: string, columns: number): string[] {
  const rows: string[][] = [[]];
  let row = 0;
  let column = 0;
  for (const [token] of bytes.matchAll(/\u001B\[[\d;?]*[A-Za-z]|[\s\S]/gu)) {
    if (token === "\n") {
      row++;
      column = 0;
      rows[row] ??= [];
    } else if (token === "\r") column = 0;
    else if (token.endsWith("A") && token.startsWith("\u001B"))
      row = Math.max(0, row - Number(token.slice(2, -1)));
    else if (token === "\u001B[0J") {
      rows.length = row + 1;
      rows[row]?.splice(column);
    } else if (!token.startsWith("\u001B")) {
      const width = Bun.stringWidth(token);
      if (column + width > columns) {
        row++;
        column = 0;
        rows[row] ??= [];
      }
      const line = (rows[row] ??= []);
      line[column] = token;
      if (width === 2) line[column + 1] = "";
      column += width;
    }
  }
  const lines = rows.map((cells) =>
    Array.from(cells, (cell) => cell ?? " ")
      .join("")
      .trimEnd(),
  );
  while (lines.at(-1) === "") lines.pop();
  return lines;
}
