import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Seeded } from "../kit/seed.ts";
import { openStore, storeRegistry } from "../../src/store/mod.ts";
import { brokenEnds, brokenEndsIn, brokenPromises } from "./check.ts";
import { readEffects } from "./effects.ts";
import { writePipeline } from "./pipeline.ts";
import { orphans, runArguments, start, TARGETS } from "./start.ts";

/** What one round did: kills that hit a living process, starts, and what was broken (empty: nothing). */
export interface Round {
  readonly kills: number;
  readonly starts: number;
  readonly broken: readonly string[];
  /** Where ends are counted: how many hooks were told by the run itself, and as abandoned, and how many a second time. */
  readonly ends?: { readonly own: number; readonly abandoned: number; readonly again: number };
}

/** Milliseconds from the start of the process within which the first kill may come, besides the pipeline's own work. */
const START_MS = 120;
/** A round that needs more starts than this goes round for ever. */
const MAX_STARTS = 60;
/** Checkpoints that lie elsewhere than in the round's own folder. */
export interface KillPlace {
  /** A URI; each round takes a place of its own below it. */
  readonly location: string;
  /** Environment variables of the runners, and of whoever looks at the end. */
  readonly env: Readonly<Record<string, string>>;
}

/** What is wrong with the journals' ends. */
async function endsAt(location: string, place: KillPlace | undefined): Promise<string[]> {
  if (place === undefined) return brokenEnds(location);
  const store = await openStore(storeRegistry(), location, "/", { env: place.env });
  try {
    return await brokenEndsIn(store);
  } finally {
    await store.close();
  }
}

/** One random pipeline, killed and resumed until it completes. */
export async function killRound(
  executable: readonly string[],
  random: Seeded,
  maxKills: number,
  place?: KillPlace,
): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), "cairn-kill-"));
  const location = place && `${place.location}/${basename(folder).toLowerCase()}`;
  const pipeline = writePipeline(folder, random, location);
  const reported = new Map<string, number>();
  const broken: string[] = [];
  let kills = 0;
  let starts = 0;
  for (let code: number | null = null; code !== 0 && broken.length === 0; starts++) {
    const target = TARGETS[random.int(TARGETS.length)] ?? "runner";
    const kill = kills < maxKills ? { afterMs: random.int(START_MS + pipeline.workMs), target } : undefined;
    const token = `${process.pid}-${random.seed}-${starts}-${folder}`;
    appendFileSync(pipeline.effects, `- ${starts}\n`);
    const command = [...executable, ...runArguments(pipeline.config)];
    const result = await start(command, token, kill, place?.env ?? {});
    code = result.code;
    kills += result.struck ? 1 : 0;
    for (const name of result.reported) if (!reported.has(name)) reported.set(name, starts);
    broken.push(...(await orphans(token)));
    if (result.hung)
      broken.push(`start ${starts} hung after a kill of ${kill?.target ?? "nothing"}:\n${result.stderr}`);
    else if (!result.struck && code !== 0)
      broken.push(`start ${starts} ended with ${code} although nothing was killed:\n${result.stderr}`);
    if (starts >= MAX_STARTS) broken.push(`not completed after ${starts} starts`);
  }
  if (broken.length === 0) {
    broken.push(
      ...brokenPromises(readEffects(pipeline.effects), reported, pipeline.names),
      ...(await endsAt(location ?? join(folder, "checkpoints"), place)),
    );
  }
  if (broken.length === 0) rmSync(folder, { recursive: true, force: true });
  return { kills, starts, broken: broken.map((text) => `${text} (kept: ${folder})`) };
}
