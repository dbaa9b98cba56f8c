import { describe, expect, test } from "bun:test";
import { systemClock, systemRandom } from "../../src/base/mod.ts";
import {
  deleteRun,
  findRun,
  keyNames,
  listCheckpoints,
  readCheckpoint,
  startRun,
  verifyRun,
} from "../../src/checkpoint/mod.ts";
import { openMemoryStore, type MemoryStore } from "../../src/store/mod.ts";
import {
  codeOf,
  completed,
  FAILED,
  failed,
  holder,
  PIPELINE,
  processes,
  request,
  run,
  start,
} from "./kit/runs.ts";

const NAMES = keyNames(PIPELINE, undefined);

async function states(store: MemoryStore): Promise<string[]> {
  return (await listCheckpoints(store)).map(({ state }) => state);
}

describe("the state of a run", () => {
  test("is running while its holder lives, interrupted when it is gone", async () => {
    const { next } = processes();
    const store = next();
    const journal = await start(store, "auto");
    await journal.append([completed(0)]);
    const [live] = await listCheckpoints(next());
    expect(live).toMatchObject({
      state: "running",
      status: "Running",
      failedAt: null,
      holder: { pid: 4711, host: "edge-1" },
    });
    store.die();
    const [gone] = await listCheckpoints(next());
    expect(gone).toMatchObject({
      state: "interrupted",
      status: "Failed",
      holder: null,
      failedAt: { index: 1, name: "B" },
    });
  });

  test("is failed, partial, interrupted or poisoned by its end", async () => {
    for (const [end, state] of [
      [FAILED, "failed"],
      [{ type: "run-failed", reason: "partial" }, "partial"],
      [{ type: "run-failed", reason: "timeout" }, "failed"],
      [{ type: "run-failed", reason: "poisoned" }, "poisoned"],
      [{ type: "run-interrupted", reason: "SIGTERM" }, "interrupted"],
      [{ type: "run-completed" }, "completed"],
    ] as const) {
      const store = openMemoryStore();
      await run(await start(store, "auto"), [0], end);
      expect(await states(store)).toEqual([state]);
    }
  });

  test("is superseded once its successor has begun, and resumable until then", async () => {
    const { next } = processes();
    const first = await run(await start(next(), "auto"), [0], FAILED);
    const dying = next();
    const point = async (name: string): Promise<void> => {
      if (name === "superseded") await new Promise(() => undefined);
    };
    await Promise.race([start(dying, "auto", { request: { point } }), Bun.sleep(10)]);
    dying.die();
    expect(await states(next())).toEqual(["failed"]);
    expect((await listCheckpoints(next(), { resumableOnly: true })).map(({ runId }) => runId)).toEqual([
      first,
    ]);
    await run(await start(next(), { kind: "resume", runId: first }), [1], FAILED);
    expect(await states(next())).toEqual(["failed", "superseded"]);
  });

  test("is superseded, too, for an unfinished run before a later success", async () => {
    const store = openMemoryStore();
    await run(await start(store, "auto"), [0], FAILED);
    await run(await start(store, "new"), [0, 1, 2]);
    expect(await states(store)).toEqual(["completed", "superseded"]);
    expect(await listCheckpoints(store, { resumableOnly: true })).toEqual([]);
  });

  test("is corrupt where the chain is broken, with what can be read", async () => {
    const store = openMemoryStore();
    const runId = await run(await start(store, "auto"), [0, 1], FAILED);
    store.memory.logs.get(NAMES.run(runId))?.records.set(4, "not a record");
    const [checkpoint] = await listCheckpoints(store);
    expect(checkpoint).toMatchObject({ state: "corrupt", lastCheckpointedIndex: 0, totalComponents: 3 });
    const details = await readCheckpoint(store, await findRun(store, runId));
    expect(details.damage).toEqual([{ seq: 4, why: "not a record" }]);
    expect(details.records.map(({ seq }) => seq)).toEqual([1, 2, 3, 5, 6]);
    expect((await verifyRun(store, await findRun(store, runId))).damage[0]?.seq).toBe(4);
  });
});

describe("a checkpoint", () => {
  test("says what the source page says of it", async () => {
    const store = openMemoryStore();
    const journal = await start(store, "auto", { request: { runKey: "2026-11-23" } });
    await journal.append([completed(0), completed(2), failed(1, "no such table")]);
    await journal.append([{ type: "run-failed", reason: "partial", failed: [1] }]);
    await journal.close();
    const [checkpoint] = await listCheckpoints(store);
    expect(checkpoint).toEqual({
      runId: journal.runId,
      rootRunId: journal.runId,
      runKey: "2026-11-23",
      pipelineName: PIPELINE,
      state: "partial",
      status: "Failed",
      startedAt: journal.state().startedAt,
      completedComponents: [
        {
          index: 0,
          name: "A",
          instanceType: "com.example.Step",
          startedAt: "2026-11-23T20:11:02.113Z",
          completedAt: "2026-11-23T20:11:02.113Z",
          durationMs: 12,
        },
        {
          index: 2,
          name: "C",
          instanceType: "com.example.Step",
          startedAt: "2026-11-23T20:11:02.113Z",
          completedAt: "2026-11-23T20:11:02.113Z",
          durationMs: 12,
        },
      ],
      lastCheckpointedIndex: 0,
      totalComponents: 3,
      resumedFrom: null,
      failedAt: { index: 1, name: "B", error: { name: "Error", message: "no such table" } },
      holder: null,
    });
  });

  test("of a run that never wrote its first record, or whose records were removed, is none", async () => {
    const { next } = processes();
    const dying = next();
    const point = async (name: string): Promise<void> => {
      if (name === "key-log-appended") await new Promise(() => undefined);
    };
    await Promise.race([start(dying, "auto", { request: { point } }), Bun.sleep(10)]);
    dying.die();
    expect(await states(next())).toEqual([]);
    const journal = await start(next(), "auto");
    await journal.append([{ type: "run-completed" }]);
    await journal.cleanup();
    await journal.close();
    expect(await states(next())).toEqual([]);
  });
});

test("a location lists all pipelines and keys, or one of them, the newest first", async () => {
  const store = openMemoryStore();
  const at = (pipelineName: string, runKey?: string): object => ({ request: { pipelineName, runKey } });
  await run(await start(store, "auto", at("one")), [], FAILED);
  await run(await start(store, "auto", at("one", "monday")), [], FAILED);
  await run(await start(store, "auto", at("../two")), []);
  const all = await listCheckpoints(store);
  expect(all.length).toBe(3);
  expect(
    all.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1)).map(({ startedAt }) => startedAt),
  ).toEqual(all.map(({ startedAt }) => startedAt));
  expect((await listCheckpoints(store, { pipelineName: "one" })).length).toBe(2);
  expect(
    (await listCheckpoints(store, { pipelineName: "one", runKey: "monday" })).map(({ runKey }) => runKey),
  ).toEqual(["monday"]);
  expect(
    (await listCheckpoints(store, { pipelineName: "one", runKey: null })).map(({ runKey }) => runKey),
  ).toEqual([null]);
  expect((await listCheckpoints(store, { resumableOnly: true })).length).toBe(2);
  expect(await listCheckpoints(openMemoryStore())).toEqual([]);
});

test("a run is found by its ID, a unique beginning, or as the latest", async () => {
  const store = openMemoryStore();
  const given = (runId: string): object => ({ request: { runId } });
  await run(await start(store, "new", given("abc-1")), [], FAILED);
  await run(await start(store, "new", given("abc-2")), [], FAILED);
  await run(await start(store, "auto", given("abc-2")), [], FAILED);
  expect((await findRun(store, "abc-1")).runId).toBe("abc-1");
  expect((await findRun(store, "abc-2")).runId).toBe("abc-2");
  expect((await findRun(store, "abc-2~")).runId).toBe("abc-2~2");
  expect((await findRun(store, "latest", { pipelineName: PIPELINE })).runId).toBe("abc-2~2");
  expect(await codeOf(findRun(store, "abc"))).toBe("CHECKPOINT_AMBIGUOUS_RUN");
  expect(await codeOf(findRun(store, "x"))).toBe("CHECKPOINT_NO_SUCH_RUN");
  expect(await codeOf(findRun(store, ""))).toBe("CHECKPOINT_NO_SUCH_RUN");
  expect(await codeOf(findRun(openMemoryStore(), "latest"))).toBe("CHECKPOINT_NO_SUCH_RUN");
});

test("a deleted run is gone from the list and can't be resumed; the next start is fresh", async () => {
  const store = openMemoryStore();
  const runId = await run(await start(store, "auto"), [0], FAILED);
  const found = await findRun(store, runId);
  await deleteRun({ store, clock: systemClock, random: systemRandom }, found);
  expect(await states(store)).toEqual([]);
  expect((await readCheckpoint(store, found)).checkpoint.state).toBe("deleted");
  expect(await codeOf(startRun(request(store, { kind: "resume", runId })))).toBe("CHECKPOINT_DELETED");
  expect((await start(store, "auto", { request: { holder: holder("two") } })).resumedFrom).toBeUndefined();
});
