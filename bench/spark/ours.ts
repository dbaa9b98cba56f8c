/**
 * One measurement of our client, as `bench/spark.ts` starts it: `ours.ts URL WHAT ROWS`; prints JSON. It does what
 * `pyspark_client.py` does.
 */
import { readFileSync } from "node:fs";

const [url = "", what = "", rows = "0"] = process.argv.slice(2);
const QUERY =
  "SELECT id, id * 2 AS a, CAST(id AS STRING) AS s, id / 3 AS d, id % 7 AS x, current_date() AS y FROM range(:rows)";
const QUERIES = 30;

/** The most memory that this process has had, MB. */
function peakMb(): number {
  const [, kib] = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return (Number(kib) * 1024) / 1e6;
}

const began = performance.now();
// Loading the client counts, as it does there.
const { openSession } = await import("../../src/spark/mod.ts");
const spark = openSession(url);
await (await spark.sql("SELECT 1")).collect();
const firstMs = performance.now() - began;

const times: number[] = [];
for (let index = 0; index < QUERIES; index++) {
  const from = performance.now();
  await (await spark.sql("SELECT 1 AS x")).collect();
  times.push(performance.now() - from);
}
const queryMs = times.toSorted((a, b) => a - b)[QUERIES / 2];
const beforeMb = peakMb();

const from = performance.now();
const frame = await spark.sql(QUERY, { rows: Number(rows) });
let fetchMs = 0;
let count = 0;
if (what === "arrow") {
  const table = await frame.toArrow();
  fetchMs = performance.now() - from;
  count = table.rows;
} else if (what === "objects") {
  const all = await frame.collect();
  fetchMs = performance.now() - from;
  count = all.length;
} else {
  let sum = 0n;
  for await (const { a } of frame.rows<{ a: bigint }>()) {
    sum += a;
    count++;
  }
  fetchMs = performance.now() - from;
  if (sum !== BigInt(rows) * (BigInt(rows) - 1n)) throw new Error(`the rows add up to ${sum}`);
}
console.log(JSON.stringify({ firstMs, queryMs, fetchMs, count, beforeMb, peakMb: peakMb() }));
await spark.stop();
