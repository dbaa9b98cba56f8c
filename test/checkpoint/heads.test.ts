import { describe, expect, test } from "bun:test";
import { systemClock, systemRandom } from "../../src/base/mod.ts";
import {
  type Checkpoint,
  deleteRun,
  findRun,
  keyNames,
  listCheckpoints,
  prune,
  startRun,
  type StartMode,
} from "../../src/checkpoint/mod.ts";
import {
  openMemoryObjects,
  openMemoryStore,
  openObjectStore,
  type CheckpointStore,
  type MemoryStore,
  type ObjectMemory,
} from "../../src/store/mod.ts";
import { seeded } from "../kit/mod.ts";
import { completed, FAILED, failed, PIPELINE, processes, request, run, start } from "./kit/runs.ts";

/** Runs in a list, a multiple of 3; more of them in a long test run. */
const RUNS = process.env["CAIRN_TEST_LONG"] === "1" ? 1_002 : 300;

const tools = { clock: systemClock, random: systemRandom };

/** The same store, in which everything is read from the records. */
function plain(store: CheckpointStore): CheckpointStore {
  return new Proxy(store, {
    get(target, name) {
      if (name === "shortcuts") return undefined;
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? (member.bind(target) as unknown) : member;
    },
  });
}

/** What a list says by heads, which must be what it says by the journals. */
async function listed(store: CheckpointStore): Promise<readonly Checkpoint[]> {
  const byHeads = await listCheckpoints(store);
  expect(byHeads).toEqual([...(await listCheckpoints(plain(store)))]);
  return byHeads;
}

/** A store that counts what is asked of it. */
function counting(memory: ObjectMemory): { readonly store: CheckpointStore; readonly calls: string[] } {
  const calls: string[] = [];
  const objects = new Proxy(openMemoryObjects({ memory }), {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        calls.push(`${String(name)} ${String(args[0])}`);
        return Reflect.apply(member, target, args);
      };
    },
  });
  return { store: openObjectStore({ objects }), calls };
}

describe("heads", () => {
  test(`${RUNS} runs are listed without reading their journals, and resumables are right`, async () => {
    const memory: ObjectMemory = new Map();
    const { store, calls } = counting(memory);
    for (let i = 0; i < RUNS; i++) {
      const journal = await start(store, "new");
      const resumable = i % 3 === 0;
      await run(journal, resumable ? [0] : [0, 1, 2], resumable ? FAILED : { type: "run-completed" });
    }
    await store.close();
    const reader = counting(memory);
    const found = await listCheckpoints(reader.store);
    expect(found).toHaveLength(RUNS);
    expect(found.filter(({ completedComponents }) => completedComponents.length === 3)).toHaveLength(
      (RUNS * 2) / 3,
    );
    const asked = reader.calls.length;
    expect(asked).toBeLessThanOrEqual(RUNS + 20);
    const journals = new Set(reader.calls.flatMap((call) => /\/runs\/([^/]+)\.log/.exec(call)?.[1] ?? []));
    expect(journals.size).toBe(1);
    expect(calls.length).toBeGreaterThan(0);
    const resumable = await listCheckpoints(reader.store, { resumableOnly: true });
    expect(resumable).toEqual(
      (await listCheckpoints(plain(reader.store), { resumableOnly: true })) as Checkpoint[],
    );
  }, 60_000);

  test("300 runs that were cleaned up are listed by their names alone", async () => {
    const memory: ObjectMemory = new Map();
    const { store } = counting(memory);
    for (let i = 0; i < 300; i++) {
      const journal = await start(store, "auto");
      for (const index of [0, 1, 2]) await journal.append([completed(index)]);
      await journal.append([{ type: "run-completed" }]);
      await journal.cleanup();
      await journal.close();
    }
    await store.close();
    const reader = counting(memory);
    expect(await listCheckpoints(reader.store)).toEqual([]);
    expect(reader.calls.length).toBeLessThanOrEqual(20);
  }, 60_000);

  test("a run whose process was killed is listed with all that it recorded, and so is one that runs", async () => {
    const { next } = processes();
    const store = next();
    const journal = await start(store, "auto");
    await journal.append([completed(0)]);
    expect(await listed(next())).toMatchObject([{ state: "running", completedComponents: [{ index: 0 }] }]);
    store.die();
    expect(await listed(next())).toMatchObject([{ state: "interrupted", failedAt: { index: 1 } }]);
    await run(await start(next(), "auto"), [1], FAILED);
    expect(await listed(next())).toMatchObject([
      { state: "failed", completedComponents: [{ index: 0 }, { index: 1 }] },
      { state: "superseded", completedComponents: [{ index: 0 }] },
    ]);
  });

  test("torn, stale and foreign heads don't change what is listed", async () => {
    for (const text of ["", "{", "null", "[]", '{"version":2}', '{"version":1,"state":"running"}']) {
      const { next, memory } = processes();
      for (let i = 0; i < 3; i++) {
        const journal = await start(next(), "new");
        await journal.append([completed(0), failed(1)]);
        await run(journal, [], FAILED);
      }
      for (const name of memory.notes.keys()) memory.notes.set(name, text);
      expect(await listed(next())).toHaveLength(3);
    }
  });

  test("the head of a deleted run doesn't come back by a writer that slept", async () => {
    const { next, memory } = processes();
    const first = await run(await start(next(), "new"), [0], FAILED);
    const notes = [...memory.notes];
    await run(await start(next(), "new"), [0], FAILED);
    await deleteRun({ store: next(), ...tools }, { names: keyNames(PIPELINE, undefined), runId: first });
    for (const [name, text] of notes) memory.notes.set(name, text);
    expect(await listed(next())).toHaveLength(1);
  });
});

/** Lets one process do `work`, and kills it at its n-th named point; false where it has fewer. */
async function dieAt(
  store: MemoryStore,
  at: number,
  work: (point: (name: string) => Promise<void>) => Promise<unknown>,
): Promise<boolean> {
  let seen = 0;
  let died: (() => void) | undefined;
  const death = new Promise<boolean>((resolve) => (died = () => resolve(true)));
  const point = async (): Promise<void> => {
    if (++seen < at) return;
    store.die();
    died?.();
    await new Promise(() => undefined);
  };
  return Promise.race([death, work(point).then(() => false)]);
}

const MODES: readonly StartMode["kind"][] = ["auto", "auto", "new", "fresh", "resume"];

test("after any history of runs, deaths, resumes, deletions and prunings, lists by heads and by journals agree", async () => {
  const chance = seeded("heads");
  for (let history = 0; history < 60; history++) {
    const { next } = processes();
    for (let step = 0; step < 12; step++) {
      const store = next();
      await dieAt(store, 1 + chance.int(40), (point) => act(store, point, chance.int));
      store.die();
      await listed(next());
    }
  }
});

/** One thing that people and schedulers do, whatever it is answered. */
async function act(
  store: MemoryStore,
  point: (name: string) => Promise<void>,
  int: (below: number) => number,
): Promise<void> {
  const runs = await listCheckpoints(plain(openMemoryStore({ memory: store.memory })));
  const some = runs[int(runs.length || 1)]?.runId ?? "none";
  const dice = int(10);
  try {
    if (dice === 0) return void (await prune({ store, ...tools, point }, { olderThanMs: 0 }));
    if (dice === 1) {
      const found = await findRun(store, some);
      return void (await deleteRun({ store, ...tools, point }, found));
    }
    const kind = MODES[int(MODES.length)] ?? "auto";
    const mode: StartMode = kind === "resume" ? { kind, runId: some } : { kind };
    const outcome = await startRun(request(store, mode, { request: { point } }));
    if (outcome.kind !== "started") return;
    const { journal } = outcome;
    const count = int(4);
    for (let index = 0; index < count; index++) {
      if (journal.state().completions.has(index)) continue;
      await journal.append([{ type: "attempt-started", index, attempt: 1 }]);
      await journal.append([completed(index)]);
    }
    const isWhole = journal.state().completions.size === 3;
    if (!isWhole) await journal.append([failed(count)]);
    await journal.append([isWhole ? { type: "run-completed" } : FAILED]);
    if (isWhole && int(2) === 0) await journal.cleanup();
    await journal.close();
  } catch (thrown) {
    // Refusals belong to the history.
    if (!(thrown instanceof Error)) throw thrown;
  }
}
