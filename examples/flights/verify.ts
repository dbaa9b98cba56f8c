/**
 * Proves the published tables: reads the source rows one by one and counts in plain JavaScript, with none
 * of the pipeline's SQL, then compares with what was published.
 *
 *     bun verify.ts [WORK_DIR]     exit 0: every airport and route agrees; 1: the first difference is shown
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "./plugins/node_modules/@duckdb/node-api";

interface Sums {
  flights: number;
  delay: number;
  late: number;
  miles: number;
}

const workDir = process.argv[2] ?? "work";
const source = join(import.meta.dir, "plugins/node_modules/vega-datasets/data");

/** Reads the whole source and sums by airport and by route. */
async function expected(): Promise<{ airports: Map<string, Sums>; routes: Map<string, Sums> }> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const result = await connection.stream(
    `select strftime(date, '%Y-%m-%d %H:%M:%S') as date, delay::integer as delay, distance::integer as distance, origin, destination
     from '${source}/flights-3m.parquet'`,
  );
  const seen = new Set<string>();
  const airports = new Map<string, Sums>();
  const routes = new Map<string, Sums>();
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    for (const row of chunk.getRows() as [string, number, number, string, string][]) {
      const [date, delay, distance, origin, destination] = row;
      if (date >= "2001-07" || delay < -120) continue;
      const identity = row.join("|");
      if (seen.has(identity)) continue;
      seen.add(identity);
      for (const [table, key] of [
        [airports, origin],
        [routes, `${origin}-${destination}`],
      ] as const) {
        const sums = table.get(key) ?? { flights: 0, delay: 0, late: 0, miles: 0 };
        sums.flights += 1;
        sums.delay += delay;
        sums.late += delay > 15 ? 1 : 0;
        sums.miles += distance;
        table.set(key, sums);
      }
    }
  }
  return { airports, routes };
}

/** Reads a published CSV into the same shape. */
function published(name: string, keyColumns: readonly string[]): Map<string, Sums> {
  const [header = "", ...lines] = readFileSync(join(workDir, "published", `${name}.csv`), "utf8")
    .trim()
    .split("\n");
  const columns = header.split(",");
  return new Map(
    lines.map((line) => {
      const cells = new Map(line.split(",").map((cell, index) => [columns[index], cell]));
      const number = (column: string): number => Number(cells.get(column));
      const key = keyColumns.map((column) => cells.get(column)).join("-");
      return [
        key,
        {
          flights: number("flights"),
          delay: number("delay_minutes"),
          late: number("late"),
          miles: number("miles"),
        },
      ];
    }),
  );
}

/** Says the first difference between two tables, or undefined. */
function difference(name: string, wanted: Map<string, Sums>, found: Map<string, Sums>): string | undefined {
  if (wanted.size !== found.size) return `${name}: ${found.size} rows published, ${wanted.size} expected`;
  for (const [key, sums] of wanted) {
    const other = JSON.stringify(found.get(key));
    if (other !== JSON.stringify(sums))
      return `${name} ${key}: published ${other}, expected ${JSON.stringify(sums)}`;
  }
  return undefined;
}

/** The ranking by the share of late flights, as the lines that ought to be published. */
function ranking(airports: Map<string, Sums>): string {
  const ranked = [...airports].filter(([, { flights }]) => flights >= 1000);
  // By cross-multiplication: no share is rounded.
  ranked.sort(([a, x], [b, y]) => y.late * x.flights - x.late * y.flights || (a < b ? -1 : 1));
  return ranked.map(([origin, { flights, late }]) => `${origin},${flights},${late}\n`).join("");
}

/** Says what is wrong with the ranking, or undefined. It is missing where there was no Python. */
function rankingProblem(airports: Map<string, Sums>): string | undefined {
  const path = join(workDir, "published", "ranking.csv");
  if (!existsSync(path)) return process.env["FLIGHTS_PYTHON"] === "false" ? undefined : `${path} is missing`;
  const same = readFileSync(path, "utf8") === `origin,flights,late\n${ranking(airports)}`;
  return same ? undefined : "ranking.csv is not in the order of the shares";
}

/** Says which published file has another checksum than the one that was published with it, or undefined. */
function checksumProblem(): string | undefined {
  const folder = join(workDir, "published");
  const sums = readFileSync(join(folder, "SHA256SUMS"), "utf8").trim().split("\n");
  if (sums.length < 4) return `SHA256SUMS has ${sums.length} lines`;
  for (const line of sums) {
    const [sum = "", name = ""] = line.split(/ [ *]/u);
    const found = new Bun.CryptoHasher("sha256").update(readFileSync(join(folder, name))).digest("hex");
    if (found !== sum) return `${name} has another checksum than SHA256SUMS says`;
  }
  return undefined;
}

const wanted = await expected();
const problem =
  difference("airports", wanted.airports, published("airports", ["origin"])) ??
  difference("routes", wanted.routes, published("routes", ["origin", "destination"])) ??
  rankingProblem(wanted.airports) ??
  checksumProblem();
if (problem) {
  console.error(`verify: ${problem}`);
  process.exit(1);
}
const total = (field: keyof Sums): number =>
  [...wanted.airports.values()].reduce((sum, row) => sum + row[field], 0);
console.log(
  `verify: ${wanted.airports.size} airports and ${wanted.routes.size} routes agree: ` +
    `${total("flights")} flights, ${total("delay")} minutes of delay, ${total("miles")} miles`,
);
