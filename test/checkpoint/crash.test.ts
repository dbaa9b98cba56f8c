import { describe, expect, test } from "bun:test";
import {
  deleteRun,
  keyNames,
  listCheckpoints,
  type RunJournal,
  startRun,
  type StartMode,
  type StartRequest,
} from "../../src/checkpoint/mod.ts";
import { systemClock, systemRandom } from "../../src/base/mod.ts";
import type { MemoryStore } from "../../src/store/mod.ts";
import {
  codeOf,
  completed,
  done,
  FAILED,
  journalOf,
  PIPELINE,
  processes,
  request,
  run,
  start,
} from "./kit/runs.ts";

const NAMES = keyNames(PIPELINE, undefined);

/** What stands in the store before the start that is to die. */
const BEFORE: Readonly<Record<string, (next: () => MemoryStore) => Promise<void>>> = {
  nothing: async () => Promise.resolve(),
  "a failed run": async (next) => {
    await run(await start(next(), "auto"), [0], FAILED);
  },
  "a killed run": async (next) => {
    const store = next();
    await run(await start(store, "auto"), [0], "crash");
    store.die();
  },
  "a failed resume of a failed run": async (next) => {
    await run(await start(next(), "auto"), [0], FAILED);
    await run(await start(next(), "auto"), [], FAILED);
  },
  "a completed run": async (next) => {
    await run(await start(next(), "auto"), [0, 1, 2]);
  },
};

/** Lets one process do `work`, and kills it at its n-th named point; false where it has fewer. */
async function dieAt(
  store: MemoryStore,
  at: number,
  work: (point: NonNullable<StartRequest["point"]>) => Promise<unknown>,
): Promise<string | undefined> {
  let seen = 0;
  let died: ((name: string) => void) | undefined;
  const death = new Promise<string>((resolve) => {
    died = resolve;
  });
  const point = async (name: string): Promise<void> => {
    if (++seen < at) return;
    store.die();
    died?.(name);
    await new Promise(() => undefined);
  };
  return Promise.race([death, work(point).then(() => undefined)]);
}

async function wholeRun(
  store: MemoryStore,
  mode: StartMode,
  point: NonNullable<StartRequest["point"]>,
): Promise<void> {
  const outcome = await startRun(request(store, mode, { request: { point } }));
  const journal = journalOf(outcome);
  await finish(journal);
  await journal.cleanup();
  await journal.close();
}

async function finish(journal: RunJournal): Promise<void> {
  for (const index of [0, 1, 2]) {
    const outputs = index === 0 ? "x".repeat(5_000) : index;
    if (!journal.state().completions.has(index)) await journal.append([completed(index, { outputs })]);
  }
  await journal.append([{ type: "run-completed" }]);
}

/** The components that a lone start would not run again. */
async function progress(store: MemoryStore): Promise<number[]> {
  const journal = await start(store, "auto");
  const carried = done(journal);
  await finish(journal);
  expect(done(journal)).toEqual([0, 1, 2]);
  expect(journal.state().end).toEqual({ type: "run-completed" });
  await journal.close();
  return carried;
}

const MOST_POINTS = 60;

for (const [situation, prepare] of Object.entries(BEFORE)) {
  for (const kind of ["auto", "new", "fresh"] as const) {
    test(`after ${situation}, a start (${kind}) that dies at any point leaves a lone start everything it needs`, async () => {
      const points: string[] = [];
      for (let at = 1; at <= MOST_POINTS; at++) {
        const { next } = processes();
        await prepare(next);
        const store = next();
        const died = await dieAt(store, at, async (point) => wholeRun(store, { kind }, point));
        if (died === undefined) break;
        points.push(died);
        const carried = await progress(next());
        const hadOne = situation !== "nothing" && situation !== "a completed run";
        if (kind === "auto" && hadOne && !points.includes("appended")) expect(carried).toEqual([0]);
      }
      expect(points).toContain("key-log-appended");
      expect(points).toContain("first-record");
      expect(points.at(-1)).toBe("cleaned");
      expect(points.length).toBeLessThan(MOST_POINTS);
    });
  }
}

test("two starts that die one after the other, at any two points, lose nothing", async () => {
  for (let first = 1; first <= 11; first++) {
    for (let second = 1; second <= 11; second++) {
      const { next } = processes();
      await run(await start(next(), "auto"), [0], FAILED);
      const one = next();
      await dieAt(one, first, async (point) => start(one, "auto", { request: { point } }));
      one.die();
      const two = next();
      await dieAt(two, second, async (point) => start(two, "auto", { request: { point } }));
      two.die();
      expect(await progress(next())).toEqual([0]);
    }
  }
});

/** Kills an auto-resume over a failed run at each of its points, and shows what it leaves. */
async function afterEachDeath(
  check: (next: () => MemoryStore, failed: string) => Promise<void>,
): Promise<void> {
  for (let at = 1; at <= 12; at++) {
    const { next } = processes();
    const failed = await run(await start(next(), "auto"), [0], FAILED);
    const store = next();
    await dieAt(store, at, async (point) => start(store, "auto", { request: { point } }));
    store.die();
    await check(next, failed);
  }
}

test("a plain new run after a resume that died anywhere leaves the progress resumable by an ID", async () => {
  await afterEachDeath(async (next) => {
    const fresh = await start(next(), "new");
    expect(done(fresh)).toEqual([]);
    await run(fresh, [], FAILED);
    const resumable = await listCheckpoints(next(), { resumableOnly: true });
    const best = resumable.find(({ completedComponents }) => completedComponents.length === 1);
    expect(done(await start(next(), { kind: "resume", runId: best?.runId ?? "none" }))).toEqual([0]);
  });
});

test("a caller's run ID is its run's ID, whatever another start that died had chosen", async () => {
  await afterEachDeath(async (next) => {
    const journal = await start(next(), "auto", { request: { runId: "mine" } });
    expect([journal.runId, done(journal)]).toEqual(["mine", [0]]);
    await run(journal, [], FAILED);
    const fresh = await start(next(), "fresh", { request: { runId: "other" } });
    expect([fresh.runId, done(fresh)]).toEqual(["other", []]);
  });
});

test("--fresh after a resume that died anywhere carries nothing, and retires what was there", async () => {
  await afterEachDeath(async (next, failed) => {
    const journal = await start(next(), "fresh", { request: { runId: "mine" } });
    expect([journal.runId, done(journal)]).toEqual(["mine", []]);
    await run(journal, [], FAILED);
    const resumable = await listCheckpoints(next(), { resumableOnly: true });
    expect(resumable.map(({ runId }) => runId)).toEqual(["mine"]);
    expect(await codeOf(startRun(request(next(), { kind: "resume", runId: failed })))).toBe(
      "CHECKPOINT_SUPERSEDED",
    );
  });
});

test("the run that a dead resume was about can still be named", async () => {
  await afterEachDeath(async (next, failed) => {
    const [checkpoint] = await listCheckpoints(next(), { resumableOnly: true });
    const journal = await start(next(), { kind: "resume", runId: checkpoint?.runId ?? failed });
    expect(done(journal)).toEqual([0]);
  });
});

describe("deleting", () => {
  const situations: Readonly<Record<string, (next: () => MemoryStore) => Promise<string>>> = {
    "a failed run": async (next) => run(await start(next(), "auto"), [0], FAILED),
    "a completed run": async (next) => run(await start(next(), "auto"), [0, 1, 2]),
    "a run whose resume died before its first record": async (next) => {
      const runId = await run(await start(next(), "auto"), [0], FAILED);
      const store = next();
      await dieAt(store, 4, async (point) => start(store, "auto", { request: { point } }));
      return runId;
    },
  };
  for (const [situation, prepare] of Object.entries(situations)) {
    test(`${situation}, and dying at any point, leaves a fresh start possible, and deleting again ends it`, async () => {
      for (let at = 1; at <= 20; at++) {
        const { next } = processes();
        const runId = await prepare(next);
        const tools = (
          store: MemoryStore,
        ): { store: MemoryStore; clock: typeof systemClock; random: typeof systemRandom } => ({
          store,
          clock: systemClock,
          random: systemRandom,
        });
        const store = next();
        const died = await dieAt(store, at, async (point) =>
          deleteRun({ ...tools(store), point }, { names: NAMES, runId }),
        );
        store.die();
        await deleteRun(tools(next()), { names: NAMES, runId });
        expect((await next().read(NAMES.run(runId))).length).toBeLessThanOrEqual(2);
        expect(await progress(next())).toEqual([]);
        if (died === undefined) return;
      }
      throw new Error("deleting has too many points");
    });
  }
});
