import type { CheckpointStore, PipelineHooks } from "../../src/api/mod.ts";
import { type Memory, newMemory, openMemoryStore } from "../../src/store/mod.ts";

/** One end of a run, as a hook was told it. */
export interface Told {
  readonly runId: string;
  readonly how: "afterPipeline" | "onAbandoned";
  readonly again: boolean;
  readonly late: boolean;
}

/** Where a process dies: at its n-th call of the store, before or after that call did its work. */
export interface Death {
  readonly at: number;
  readonly when: "before" | "after";
}

/**
 * A machine on which processes run pipelines and die: what they have in a store, and what outsiders heard of them. A
 * process that died says nothing any more.
 */
export interface EndsWorld {
  readonly memory: Memory;
  /** Runs whose `beforePipeline` was called, in order. */
  readonly begun: string[];
  readonly told: Told[];
  /** All that outsiders heard, in order: `begun R`, `told R`. */
  readonly heard: string[];
  /** A process with its own handle on the store. */
  process(death?: Death): EndsProcess;
}

export interface EndsProcess {
  readonly store: CheckpointStore;
  readonly hooks: PipelineHooks;
  /** Calls of the store so far. */
  readonly calls: readonly string[];
  /** Does `work`; answers undefined where the process dies before it is through. */
  live<T>(work: (process: EndsProcess) => Promise<T>): Promise<T | undefined>;
  /** Dies now. */
  die(): void;
  /** Resolves when it has died. */
  readonly dead: Promise<void>;
}

/** Hooks of a process: what they are told counts as long as it lives. */
function listening(
  { begun, told, heard }: Pick<EndsWorld, "begun" | "told" | "heard">,
  isAlive: () => boolean,
): PipelineHooks {
  const tell = (one: Told): void => {
    if (!isAlive()) return;
    told.push(one);
    heard.push(`told ${one.runId}`);
  };
  return {
    name: "ends",
    beforePipeline({ runId }) {
      if (!isAlive()) return;
      begun.push(runId);
      heard.push(`begun ${runId}`);
    },
    afterPipeline: ({ runId, late }) =>
      tell({ runId, how: "afterPipeline", again: late?.again === true, late: late !== undefined }),
    onAbandoned: ({ runId, again }) => tell({ runId, how: "onAbandoned", again, late: true }),
  };
}

export function endsWorld(memory: Memory = newMemory()): EndsWorld {
  const begun: string[] = [];
  const told: Told[] = [];
  const heard: string[] = [];
  return {
    memory,
    begun,
    told,
    heard,
    process(death) {
      const handle = openMemoryStore({ memory });
      let alive = true;
      let died = (): void => undefined;
      const dead = new Promise<void>((resolve) => {
        died = resolve;
      });
      const die = (): void => {
        if (!alive) return;
        alive = false;
        handle.die();
        died();
      };
      const calls: string[] = [];
      const never = new Promise<never>(() => undefined);
      const call = async (name: string, work: () => unknown): Promise<unknown> => {
        if (!alive) return never;
        calls.push(name);
        const last = death?.at === calls.length;
        const answer = last && death.when === "before" ? undefined : await work();
        if (last) die();
        return alive ? answer : never;
      };
      const store = new Proxy<CheckpointStore>(handle, {
        get(target, name) {
          const member: unknown = Reflect.get(target, name, target);
          if (typeof member !== "function" || typeof name !== "string") return member;
          return (...args: readonly unknown[]) => call(name, () => Reflect.apply(member, target, args));
        },
      });
      const self: EndsProcess = {
        store,
        hooks: listening({ begun, told, heard }, () => alive),
        calls,
        live: (work) => Promise.race([work(self), dead.then(() => undefined)]),
        die,
        dead,
      };
      return self;
    },
  };
}

/** What is wrong with the ends that were told of runs that began; `mayRepeat`: a process died while it told one. */
export function brokenEnds(world: EndsWorld): string[] {
  const broken: string[] = [];
  for (const runId of new Set(world.begun)) {
    const ends = world.told.filter((one) => one.runId === runId);
    const first = ends.filter(({ again }) => !again);
    if (ends.length === 0) broken.push(`run ${runId} never ended`);
    if (first.length > 1) broken.push(`run ${runId} ended ${first.length} times`);
    if (ends.length > 2) broken.push(`run ${runId} was told ${ends.length} times`);
    if (new Set(ends.map(({ how }) => how)).size > 1) broken.push(`run ${runId} ended in two ways`);
  }
  for (const runId of world.begun) {
    const after = world.heard.slice(world.heard.indexOf(`begun ${runId}`) + 1);
    const next = after.findIndex((line) => line.startsWith("begun "));
    if (next !== -1 && after.indexOf(`told ${runId}`) > next)
      broken.push(`a run began before the end of run ${runId} was told`);
  }
  return broken;
}
