/**
 * What a completion and a load cost on S3 (versitygw) and HDFS, counted at a proxy before the server, and how long a
 * completion takes beside a bare loop of the requests that it can't do without, in turns with it.
 *
 *     bun bench/stores.ts [--rounds=5] [--only=s3|hdfs]     the table goes to stdout and to bench/results/stores.md
 */
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureHdfs } from "./measures/hdfs-store.ts";
import { measureS3 } from "./measures/s3-store.ts";
import { type Row, table } from "./row.ts";

const measures = { s3: measureS3, hdfs: measureHdfs } as const;

const { values } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, only: { type: "string" } },
});
const rows: Row[] = [];
const before = loadavg()[0] ?? Number.NaN;
for (const [name, measure] of Object.entries(measures)) {
  if (values.only !== undefined && values.only !== name) continue;
  console.error(`bench: ${name} …`);
  rows.push(...(await measure(Number(values.rounds))));
}
const load = `load average ${before.toFixed(1)} at the start, ${(loadavg()[0] ?? Number.NaN).toFixed(1)} at the end, ${cpus().length} CPUs, ${values.rounds} rounds`;
const text = `${table(rows)}\n${load}\n`;
console.log(text);
if (values.only === undefined) {
  const folder = join(import.meta.dir, "results");
  writeFileSync(
    join(folder, "stores.md"),
    `# The stores' figures\n\nMade by \`bun bench/stores.ts\`.\n\n${text}`,
  );
  writeFileSync(join(folder, "stores.json"), `${JSON.stringify({ version: 1, load, rows }, null, 2)}\n`);
}
