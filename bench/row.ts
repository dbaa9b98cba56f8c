/** One line of the table: what was measured, beside its target of the specification. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
  /** Undefined where the row has no target and stands for comparison. */
  readonly met: boolean | undefined;
  /** The figures behind it, for the JSON. */
  readonly figures: Readonly<Record<string, number>>;
}

/** The rows as a Markdown table. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ what, measured, target, met }) =>
      `| ${what} | ${measured} | ${target} | ${met === undefined ? "" : met ? "yes" : "**no**"} |`,
  );
  return ["| what | measured | target | met |", "|---|---|---|---|", ...lines, ""].join("\n");
}

/** A number with three significant digits. */
export function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
