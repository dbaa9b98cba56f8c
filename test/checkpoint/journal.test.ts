import { describe, expect, test } from "bun:test";
import { type Clock, systemClock } from "../../src/base/mod.ts";
import { keyNames, startRun } from "../../src/checkpoint/mod.ts";
import { openMemoryStore } from "../../src/store/mod.ts";
import { withFaults } from "../../src/store/testing.ts";
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
  saidBy,
} from "./kit/runs.ts";

const NAMES = keyNames(PIPELINE, undefined);
/** Sleeps are nothing, but count. */
const hasty: Clock = { ...systemClock, sleep: async () => Promise.resolve() };

test("concurrent appends are joined into few records, in their order", async () => {
  const store = openMemoryStore();
  const journal = await start(store, "auto");
  await Promise.all(
    Array.from({ length: 100 }, async (_, at) =>
      journal.append([{ type: "step-completed", index: 0, name: `s${at}`, result: at }]),
    ),
  );
  expect((await store.read(NAMES.run(journal.runId))).length).toBe(2);
  expect([...(journal.state().steps.get(0)?.keys() ?? [])]).toEqual(
    Array.from({ length: 100 }, (_, at) => `s${at}`),
  );
});

test("a completion with the next start is one record of at most 600 bytes", async () => {
  const journal = await start(openMemoryStore(), "auto");
  await journal.append([completed(0), { type: "attempt-started", index: 1, attempt: 1 }]);
  expect(journal.lastAppend?.seq).toBe(2);
  expect(journal.lastAppend?.bytes).toBeLessThanOrEqual(600);
});

test("what an append promised is what a reader folds", async () => {
  const store = openMemoryStore();
  const journal = await start(store, "auto");
  await journal.append([
    { type: "step-completed", index: 0, name: "__proto__", result: { a: [1, "\ud83d\ude00"] } },
  ]);
  await journal.append([{ type: "attempt-started", index: 0, attempt: 3 }]);
  await journal.append([FAILED]);
  await journal.close();
  const resumed = await start(store, "auto");
  expect(resumed.state().steps.get(0)?.get("__proto__")).toEqual({ a: [1, "\ud83d\ude00"] });
});

describe("large outputs", () => {
  const large = { rows: "x".repeat(200_000) };

  test("lie beside the journal, are restored in every later run, and go with the last one", async () => {
    const store = openMemoryStore();
    const first = await start(store, "auto");
    await first.append([completed(0, { outputs: large }), completed(1, { outputs: { small: true } })]);
    expect(first.lastAppend?.bytes).toBeLessThan(1_000);
    expect(await first.outputs(0)).toEqual(large);
    await first.append([FAILED]);
    await first.close();
    const second = await start(store, "auto");
    expect(await second.outputs(0)).toEqual(large);
    expect(await second.outputs(1)).toEqual({ small: true });
    expect(await second.outputs(2)).toBeUndefined();
    await run(second, [], FAILED);
    const third = await start(store, "auto");
    expect(await third.outputs(0)).toEqual(large);
    await third.append([{ type: "run-completed" }]);
    await third.cleanup();
    await third.close();
    expect((await store.logs("")).filter((log) => log.includes("/carry/"))).toEqual([]);
  });

  test("are durable before the record that names them", async () => {
    const { next } = processes();
    const store = next();
    const point = async (name: string): Promise<void> => {
      if (name === "carried") await new Promise(() => undefined);
    };
    const journal = await start(store, "auto", { request: { point } });
    const append = journal.append([completed(0, { outputs: large })]);
    await Promise.race([append, Bun.sleep(5)]);
    expect((await store.read(NAMES.run(journal.runId))).length).toBe(1);
    expect((await store.logs(`${NAMES.prefix}carry/`)).length).toBe(1);
  });

  test("that are gone are an error, not nothing", async () => {
    const store = openMemoryStore();
    const journal = await start(store, "auto");
    await journal.append([completed(0, { outputs: large })]);
    const [log = ""] = await store.logs(`${NAMES.prefix}carry/`);
    await store.remove(log, [1]);
    expect(await codeOf(journal.outputs(0))).toBe("CHECKPOINT_CORRUPT");
  });
});

describe("a number that somebody else has taken", () => {
  test("stops the writer for good and says who it was", async () => {
    const { next } = processes();
    const sleeper = next();
    const asleep = await start(sleeper, "auto", { request: { store: leaseless(sleeper) } });
    await asleep.append([completed(0)]);
    sleeper.breakLease(NAMES.lock);
    const second = await start(next(), "auto");
    const refused = asleep.append([completed(1)]);
    expect(await codeOf(refused)).toBe("CHECKPOINT_FENCED");
    expect(await saidBy(refused)).toContain(`run "${second.runId}" has taken over`);
    expect(asleep.lost.aborted).toBe(true);
    expect(await codeOf(asleep.append([completed(2)]))).toBe("CHECKPOINT_FENCED");
    expect(done(asleep)).toEqual([0]);
  });

  test("a lost lease stops it before anything is sent", async () => {
    const { next } = processes();
    const store = next();
    const journal = await start(store, "auto");
    store.breakLease(NAMES.lock);
    expect(await codeOf(journal.append([completed(0)]))).toBe("CHECKPOINT_FENCED");
    expect(journal.lost.aborted).toBe(true);
    expect((await store.read(NAMES.run(journal.runId))).length).toBe(1);
  });
});

describe("failing stores", () => {
  test("an answer lost at any append is settled by the same bytes, and nothing is written twice", async () => {
    for (let at = 1; at <= 6; at++) {
      for (const kind of ["before", "after"] as const) {
        const store = openMemoryStore();
        const { target } = withFaults(store, [{ kind, method: "append", at, times: 2 }]);
        const journal = journalOf(await startRun(request(target, "auto", { request: { clock: hasty } })));
        for (const index of [0, 1, 2]) await journal.append([completed(index)]);
        await journal.append([{ type: "run-completed" }]);
        const numbers = (await store.read(NAMES.run(journal.runId))).map(({ seq }) => seq);
        expect(numbers).toEqual([1, 2, 3, 4, 5]);
        expect((await store.read(NAMES.keys)).length).toBe(1);
      }
    }
  });

  test("while a number is not settled, later records wait, and go out in order after it", async () => {
    const store = openMemoryStore();
    const { target } = withFaults(store, [{ kind: "after", method: "append", at: 3, times: 3 }]);
    const journal = journalOf(await startRun(request(target, "auto", { request: { clock: hasty } })));
    const first = journal.append([completed(0)]);
    await Promise.resolve();
    await Promise.resolve();
    const later = [journal.append([completed(1)]), journal.append([completed(2)])];
    await Promise.all([first, ...later]);
    expect((await store.read(NAMES.run(journal.runId))).length).toBe(3);
    expect(done(journal)).toEqual([0, 1, 2]);
  });

  test("a store that fails at any call of a start is said under the checkpoint's own code, and nothing is held", async () => {
    for (const method of ["takeLease", "last", "read", "append"]) {
      const store = openMemoryStore();
      const { target } = withFaults(store, [{ kind: "before", method, at: 1, times: 1_000 }]);
      let now = 0;
      const clock: Clock = { ...systemClock, steady: () => now, sleep: async (ms) => void (now += ms) };
      const refused = startRun(request(target, "auto", { request: { clock } }));
      expect(await codeOf(refused)).toBe("CHECKPOINT_STORE_FAILED");
      expect(await saidBy(refused)).toContain(`Cannot ${method}`);
      expect(await store.leaseHolder(NAMES.lock)).toBeUndefined();
    }
  });

  test("a store that fails for good stops the run with its own words, state intact", async () => {
    const store = openMemoryStore();
    const { target } = withFaults(store, [{ kind: "before", method: "append", at: 4, times: 1_000 }]);
    let now = 0;
    const clock: Clock = { ...systemClock, steady: () => now, sleep: async (ms) => void (now += ms) };
    const journal = journalOf(await startRun(request(target, "auto", { request: { clock } })));
    await journal.append([completed(0)]);
    const refused = journal.append([completed(1)]);
    expect(await codeOf(refused)).toBe("CHECKPOINT_STORE_FAILED");
    expect(journal.lost.aborted).toBe(true);
    await journal.close();
    const resumed = await start(store, "auto");
    expect(done(resumed)).toEqual([0]);
  });
});

test("nothing can follow an end in the same turn", async () => {
  const journal = await start(openMemoryStore(), "auto");
  const end = journal.append([{ type: "run-completed" }]);
  expect(await codeOf(journal.append([completed(0)]))).toBe("CHECKPOINT_RUN_OVER");
  await end;
  expect(done(journal)).toEqual([]);
});

test("cleanup keeps the final records and the key log, of the whole chain, oldest first", async () => {
  const store = openMemoryStore();
  const first = await run(await start(store, "auto"), [0], FAILED);
  const second = await run(await start(store, "auto"), [1], FAILED);
  const third = await start(store, "auto");
  await third.append([completed(2)]);
  await third.append([{ type: "run-completed" }]);
  await third.cleanup();
  await third.close();
  for (const [runId, kept] of [
    [first, ["run-failed", "superseded"]],
    [second, ["run-failed", "superseded"]],
    [third.runId, ["run-completed"]],
  ] as const) {
    const records = await store.read(NAMES.run(runId));
    expect(
      records.map(
        ({ text }) => (JSON.parse(text ?? "") as { events: { type: string }[] }).events[0]?.type ?? "",
      ),
    ).toEqual([...kept]);
  }
  expect((await store.read(NAMES.keys)).length).toBe(3);
});

/** The same store, whose leases never say that they are lost: the sleeper that the fence is for. */
function leaseless(store: ReturnType<typeof openMemoryStore>): ReturnType<typeof openMemoryStore> {
  const takeLease: typeof store.takeLease = async (...args) => {
    const answer = await store.takeLease(...args);
    if (answer.held) return answer;
    const { lease } = answer;
    const deaf = {
      lost: new AbortController().signal,
      check: () => undefined,
      note: lease.note.bind(lease),
      release: lease.release.bind(lease),
    };
    return { held: false, lease: deaf };
  };
  return new Proxy(store, {
    get: (target, name) => {
      if (name === "takeLease") return takeLease;
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
