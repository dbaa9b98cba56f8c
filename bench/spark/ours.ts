/** One measurement of our client, as `bench/spark.ts` starts it: `ours.ts URL WHAT ROWS`; prints JSON. */
import { openSession } from "../../src/spark/mod.ts";

const [url = "", what = "", rows = "0"] = process.argv.slice(2);
const QUERY =
  "SELECT id, id * 2 AS a, CAST(id AS STRING) AS s, id / 3 AS d, id % 7 AS x, current_date() AS y FROM range(:rows)";
const QUERIES = 30;

const began = performance.now();
const spark = openSession(url);
await (await spark.sql("SELECT 1")).collect();
const firstMs = performance.now() - began;
const times: number[] = [];
for (let index = 0; index < QUERIES; index++) {
  const from = performance.now();
  await (await spark.sql("SELECT 1 AS x")).collect();
  times.push(performance.now() - from);
}
const from = performance.now();
const frame = await spark.sql(QUERY, { rows: Number(rows) });
if (what === "arrow") await frame.toArrow();
else await frame.collect();
const fetchMs = performance.now() - from;
const queryMs = times.toSorted((a, b) => a - b)[QUERIES / 2];
console.log(JSON.stringify({ firstMs, queryMs, fetchMs, rssMb: process.memoryUsage().rss / 2 ** 20 }));
await spark.stop();
