import { appendFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Seeded } from "../kit/seed.ts";
import { openStore, storeRegistry } from "../../src/store/mod.ts";
import { type BentPipeline, writeBentPipeline } from "./bent-pipeline.ts";
import { brokenEndsIn } from "./check.ts";
import { brokenEndsOf, brokenGraph, endsIn } from "./check-bent.ts";
import { readEffects } from "./effects.ts";
import type { KillPlace, Round } from "./round.ts";
import { type Kill, orphans, runArguments, start, TARGETS } from "./start.ts";

/** Milliseconds of a start, and of a reap, within which a kill may come, besides the pipeline's own work. */
const START_MS = 160;
/** A round that needs more starts than this goes round for ever. */
const MAX_STARTS = 60;
/** Exit codes of starts that were not hit. */
const [DONE, FAILED, PARTIAL, POISONED] = [0, 1, 3, 8];

/** What a round is doing just now. */
interface Play {
  readonly executable: readonly string[];
  readonly pipeline: BentPipeline;
  readonly folder: string;
  readonly random: Seeded;
  readonly env: Readonly<Record<string, string>>;
  readonly maxKills: number;
  readonly reported: Map<string, number>;
  readonly broken: string[];
  kills: number;
  starts: number;
  processes: number;
  ends: NonNullable<Round["ends"]>;
}

function nextKill(play: Play, withinMs: number): Kill | undefined {
  const { random } = play;
  if (play.kills >= play.maxKills) return undefined;
  return { afterMs: random.int(withinMs), target: random.pick(TARGETS) };
}

/** Runs one process, and waits until all of it is gone. */
async function once(
  play: Play,
  args: readonly string[],
  kill: Kill | undefined,
): Promise<Awaited<ReturnType<typeof start>>> {
  const token = `${process.pid}-${play.random.seed}-${play.processes++}-${play.folder}`;
  const result = await start([...play.executable, ...args], token, kill, play.env);
  if (result.struck) play.kills++;
  if (result.hung) play.broken.push(`it hangs: ${args.join(" ")}\n${result.stderr}`);
  play.broken.push(...(await orphans(token)));
  return result;
}

/** One start; resolves to its exit code. */
async function startOnce(play: Play, more: readonly string[]): Promise<number | null> {
  const { pipeline, random } = play;
  appendFileSync(pipeline.effects, `- ${play.starts}\n`);
  const kill = nextKill(play, START_MS + pipeline.workMs);
  const args = [...runArguments(pipeline.config), ...more];
  const { reported, code, struck, stderr } = await once(play, args, kill);
  for (const name of reported) if (!play.reported.has(name)) play.reported.set(name, play.starts);
  const unmended = pipeline.components.filter(({ needs }) => needs !== undefined && !existsSync(needs));
  const expected = [DONE, POISONED, ...(unmended.length > 0 ? [FAILED, PARTIAL] : [])];
  if (!struck && !expected.includes(code ?? -1))
    play.broken.push(`start ${play.starts} ended with ${code} although nothing was killed:\n${stderr}`);
  const mended = unmended[0]?.needs;
  if (mended !== undefined && random.int(3) === 0) writeFileSync(mended, "");
  play.starts++;
  if (play.starts >= MAX_STARTS) play.broken.push(`not completed after ${play.starts} starts`);
  return struck ? null : code;
}

/** A reap between two starts, which may be killed like these. */
async function reapOnce(play: Play): Promise<void> {
  const args = ["checkpoints", "reap", play.pipeline.config, "-q"];
  const { code, struck, stderr } = await once(play, args, nextKill(play, START_MS));
  if (!struck && code !== DONE) play.broken.push(`a reap ended with ${code}:\n${stderr}`);
}

/** One random graph, killed and resumed until it completes; at the end a reap tells what is left to tell. */
export async function bentRound(
  executable: readonly string[],
  random: Seeded,
  maxKills: number,
  place?: KillPlace,
): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), "cairn-kill-"));
  const location = place && `${place.location}/${basename(folder).toLowerCase()}`;
  const pipeline = writeBentPipeline(folder, random, location);
  const play: Play = {
    executable,
    pipeline,
    folder,
    random,
    env: place?.env ?? {},
    maxKills,
    reported: new Map(),
    broken: [],
    kills: 0,
    starts: 0,
    processes: 0,
    ends: { own: 0, abandoned: 0, again: 0 },
  };
  let code: number | null = null;
  while (code !== DONE && play.broken.length === 0) {
    const again = code === POISONED ? ["--retry-poisoned"] : [];
    // A selection is recorded by the first start that leaves a record, and restored from then on.
    const isRecorded = (await runsAt(play)).size > 0;
    const selection = isRecorded && random.int(2) === 0 ? [] : pipeline.selection;
    code = await startOnce(play, [...again, ...selection]);
    if (random.int(4) === 0) await reapOnce(play);
  }
  play.broken.push(...(play.broken.length === 0 ? await judge(play) : []));
  if (play.broken.length === 0) rmSync(folder, { recursive: true, force: true });
  return {
    kills: play.kills,
    starts: play.starts,
    ends: play.ends,
    broken: play.broken.map((text) => `${text} (kept: ${folder})`),
  };
}

/** The runs that stand in the store. */
async function runsAt({ pipeline, env }: Play): Promise<ReadonlyMap<string, number>> {
  const store = await openStore(storeRegistry(), pipeline.location, "/", { env });
  try {
    return (await endsIn(store, pipeline.ends)).journals;
  } finally {
    await store.close();
  }
}

async function judge(play: Play): Promise<string[]> {
  const { pipeline, env } = play;
  await once(play, ["checkpoints", "reap", pipeline.config, "-q"], undefined);
  const store = await openStore(storeRegistry(), pipeline.location, "/", { env });
  try {
    const ends = await endsIn(store, pipeline.ends);
    const count = (point: string): number =>
      ends.told.filter((one) => one.point === point && !one.again).length;
    const again = ends.told.filter((one) => one.again).length;
    play.ends = { own: count("ended"), abandoned: count("abandoned"), again };
    return [
      ...brokenGraph(readEffects(pipeline.effects), play.reported, pipeline),
      ...brokenEndsOf(ends),
      ...(await brokenEndsIn(store)),
    ];
  } finally {
    await store.close();
  }
}
