import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Row, table } from "./row.ts";

/** A row that stands in the results, with the load of the machine when it was measured. */
interface RecordedRow extends Row {
  readonly load: string;
}

/** The results as they are kept: a row stays until the same thing is measured again. */
interface Results {
  readonly version: 1;
  readonly rows: readonly RecordedRow[];
}

/** Puts new rows in the place of those about the same things; rows about new things come last. */
function merged(old: readonly RecordedRow[], rows: readonly RecordedRow[]): readonly RecordedRow[] {
  const known = new Set(old.map(({ what }) => what));
  const fresh = new Map(rows.map((row) => [row.what, row]));
  return [...old.map((row) => fresh.get(row.what) ?? row), ...rows.filter(({ what }) => !known.has(what))];
}

/** The rows of each load as one table, because figures of different loads don't compare. */
function text(rows: readonly RecordedRow[]): string {
  const loads = [...new Set(rows.map(({ load }) => load))];
  return loads.map((load) => `${table(rows.filter((row) => row.load === load))}\n${load}\n`).join("\n");
}

/**
 * Keeps rows under `bench/results/`, as JSON and as a page. `whole`: nothing else is kept; otherwise rows about
 * other things stay as they were measured.
 */
export async function recordRows(rows: readonly Row[], load: string, whole: boolean): Promise<void> {
  const folder = join(import.meta.dir, "results");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "runner.json");
  const old = whole ? [] : ((await Bun.file(file).json()) as Results).rows;
  const all = merged(
    old,
    rows.map((row) => ({ ...row, load })),
  );
  const results: Results = { version: 1, rows: all };
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
  const page = `# The runner's figures\n\nMade by \`bun run bench\`.\n\n${text(all)}`;
  writeFileSync(join(folder, "runner.md"), page);
}
