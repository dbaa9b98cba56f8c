/**
 * Our Spark Connect client beside PySpark's, on one server, in turns: connecting, single queries, and a large result as
 * Arrow, as objects and row by row, with the memory that each takes. Each measurement is a process of its own.
 *
 *     bun bench/spark.ts [--rounds=7] [--only=arrow|objects|rows] [--record]
 *
 * The table goes to stdout, with `--record` to bench/results/spark.md and spark.json as well.
 */
import { writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startSpark } from "../test/servers/spark/spark-server.ts";
import { measureSuccess, median } from "./process.ts";
import { type Row, short, table } from "./row.ts";

const MANY = 1_000_000;
const FEW = 100_000;
/** What a result becomes: in our words, and in PySpark's. */
const FORMS = {
  arrow: { ours: "`toArrow()`", peer: "`toArrow`", most: 1 },
  objects: { ours: "`collect()`", peer: "`collect`", most: 0.3 },
  rows: { ours: "`rows()`", peer: "`toLocalIterator`", most: undefined },
} as const;
const FIRST_MOST = 0.5;
const GROWTH_MB = 50;

type Form = keyof typeof FORMS;

/** What one process measured; times in ms, memory in MB. */
interface Measured {
  readonly firstMs: number;
  readonly queryMs: number;
  readonly fetchMs: number;
  readonly count: number;
  readonly beforeMb: number;
  readonly peakMb: number;
}

/** What both clients measured at one thing. */
interface Pair {
  readonly ours: Measured[];
  readonly peer: Measured[];
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    only: { type: "string" },
    record: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const forms = (Object.keys(FORMS) as Form[]).filter(
  (form) => values.only === undefined || values.only === form,
);
const folder = join(import.meta.dir, "spark");
const found = new Map<string, Pair>();

/** The measurements of one form and size. */
function pairOf(form: Form, size: number): Pair {
  const key = `${form} ${size}`;
  const pair = found.get(key) ?? { ours: [], peer: [] };
  found.set(key, pair);
  return pair;
}

function middle(measured: readonly Measured[], key: keyof Measured): number {
  return median(measured.map((one) => one[key]));
}

/** A row of times: ours, and how it stands to PySpark's. */
function timeRow(what: string, pair: Pair, key: keyof Measured, most: number | undefined): Row {
  const [ms, peerMs] = [middle(pair.ours, key), middle(pair.peer, key)];
  return {
    what,
    measured: `${short(ms)} ms, ${short(ms / peerMs)} × PySpark's ${short(peerMs)} ms`,
    target: most === undefined ? "" : `at most ${most} ×`,
    met: most === undefined ? undefined : ms <= most * peerMs,
    figures: { ms, pysparkMs: peerMs, ratio: ms / peerMs },
  };
}

/** How much more memory the large result takes than the small one. */
function memoryRow(form: Form): Row {
  const [few, many] = [pairOf(form, FEW), pairOf(form, MANY)];
  const growth = (client: keyof Pair): readonly [number, number] => [
    middle(few[client], "peakMb"),
    middle(many[client], "peakMb"),
  ];
  const [ours, ourMost] = growth("ours");
  const [peers, peerMost] = growth("peer");
  const told = (from: number, to: number): string =>
    `${short(from)} → ${short(to)} MB (+${short(to - from)})`;
  // A million objects weigh more than that by themselves, in any client.
  const target = form === "objects" ? undefined : GROWTH_MB;
  return {
    what: `most memory, ${FORMS[form].ours} of 100,000 → 1,000,000 rows`,
    measured: `${told(ours, ourMost)}, PySpark's ${FORMS[form].peer} ${told(peers, peerMost)}`,
    target: target === undefined ? "" : `at most +${target} MB`,
    met: target === undefined ? undefined : ourMost - ours <= target,
    figures: { fewMb: ours, manyMb: ourMost, pysparkFewMb: peers, pysparkManyMb: peerMost },
  };
}

/** All that was measured, each number once. */
function rowsOf(): Row[] {
  const all: Pair = {
    ours: [...found.values()].flatMap(({ ours }) => ours),
    peer: [...found.values()].flatMap(({ peer }) => peer),
  };
  const times = forms.flatMap((form) =>
    [MANY, FEW].map((size) => {
      const what = `${size.toLocaleString("en-US")} rows, ${FORMS[form].ours} beside ${FORMS[form].peer}`;
      return timeRow(what, pairOf(form, size), "fetchMs", size === MANY ? FORMS[form].most : undefined);
    }),
  );
  return [
    timeRow("load the client, connect, first query", all, "firstMs", FIRST_MOST),
    timeRow("`SELECT 1`, the middle of 30", all, "queryMs", undefined),
    ...times,
    ...forms.map(memoryRow),
  ];
}

const before = loadavg()[0] ?? Number.NaN;
await using server = await startSpark({ mayInstall: true });
const clients = {
  ours: [process.execPath, join(folder, "ours.ts")],
  peer: ["python3", "-W", "ignore", join(folder, "pyspark_client.py")],
};
// One round more, whose figures warm the server and are thrown away.
for (let round = 0; round <= rounds; round++) {
  console.error(`bench: round ${round} of ${rounds} …`);
  for (const form of forms) {
    for (const size of [MANY, FEW]) {
      // Each goes first in every other round: what one leaves to the server to tidy costs the other.
      const turns = round % 2 === 0 ? (["ours", "peer"] as const) : (["peer", "ours"] as const);
      for (const client of turns) {
        const env = { PYTHONPATH: server.packages };
        const { stdout } = await measureSuccess([...clients[client], server.url, form, String(size)], {
          env,
        });
        const measured = JSON.parse(stdout) as Measured;
        if (measured.count !== size) throw new Error(`${client} got ${measured.count} rows of ${size}`);
        if (round > 0) pairOf(form, size)[client].push(measured);
      }
    }
  }
}

const rows = rowsOf();
const load = `load average ${before.toFixed(1)} at the start, ${(loadavg()[0] ?? Number.NaN).toFixed(1)} at the end (the server's own work included), ${cpus().length} CPUs, ${rounds} rounds`;
const text = `${table(rows)}\n${load}\n`;
console.log(text);
if (values.record) {
  const results = join(import.meta.dir, "results");
  const note = `One Spark 4.3 server; both clients in processes of their own by turns; medians. Six columns: three longs, a string, a double, a
date. Memory is the most that the client's process had resident (VmHWM), in MB of 10^6 bytes, the process itself included; an Arrow
result of a million rows is 47 MB. \`collect()\` has no target of its own: a million objects are in memory when it is done, about 200 MB.`;
  writeFileSync(
    join(results, "spark.md"),
    `# Spark Connect beside PySpark's client\n\nMade by \`bun bench/spark.ts --record\`.\n${note}\n\n${text}`,
  );
  writeFileSync(join(results, "spark.json"), `${JSON.stringify({ version: 1, load, rows }, null, 2)}\n`);
}
