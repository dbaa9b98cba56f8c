/**
 * The kill tool: random pipelines under random SIGKILLs of runner, worker or both, resumed until they complete.
 *
 *     bun test/kill/main.ts [--graphs] [--kills=1000] [--seconds=N] [--seed=N] [--location=URI] [-- EXECUTABLE ARG…]
 *
 * `--graphs`: graphs with retries, failures, selections and a budget, and reaps between the starts, instead of plain
 * sequences; then the end of each run is counted as well, in its journal and by a hook.
 * `--location` puts the checkpoints elsewhere, such as `s3a://bucket/kill`, with the credentials of the environment.
 * Ends with exit 1 at the first broken promise and says the seed that gives it again.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { fromSeed } from "../kit/seed.ts";
import { bentRound } from "./bent-round.ts";
import { killRound } from "./round.ts";

const { values, positionals } = parseArgs({
  options: {
    graphs: { type: "boolean", default: false },
    kills: { type: "string", default: "1000" },
    seconds: { type: "string" },
    seed: { type: "string" },
    location: { type: "string" },
  },
  allowPositionals: true,
});
const executable = positionals.length > 0 ? positionals : [join(import.meta.dir, "../../dist/cairn")];
const wanted = values.seconds === undefined ? Number(values.kills) : Infinity;
const until = values.seconds === undefined ? Infinity : performance.now() + Number(values.seconds) * 1000;
const first = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);

const place =
  values.location === undefined
    ? undefined
    : { location: values.location, env: process.env as Record<string, string> };

let kills = 0;
let starts = 0;
let rounds = 0;
const ends = { own: 0, abandoned: 0, again: 0 };
while (kills < wanted && performance.now() < until) {
  const seed = first + rounds;
  const play = values.graphs ? bentRound : killRound;
  const round = await play(executable, fromSeed(seed), 6, place);
  kills += round.kills;
  starts += round.starts;
  rounds += 1;
  for (const key of ["own", "abandoned", "again"] as const) ends[key] += round.ends?.[key] ?? 0;
  for (const line of round.broken) console.error(`kill: seed ${seed}: ${line}`);
  if (round.broken.length > 0) process.exit(1);
  if (rounds % 20 === 0)
    console.error(`kill: ${kills} kills in ${starts} starts of ${rounds} pipelines, all promises held`);
}
console.log(
  `kill: ${kills} kills in ${starts} starts of ${rounds} pipelines, all promises held (first seed ${first})`,
);
if (values.graphs) {
  console.log(
    `kill: ${ends.own} runs told their end, ${ends.abandoned} were told as abandoned, ${ends.again} ends were told again`,
  );
}
