import { afterAll, expect, test } from "bun:test";
import {
  type CheckpointStore,
  type Clock,
  deleteCheckpoint,
  Interrupt,
  reapCheckpoints,
  systemClock,
} from "../../src/api/mod.ts";
import { withFaults } from "../../src/store/testing.ts";
import { objectStore } from "../checkpoint/kit/object-store.ts";
import { endsKit } from "./ends-kit.ts";
import { brokenEnds, type EndsProcess, type EndsWorld, endsWorld } from "./ends-world.ts";
import { eventTypes, type Ran } from "./pipeline-kit.ts";

const kit = endsKit();
const { pipeline, text: TEXT, failing: FAILING, runBy, reapBy, leaveDead } = kit;
afterAll(() => kit[Symbol.dispose]());

/** Waits for a millisecond where others wait for long. */
const HASTY: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(Math.min(ms, 1), signal) };

/** More calls of a store than any of these processes makes. */
const MOST_CALLS = 80;

test("a hook in which the process dies is told again, and told so; after three deaths it is given up", async () => {
  const world = endsWorld();
  const agains: boolean[] = [];
  const dead = await leaveDead(world);
  for (let tries = 1; tries <= 5; tries++) {
    const process = world.process();
    await process.live(({ store }) =>
      reapCheckpoints(store, {
        hooks: {
          onAbandoned({ runId, again }) {
            expect(runId).toBe(dead);
            agains.push(again);
            process.die();
            return new Promise(() => undefined);
          },
        },
      }),
    );
  }
  expect(agains).toEqual([false, true, true]);
});

test("a hook that throws was told", async () => {
  const world = endsWorld();
  await leaveDead(world);
  let calls = 0;
  const lines: string[] = [];
  for (let round = 0; round < 2; round++) {
    await reapCheckpoints(world.process().store, {
      observer: { log: ({ message }) => void lines.push(message) },
      hooks: {
        name: "pager",
        critical: true,
        onAbandoned() {
          calls++;
          throw new Error("no network");
        },
      },
    });
  }
  expect(calls).toBe(1);
  expect(lines).toContain('hook onAbandoned of "pager" failed: no network');
});

test("what a dead run's hooks are told: how far it came, and who closed it", async () => {
  const world = endsWorld();
  const dead = await leaveDead(world);
  const facts: unknown[] = [];
  const hooks = { onAbandoned: (run: unknown) => void facts.push(run) };
  const { result } = await pipeline.run(TEXT, {
    store: world.process().store,
    hooks,
    autoResume: true,
    isolation: "none",
  });
  expect(result.resumedFrom).toBe(dead);
  expect(facts).toMatchObject([
    {
      runId: dead,
      rootRunId: dead,
      pipelineName: "test",
      totalComponents: 3,
      completed: 1,
      failed: 0,
      closedBy: "resume",
      again: false,
    },
  ]);
});

test("reap without hooks closes and leaves the telling to whoever has some; with nothing to do it writes nothing", async () => {
  const world = endsWorld();
  const dead = await leaveDead(world);
  const { store } = world.process();
  const dry = await reapCheckpoints(store, { dryRun: true });
  expect(dry.closed).toMatchObject([{ runId: dead, completedComponents: 1, totalComponents: 3 }]);
  expect((await reapCheckpoints(store)).closed.map(({ runId }) => runId)).toEqual([dead]);
  expect(world.told).toEqual([]);
  expect(await reapCheckpoints(store)).toMatchObject({ closed: [], told: [], held: [] });
  const told = await reapCheckpoints(store, { hooks: world.process().hooks });
  expect(told.told).toMatchObject([{ runId: dead, status: "abandoned", again: false }]);
  const before = await everything(store);
  await reapCheckpoints(store, { hooks: world.process().hooks });
  expect(await everything(store)).toEqual(before);
  expect(brokenEnds(world)).toEqual([]);
});

async function everything(store: CheckpointStore): Promise<unknown[]> {
  const logs = await store.logs("");
  return Promise.all(logs.map(async (log) => [log, await store.read(log)]));
}

test("a run whose runner lives is left alone, and who holds it is said", async () => {
  const world = endsWorld();
  const process = world.process();
  const reports: unknown[] = [];
  const hooks = {
    ...process.hooks,
    async afterComponent() {
      reports.push(await reapCheckpoints(world.process().store, { hooks: world.process().hooks }));
    },
  };
  await pipeline.run(TEXT, { store: process.store, hooks, isolation: "none" });
  const left = {
    closed: [],
    told: [],
    held: [{ pipelineName: "test", runKey: null, holder: { pid: globalThis.process.pid } }],
  };
  expect(reports).toMatchObject([left, left, left]);
  expect(brokenEnds(world)).toEqual([]);
});

test("of two reaps and a start at the same time one closes, and one tells", async () => {
  for (let round = 0; round < 20; round++) {
    const world = endsWorld();
    await leaveDead(world);
    const starter = world.process();
    await Promise.all([
      reapBy(world.process()),
      pipeline.run(TEXT, {
        store: starter.store,
        hooks: starter.hooks,
        autoResume: true,
        ifHeld: "wait",
        isolation: "none",
      }),
      reapBy(world.process()),
    ]);
    expect(brokenEnds(world), world.heard.join("\n")).toEqual([]);
  }
});

test("a run that hooks were told of is not told again after its checkpoint was deleted or its hooks came later", async () => {
  const world = endsWorld();
  const { store } = world.process();
  // No hooks listen to this one: nothing is ever to be told of it.
  await pipeline.run(FAILING, { store, isolation: "none" });
  expect((await store.logs("")).filter((log) => log.endsWith("/ends"))).toEqual([]);
  await runBy(world.process());
  await reapBy(world.process());
  expect(world.told).toHaveLength(1);
  expect(world.told[0]).toMatchObject({ how: "afterPipeline", late: false });
});

test("a store that fails once at any call, before or after doing it, changes nothing of what is told", async () => {
  for (const kind of ["before", "after"] as const) {
    for (let at = 1; at <= MOST_CALLS; at++) {
      const world = endsWorld();
      const dead = await leaveDead(world);
      const process = world.process();
      const { target, calls } = withFaults(process.store, [{ kind, at }]);
      const hooks = process.hooks;
      const options = { store: target, hooks, autoResume: true, clock: HASTY, isolation: "none" } as const;
      const ran = await pipeline.run(TEXT, options).catch((thrown: unknown) => thrown);
      // The memory's lease is taken, and nobody knows by whom: it stays so, as no lease of a real store does.
      if (calls[at - 1] === "takeLease" && kind === "after") continue;
      const { result } = ran as Ran;
      expect(result.status).toBe("completed");
      const ends = world.told.map(({ runId, how, again }) => ({ runId, how, again }));
      expect(ends, `${kind} ${at}: ${calls[at - 1]}`).toEqual([
        { runId: dead, how: "onAbandoned", again: false },
        { runId: result.runId, how: "afterPipeline", again: false },
      ]);
      if (calls.length < at) break;
      expect(at).toBeLessThan(MOST_CALLS);
    }
  }
});

/** A store whose lease excludes nobody: whoever sleeps is taken for dead at once. */
function toothless(): {
  readonly world: EndsWorld;
  readonly sleeper: EndsProcess;
  readonly other: EndsProcess;
} {
  const world = endsWorld();
  const store = objectStore(new Map());
  const on = (process: EndsProcess): EndsProcess => {
    const own: EndsProcess = { ...process, store, live: (work) => work(own) };
    return own;
  };
  return { world, sleeper: on(world.process()), other: on(world.process()) };
}

test("a runner that wakes up after another has resumed its run tells nobody its end: that was told", async () => {
  const { world, sleeper, other } = toothless();
  const hooks = {
    ...sleeper.hooks,
    async afterComponent({ name }: { readonly name: string }) {
      if (name === "A") await runBy(other);
    },
  };
  const watched: unknown[] = [];
  const watch = { afterPipeline: (run: { readonly status: string }) => void watched.push(run.status) };
  const { result } = await pipeline.run(TEXT, { store: sleeper.store, hooks, watch, isolation: "none" });
  expect(result.reason).toBe("fenced");
  expect(world.told).toMatchObject([{ runId: result.runId, how: "onAbandoned" }, { how: "afterPipeline" }]);
  expect(brokenEnds(world)).toEqual([]);
  expect(watched).toEqual(["failed"]);
});

test("a runner that sleeps between its last record and telling it finds it told", async () => {
  const { world, sleeper, other } = toothless();
  const hooks = {
    ...sleeper.hooks,
    async onCheckpoint({ events }: { readonly events: readonly string[] }) {
      if (events.includes("run-completed")) await reapBy(other);
    },
  };
  const { result } = await pipeline.run(TEXT, { store: sleeper.store, hooks, isolation: "none" });
  expect(result.status).toBe("completed");
  expect(world.told).toMatchObject([{ runId: result.runId, how: "afterPipeline", late: true, again: false }]);
});

test("a run whose checkpoint is deleted under it tells its own end", async () => {
  const world = endsWorld();
  const process = world.process();
  const hooks = {
    ...process.hooks,
    async afterComponent({ name, runId }: { readonly name: string; readonly runId: string }) {
      if (name === "A") await deleteCheckpoint(world.process().store, runId, { ignoreLease: true });
    },
  };
  const { result } = await pipeline.run(TEXT, { store: process.store, hooks, isolation: "none" });
  expect(result.reason).toBe("fenced");
  await reapBy(world.process());
  expect(world.told).toMatchObject([{ runId: result.runId, how: "afterPipeline", late: false }]);
});

test("a dead run whose checkpoint was deleted is still told as abandoned", async () => {
  const world = endsWorld();
  const dead = await leaveDead(world);
  await deleteCheckpoint(world.process().store, dead);
  const facts: unknown[] = [];
  const hooks = { onAbandoned: (run: unknown) => void facts.push(run) };
  await reapCheckpoints(world.process().store, { hooks });
  expect(facts).toMatchObject([{ runId: dead, completed: 1, totalComponents: 3, closedBy: "delete" }]);
});

test("a run that is interrupted while all that is left completes in time has completed", async () => {
  const { store, hooks } = endsWorld().process();
  const interrupt = new AbortController();
  pipeline.dir.write(
    "plugins/t/Waits.ts",
    `import { existsSync } from "node:fs";
export default async ({ config, log }) => {
  log.info("at work");
  while (!existsSync(config.file)) await Bun.sleep(5);
};
`,
  );
  const file = pipeline.dir.join("go");
  const text = pipeline.text([
    { type: "t.Tally", name: "A" },
    { type: "t.Waits", name: "B", config: `file = ${JSON.stringify(file)}` },
  ]);
  const log = ({ message }: { readonly message: string }): void => {
    if (message !== "at work") return;
    interrupt.abort(new Interrupt("SIGTERM"));
    pipeline.dir.write("go", "");
  };
  const options = { store, hooks, signal: interrupt.signal, graceMs: 60_000, observer: { log } };
  const { result } = await pipeline.run(text, options);
  expect(interrupt.signal.aborted).toBe(true);
  expect(result).toMatchObject({ status: "completed", reason: null, exitCode: 0 });
  expect(await eventTypes(store, result.runId)).toEqual(["run-completed"]);
});
