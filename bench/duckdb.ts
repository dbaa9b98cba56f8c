/**
 * `sql` on the embedded DuckDB beside DuckDB's Python package of the same version, in turns: a first query, which loads
 * DuckDB, a million rows to Parquet, then a group-by over that file to CSV. The bytes of the CSV have to be equal.
 *
 *     bun bench/duckdb.ts [--rounds=7] [--cairn=FILE]     the table goes to stdout and to bench/results/duckdb.md
 *
 * Python's package is installed into a temporary folder by pip; where that can't be had, its rows are left out.
 */
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openBench } from "./bench-context.ts";
import { measureProcess, measureSuccess, median } from "./process.ts";
import { type Row, short, table } from "./row.ts";

const ROOT = join(import.meta.dir, "..");
const ROWS = 1_000_000;

const WRITE = `SELECT i AS id, CAST(i % 1000 AS INT) AS customer, CAST(i * 7 % 10007 AS DECIMAL(18, 2)) AS amount,
  DATE '2026-01-01' + CAST(i % 365 AS INT) AS day FROM range(${ROWS}) AS numbers(i)`;
const groupBy = (from: string): string =>
  `SELECT customer, count(*) AS n, sum(amount) AS total, max(day) AS latest FROM ${from} GROUP BY customer ORDER BY customer`;

/** What one run took, ms: the whole process, and its pieces of work. */
interface Took {
  readonly wallMs: number;
  readonly loadMs: number;
  readonly writeMs: number;
  readonly groupMs: number;
  readonly csv: string;
}

async function runCairn(cairn: string, folder: string): Promise<Took> {
  const config = join(folder, "bench.conf");
  const text = `pipeline {
  pipeline-name = "bench"
  plugins = [${JSON.stringify(join(ROOT, "plugins"))}]
  checkpoint { enabled = true, location = "checkpoints" }
  pipeline-components = [
    { instance-type = sql, instance-name = load, instance-config { statements = ["SELECT 1"] } }
    { instance-type = sql, instance-name = write
      instance-config { statements = ["""${WRITE}"""], target { path = "rows.parquet" } } }
    { instance-type = sql, instance-name = group
      instance-config { sources { r = "rows.parquet" }, statements = ["${groupBy("r")}"], target { path = "groups.csv" } } }
  ]
}
`;
  writeFileSync(config, text);
  const { wallMs, stdout } = await measureSuccess([cairn, "run", config, "--format=json"], { cwd: folder });
  const { components } = JSON.parse(stdout) as { components: readonly { readonly durationMs: number }[] };
  const [load, write, group] = components.map(({ durationMs }) => durationMs);
  const csv = readFileSync(join(folder, "groups.csv"), "utf8");
  const none = Number.NaN;
  return { wallMs, loadMs: load ?? none, writeMs: write ?? none, groupMs: group ?? none, csv };
}

async function runPython(packages: string, folder: string): Promise<Took> {
  const [rows, groups] = [join(folder, "rows.parquet"), join(folder, "groups.csv")];
  const work = [
    { query: WRITE, target: rows, options: "FORMAT parquet, COMPRESSION zstd" },
    { query: groupBy(`read_parquet('${rows}')`), target: groups, options: "FORMAT csv, HEADER true" },
  ];
  const { wallMs, stdout } = await measureSuccess(
    ["python3", join(import.meta.dir, "duckdb/peer.py"), JSON.stringify(work)],
    { env: { PYTHONPATH: packages } },
  );
  const [loadMs = Number.NaN, writeMs = Number.NaN, groupMs = Number.NaN] = JSON.parse(stdout) as number[];
  return { wallMs, loadMs, writeMs, groupMs, csv: readFileSync(groups, "utf8") };
}

/** The folder with Python's package in the version of ours; undefined where there is none to be had. */
async function installPython(folder: string): Promise<string | undefined> {
  const manifest = JSON.parse(readFileSync(join(ROOT, "plugins/sql/package.json"), "utf8")) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const version = (manifest.dependencies["@duckdb/node-api"] ?? "").replace(/-r\..*$/, "");
  const pip = ["python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
  const got = await measureProcess([...pip, "--target", folder, `duckdb==${version}`]);
  if (got.code === 0) return folder;
  console.error(`bench: left out: DuckDB's Python package: ${got.stderr.trim().split("\n").at(-1)}`);
  return undefined;
}

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "7" }, cairn: { type: "string" } },
});
using bench = await openBench(Number(values.rounds), values.cairn);
const packages = await installPython(mkdtempSync(join(bench.folder(), "python-")));
const before = loadavg()[0] ?? Number.NaN;
const ours: Took[] = [];
const peers: Took[] = [];
// One round more, whose figures fill the page cache and are thrown away.
for (let round = 0; round <= bench.rounds; round++) {
  const mine = await runCairn(bench.cairn, bench.folder());
  const other = packages === undefined ? undefined : await runPython(packages, bench.folder());
  if (other !== undefined && other.csv !== mine.csv) throw new Error("The two wrote different groups");
  if (round === 0) continue;
  ours.push(mine);
  if (other !== undefined) peers.push(other);
}

const WHAT = {
  loadMs: "the first query of the process, `SELECT 1`",
  writeMs: `${ROWS.toLocaleString("en-US")} rows to Parquet`,
  groupMs: "group-by over that file to CSV, 1,000 groups",
  wallMs: "all three, the whole process with its start",
} as const;
const rows = (Object.keys(WHAT) as (keyof typeof WHAT)[]).map((key): Row => {
  const mine = median(ours.map((took) => took[key]));
  const other = median(peers.map((took) => took[key]));
  const beside = peers.length === 0 ? "" : `, ${short(mine / other)} × Python's ${short(other)} ms`;
  const figures = { ms: mine, ...(peers.length > 0 && { pythonMs: other, ratio: mine / other }) };
  return { what: WHAT[key], measured: `${short(mine)} ms${beside}`, target: "", met: undefined, figures };
});
const load = `load average ${before.toFixed(1)} at the start, ${(loadavg()[0] ?? Number.NaN).toFixed(1)} at the end, ${cpus().length} CPUs, ${values.rounds} rounds`;
const note =
  "Ours counts what the component does besides: staging and publishing, durable records, in the first query the start of a process that loads DuckDB, too. Python's counts importing DuckDB (in the first), connecting and the statement; its own start is in the last row.";
const text = `${table(rows)}\n${load}\n`;
console.log(text);
const results = join(import.meta.dir, "results");
writeFileSync(
  join(results, "duckdb.md"),
  `# \`sql\` on DuckDB beside DuckDB's Python package\n\nMade by \`bun bench/duckdb.ts\`.\n${note}\n\n${text}`,
);
writeFileSync(join(results, "duckdb.json"), `${JSON.stringify({ version: 1, load, rows }, null, 2)}\n`);
