import type { Seeded } from "../../kit/mod.ts";
import { type Actor, type Move, World, type WorldOptions } from "./world.ts";

/** A schedule longer than this goes round for ever. */
const MAX_STEPS = 1_500;

export interface WalkOptions {
  readonly roles: WorldOptions["roles"];
  readonly fail?: boolean;
  readonly cleanup?: boolean;
  readonly runKey?: string;
  readonly tells?: boolean;
  /** Answers that may be lost. */
  readonly lost?: number;
  /** Chance that a process is killed at a step. */
  readonly kill?: number;
  /** Chance that, after a step, a lone start is tried on a copy. */
  readonly lone?: number;
  /** Days that pass at one moment, when everybody begun is dead. */
  readonly sweepDays?: number;
}

/** One random schedule to its very end, with few switches, so that sleepers sleep long. */
export async function walk(options: WalkOptions, random: Seeded): Promise<World> {
  const world = new World({ ...options, chance: () => random.next() });
  const stick = random.pick([0.5, 0.8, 0.93]);
  const jump = options.sweepDays === undefined ? -1 : random.int(80);
  let lost = options.lost ?? 0;
  let last: Move["actor"] | undefined;
  for (let steps = 0; steps < MAX_STEPS; steps++) {
    if (steps === jump) letDaysPass(world, options.sweepDays ?? 0);
    const alive = world.alive();
    if (alive.length === 0) break;
    const stay = last !== undefined && last.end === undefined && random.next() < stick;
    const actor = stay && last !== undefined ? last : random.pick(alive);
    last = random.next() < 0.02 ? undefined : actor;
    const loseAnswer = lost > 0 && actor.pending?.isAppend === true && random.next() < 0.05;
    if (loseAnswer) lost--;
    await world.step({ actor, loseAnswer });
    if (random.next() < (options.kill ?? 0)) actor.finish("killed");
    if (random.next() < (options.lone ?? 0.02)) await tryLone(world);
    if (world.ghost.violations.length > 0) return world;
  }
  if (world.alive().length > 0) world.ghost.violations.push("I5: a live process goes round for ever");
  await tryLone(world);
  return world;
}

/**
 * Every schedule of two processes with at most `switches` changes between them, each at every possible step.
 * Calls `check` with every world at its end.
 */
export async function exhaust(
  options: Omit<WorldOptions, "chance">,
  switches: number,
  check: (world: World) => void,
): Promise<number> {
  let worlds = 0;
  const play = async (plan: readonly number[]): Promise<number> => {
    const world = new World({ ...options, chance: () => 0.999 });
    let steps = 0;
    let current = 0;
    let slice = 0;
    let used = 0;
    while (world.alive().length > 0 && steps < MAX_STEPS) {
      const actors = world.actors;
      if ((slice < plan.length && used >= (plan[slice] ?? 0)) || actors[current]?.end !== undefined) {
        if (slice < plan.length) slice++;
        current = nextAlive(world, current);
        used = 0;
      }
      const actor = actors[current];
      if (actor === undefined || actor.end !== undefined) break;
      await world.step({ actor });
      used++;
      steps++;
    }
    await tryLone(world);
    worlds++;
    check(world);
    return steps;
  };
  const extend = async (plan: readonly number[]): Promise<void> => {
    const steps = await play(plan);
    if (plan.length === switches) return;
    for (let at = 0; at <= steps - plan.reduce((sum, part) => sum + part, 0); at++)
      await extend([...plan, at]);
  };
  await extend([]);
  return worlds;
}

/** How far a process goes: before the call whose words match, or to its end. */
export type Until = RegExp | "end";

/**
 * A schedule in words: which process goes on, and until before which call; afterwards each to its end, in order.
 * With `fail`, every run fails at its first component.
 */
export async function play(
  options: Omit<WorldOptions, "chance">,
  parts: readonly (readonly [process: number, until: Until])[],
): Promise<World> {
  const world = new World({ ...options, chance: () => (options.fail === true ? 0 : 0.999) });
  for (const [process, until] of parts) {
    const actor = world.actors[process - 1];
    if (actor === undefined) throw new Error(`There is no process ${process}`);
    while (actor.end === undefined && !reached(actor, until)) await world.step({ actor });
  }
  for (const actor of world.actors) {
    for (let steps = 0; actor.end === undefined && steps < MAX_STEPS; steps++) await world.step({ actor });
  }
  await tryLone(world);
  return world;
}

function reached(actor: Actor, until: Until): boolean {
  return until !== "end" && actor.pending !== undefined && until.test(actor.pending.what);
}

function nextAlive(world: World, from: number): number {
  const count = world.actors.length;
  for (let by = 1; by <= count; by++) {
    const next = (from + by) % count;
    if (world.actors[next]?.end === undefined) return next;
  }
  return from;
}

async function tryLone(world: World): Promise<void> {
  for (const why of [await world.loneStart(), await world.loneReap()]) {
    if (why !== undefined) world.ghost.violations.push(why);
  }
}

/** Whoever was under way before is dead for good: that is what the days mean. */
function letDaysPass(world: World, days: number): void {
  for (const actor of world.actors)
    if (actor.started && actor.end === undefined) actor.finish("dead for days");
  world.time.now += days * 24 * 60 * 60 * 1000;
}
