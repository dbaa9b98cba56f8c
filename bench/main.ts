/**
 * The bench: every figure of the specification that exists so far, measured in one interleaved run.
 *
 *     bun run bench [--rounds=5] [--only=TEXT [--record]] [--cairn=FILE]
 *
 * The table goes to stdout and, where all is measured, to bench/results/; with `--record` single rows do too.
 *
 * Wall times depend on the neighbours; ratios to the floor of the same run and counts do not.
 */
import { cpus, loadavg } from "node:os";
import { parseArgs } from "node:util";
import type { BenchContext } from "./bench-context.ts";
import { openBench } from "./bench-context.ts";
import { measureBytes, measureCompletion, measureSyncs } from "./measures/completion.ts";
import { measureGraph, measureRetry, measureStep } from "./measures/graph.ts";
import { measureLoad, measureMemory, measureResume } from "./measures/resume.ts";
import { measureSmallRun, measureValidate, measureVersion } from "./measures/start.ts";
import { measureWarm } from "./measures/warm.ts";
import { recordRows } from "./record.ts";
import type { Row } from "./row.ts";
import { table } from "./row.ts";

const measures: Readonly<Record<string, (bench: BenchContext) => Promise<Row | Row[]>>> = {
  version: measureVersion,
  run: measureSmallRun,
  completion: measureCompletion,
  warm: measureWarm,
  graph: measureGraph,
  retry: measureRetry,
  step: measureStep,
  bytes: measureBytes,
  fsyncs: measureSyncs,
  load: measureLoad,
  resume: measureResume,
  validate: measureValidate,
  memory: measureMemory,
};

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    only: { type: "string" },
    record: { type: "boolean", default: false },
    cairn: { type: "string" },
  },
});
using bench = await openBench(Number(values.rounds), values.cairn);
const rows: Row[] = [];
const before = loadavg()[0] ?? Number.NaN;
for (const [name, measure] of Object.entries(measures)) {
  if (values.only && !name.includes(values.only)) continue;
  console.error(`bench: ${name} …`);
  rows.push(...[await measure(bench)].flat());
}
const load = `load average ${before.toFixed(1)} at the start, ${(loadavg()[0] ?? Number.NaN).toFixed(1)} at the end, ${cpus().length} CPUs, ${values.rounds} rounds`;
const text = `${table(rows)}\n${load}\n`;
console.log(text);
if (!values.only || values.record) await recordRows(rows, load, !values.only);
