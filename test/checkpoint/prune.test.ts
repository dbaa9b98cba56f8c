import { describe, expect, test } from "bun:test";
import { type Clock, systemClock, systemRandom } from "../../src/base/mod.ts";
import {
  deleteRun,
  type DeleteTools,
  keyNames,
  listCheckpoints,
  prune,
  type Pruned,
} from "../../src/checkpoint/mod.ts";
import { newMemory, openMemoryStore, type MemoryStore } from "../../src/store/mod.ts";
import { codeOf, completed, done, FAILED, PIPELINE, processes, run, start, saidBy } from "./kit/runs.ts";

const NAMES = keyNames(PIPELINE, undefined);
const DAY = 24 * 60 * 60 * 1000;

interface Aged {
  readonly store: MemoryStore;
  readonly tools: DeleteTools;
  pass(days: number): void;
}

/** A store whose time the test owns. */
function aged(): Aged {
  let now = Date.UTC(2026, 10, 1);
  const clock: Clock = { ...systemClock, now: () => now++ };
  const store = openMemoryStore({ memory: newMemory(), clock });
  return { store, tools: { store, clock, random: systemRandom }, pass: (days) => void (now += days * DAY) };
}

function shown(pruned: readonly Pruned[]): string[] {
  return pruned.map(({ runId, state, swept }) => `${runId} ${state}${swept ? " swept" : ""}`);
}

async function given(
  store: MemoryStore,
  runId: string,
  mode: "auto" | "new" = "auto",
): ReturnType<typeof start> {
  return start(store, mode, { request: { runId } });
}

describe("delete", () => {
  test("refuses a live run, unless the lease is to be ignored: then its runner is fenced", async () => {
    const { next } = processes();
    const journal = await start(next(), "auto");
    const store = next();
    const tools = { store, clock: systemClock, random: systemRandom };
    const run = { names: NAMES, runId: journal.runId };
    expect(await codeOf(deleteRun(tools, run))).toBe("CHECKPOINT_HELD");
    await deleteRun(tools, run, { ignoreLease: true });
    const refused = journal.append([completed(0)]);
    expect(await codeOf(refused)).toBe("CHECKPOINT_FENCED");
    expect(await saidBy(refused)).toContain("its checkpoint was deleted");
  });

  test("of an older run does not ask who holds the key for another one", async () => {
    const { next } = processes();
    const first = await run(await start(next(), "auto"), [0], FAILED);
    const live = await start(next(), "new");
    const store = next();
    await deleteRun({ store, clock: systemClock, random: systemRandom }, { names: NAMES, runId: first });
    await live.append([completed(0)]);
  });

  test("of a superseded run leaves the large outputs that its successor needs", async () => {
    const store = openMemoryStore();
    const first = await start(store, "auto");
    await first.append([completed(0, { outputs: "x".repeat(9_000) }), FAILED]);
    await first.close();
    const second = await run(await start(store, "auto"), [], FAILED);
    const tools = { store, clock: systemClock, random: systemRandom };
    await deleteRun(tools, { names: NAMES, runId: first.runId });
    const third = await start(store, "auto");
    expect(third.resumedFrom).toBe(second);
    expect(await third.outputs(0)).toBe("x".repeat(9_000));
    await run(third, [], FAILED);
    await deleteRun(tools, { names: NAMES, runId: second });
    await deleteRun(tools, { names: NAMES, runId: third.runId });
    expect(await store.logs(`${NAMES.prefix}carry/`)).toEqual([]);
  });
});

describe("prune", () => {
  test("takes completed, superseded and deleted runs of one pipeline that are old enough", async () => {
    const { store, tools, pass } = aged();
    await run(await given(store, "a"), [0], FAILED);
    await run(await given(store, "b"), [1, 2]);
    await run(await given(store, "c"), [0], FAILED);
    await run(await start(store, "auto", { request: { pipelineName: "other" } }), [0]);
    const options = { pipelineName: PIPELINE, olderThanMs: 30 * DAY };
    expect(await prune(tools, options)).toEqual([]);
    pass(31);
    expect(shown(await prune(tools, { ...options, dryRun: true }))).toEqual(["a superseded", "b completed"]);
    expect((await listCheckpoints(store, { pipelineName: PIPELINE })).length).toBe(3);
    expect(shown(await prune(tools, options))).toEqual(["a superseded", "b completed"]);
    expect((await listCheckpoints(store, { pipelineName: PIPELINE })).map(({ runId }) => runId)).toEqual([
      "c",
    ]);
    expect((await listCheckpoints(store)).length).toBe(2);
    expect(done(await given(store, "d"))).toEqual([0]);
  });

  test("takes failed runs only where asked, and never a live one", async () => {
    const { store, tools, pass } = aged();
    await run(await given(store, "a"), [0], FAILED);
    pass(31);
    const options = { pipelineName: PIPELINE, olderThanMs: 30 * DAY, states: ["failed", "running"] as const };
    const live = await given(store, "b", "new");
    pass(31);
    expect(shown(await prune(tools, options))).toEqual(["a failed"]);
    await live.append([completed(0)]);
  });

  test("sweeps final records after seven days of store time, but never the last run's, nor before what came before", async () => {
    const { store, tools, pass } = aged();
    for (const runId of ["a", "b", "c"]) await run(await given(store, runId), [0], FAILED);
    await run(await given(store, "d"), [0]);
    await run(await given(store, "e"), [0]);
    const options = { pipelineName: PIPELINE, olderThanMs: 0 };
    expect(shown(await prune(tools, options))).toEqual([
      "a superseded",
      "b superseded",
      "c superseded",
      "d completed",
      "e completed",
    ]);
    pass(6);
    expect(await prune(tools, options)).toEqual([]);
    pass(2);
    expect(shown(await prune(tools, { ...options, dryRun: true }))).toEqual(["a superseded swept"]);
    expect(shown(await prune(tools, options))).toEqual([
      "a superseded swept",
      "b superseded swept",
      "c superseded swept",
      "d completed swept",
    ]);
    expect(await store.logs(`${NAMES.prefix}runs/`)).toEqual([NAMES.run("e")]);
    expect((await store.read(NAMES.keys)).length).toBe(5);
    expect((await given(store, "f")).resumedFrom).toBeUndefined();
  });

  test("passes over a superseded run whose successor has not begun", async () => {
    const { next } = processes();
    await run(await start(next(), "auto"), [0], FAILED);
    const dying = next();
    const point = async (name: string): Promise<void> => {
      if (name === "key-log-appended") await new Promise(() => undefined);
    };
    await Promise.race([start(dying, "auto", { request: { point } }), Bun.sleep(10)]);
    dying.die();
    const store = next();
    const tools = { store, clock: systemClock, random: systemRandom };
    const states = ["failed", "superseded", "interrupted"] as const;
    expect(await prune(tools, { pipelineName: PIPELINE, olderThanMs: 0, states })).toEqual([]);
    expect(done(await start(store, "auto"))).toEqual([0]);
  });

  test("sweeps large outputs that no journal names any more", async () => {
    const { store, tools, pass } = aged();
    const journal = await given(store, "a");
    await journal.append([completed(0, { outputs: "x".repeat(9_000) }), FAILED]);
    await journal.close();
    const orphan = NAMES.carry("0".repeat(64));
    await store.append(orphan, 1, '{"seq":1,"outputs":1}');
    pass(8);
    await prune(tools, { pipelineName: PIPELINE, olderThanMs: 0 });
    const left = await store.logs(`${NAMES.prefix}carry/`);
    expect(left.length).toBe(1);
    expect(left).not.toContain(orphan);
  });
});
