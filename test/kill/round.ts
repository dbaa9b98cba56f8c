import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Seeded } from "../kit/seed.ts";
import { openStore, storeRegistry } from "../../src/store/mod.ts";
import { brokenEnds, brokenEndsIn, brokenPromises } from "./check.ts";
import { readEffects } from "./effects.ts";
import { writePipeline } from "./pipeline.ts";
import type { KillPipeline } from "./pipeline.ts";
import { childrenOf, killHard, processesWith } from "./processes.ts";

/** What one round did: kills that hit a living process, starts, and what was broken (empty: nothing). */
export interface Round {
  readonly kills: number;
  readonly starts: number;
  readonly broken: readonly string[];
}

/** Milliseconds from the start of the process within which the first kill may come, besides the pipeline's own work. */
const START_MS = 120;
/** A round that needs more starts than this goes round for ever. */
const MAX_STARTS = 60;
/** How long a start may take before it counts as hanging, ms. */
const HANG_MS = 60_000;
/** How long after a kill the last process of the run may be seen, ms (the lease's own bound is longer). */
const ORPHAN_MS = 3_000;

/** Checkpoints that lie elsewhere than in the round's own folder. */
export interface KillPlace {
  /** A URI; each round takes a place of its own below it. */
  readonly location: string;
  /** Environment variables of the runners, and of whoever looks at the end. */
  readonly env: Readonly<Record<string, string>>;
}

const TARGETS = ["runner", "worker", "both"] as const;

/** Kills the runner, its workers, or both; says whether anything was there to kill. */
function strike(runner: number, target: (typeof TARGETS)[number]): boolean {
  const workers = target === "runner" ? [] : childrenOf(runner);
  if (target !== "worker") killHard(runner);
  for (const worker of workers) killHard(worker);
  return target !== "worker" || workers.length > 0;
}

/**
 * Starts the pipeline once (under a run key: a kill may come after the run completed and before the process
 * ended, and then a further start has nothing to do), kills it after `killAfterMs` (undefined: not at all),
 * and notes what was reported before.
 */
async function start(
  executable: readonly string[],
  pipeline: KillPipeline,
  token: string,
  kill: { readonly afterMs: number; readonly target: (typeof TARGETS)[number] } | undefined,
  env: Readonly<Record<string, string>>,
): Promise<{
  readonly reported: string[];
  readonly code: number | null;
  readonly struck: boolean;
  /** It had to be ended: it neither died of the blow nor went on. */
  readonly hung: boolean;
  readonly stderr: string;
}> {
  const child = Bun.spawn([...executable, "run", pipeline.config, "--run-key=kill", "--log-format=json"], {
    env: { ...process.env, ...env, CAIRN_KILL_TOKEN: token },
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
  });
  let struck = false;
  let hung = false;
  const blow = setTimeout(() => {
    if (kill) struck = child.exitCode === null && strike(child.pid, kill.target);
  }, kill?.afterMs);
  const hang = setTimeout(() => {
    hung = true;
    killHard(child.pid);
  }, HANG_MS);
  let stderr = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stderr) {
    // What arrives after the blow was not "reported before the kill", whatever it says.
    if (!struck) stderr += decoder.decode(chunk, { stream: true });
    if (struck && kill?.target !== "worker") break;
  }
  const code = await child.exited;
  clearTimeout(blow);
  clearTimeout(hang);
  const reported = stderr
    .split("\n")
    .filter((line) => line.startsWith("{") && line.endsWith("}") && line.includes('"component_end"'))
    .map((line) => (JSON.parse(line) as { component_name: string }).component_name);
  return { reported, code: child.signalCode ? null : code, struck, hung, stderr };
}

/** Waits until no process of this start lives; names those that stay. */
async function orphans(token: string): Promise<string[]> {
  const until = performance.now() + ORPHAN_MS;
  for (;;) {
    const left = processesWith("CAIRN_KILL_TOKEN", token);
    if (left.length === 0) return [];
    if (performance.now() > until) {
      for (const pid of left) killHard(pid);
      return [`processes ${left.join(", ")} outlived their runner`];
    }
    await Bun.sleep(20);
  }
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
    const result = await start(executable, pipeline, token, kill, place?.env ?? {});
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
