/**
 * Our Spark Connect client beside PySpark's, on one server, in turns: `bun bench/spark.ts [ROUNDS]`. Each measurement is
 * a process of its own; the median of the rounds is printed. Memory is PySpark's peak and ours at the end.
 */
import { join } from "node:path";
import { startSpark } from "../test/servers/spark/spark-server.ts";

interface Measured {
  readonly firstMs: number;
  readonly queryMs: number;
  readonly fetchMs: number;
  readonly rssMb: number;
}

const rounds = Number(process.argv[2] ?? 5);
const CASES = [
  { what: "arrow", rows: 1_000_000 },
  { what: "collect", rows: 1_000_000 },
  { what: "arrow", rows: 100_000 },
  { what: "collect", rows: 100_000 },
] as const;

await using server = await startSpark({ mayInstall: true });
const folder = join(import.meta.dir, "spark");
const clients = {
  cairn: [process.execPath, join(folder, "ours.ts")],
  pyspark: ["python3", "-W", "ignore", join(folder, "pyspark_client.py")],
};

async function measure(command: readonly string[], what: string, rows: number): Promise<Measured> {
  const child = Bun.spawn([...command, server.url, what, String(rows)], {
    env: { ...process.env, PYTHONPATH: server.packages },
    stdout: "pipe",
    stderr: "inherit",
  });
  return JSON.parse(await child.stdout.text()) as Measured;
}

function median(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(0);
}

console.log("| client | what | rows | connect and first query, ms | query, ms | fetch, ms | memory, MiB |");
console.log("|---|---|---|---|---|---|---|");
for (const { what, rows } of CASES) {
  const found: Record<string, Measured[]> = { cairn: [], pyspark: [] };
  // One round more, whose figures warm the server and are thrown away.
  for (let round = 0; round <= rounds; round++) {
    for (const [name, command] of Object.entries(clients)) {
      const measured = await measure(command, what, rows);
      if (round > 0) found[name]?.push(measured);
    }
  }
  for (const [name, all] of Object.entries(found)) {
    const of = (key: keyof Measured): string => median(all.map((one) => one[key]));
    console.log(
      `| ${name} | ${what} | ${rows} | ${of("firstMs")} | ${of("queryMs")} | ${of("fetchMs")} | ${of("rssMb")} |`,
    );
  }
}
