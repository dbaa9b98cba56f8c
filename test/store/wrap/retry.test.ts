import { describe, expect, test } from "bun:test";
import type { Clock, Random } from "../../../src/base/mod.ts";
import {
  openMemoryStore,
  withRetry,
  type CheckpointStore,
  type MemoryStore,
  type StoreRetry,
} from "../../../src/store/mod.ts";
import { storeConformance, withFaults, type Fault } from "../../../src/store/testing.ts";

import { caught, failure } from "../failure.ts";

const record = '{"seq":1,"a":1}';
/** The longest pauses: no chance takes anything off. */
const random: Random = { runId: () => "", nonce: () => "", fraction: () => 0 };

/** A clock that a test owns: sleeping moves it on, except for sleeps that are aborted. */
function handClock(): Clock & { at: number } {
  const clock = {
    at: 0,
    now: () => clock.at,
    steady: () => clock.at,
    async sleep(ms: number, signal?: AbortSignal) {
      for (let turn = 0; turn < 20; turn++) {
        await Promise.resolve();
        signal?.throwIfAborted();
      }
      clock.at += ms;
    },
  };
  return clock;
}

function faultyStore(...faults: Fault[]): { store: CheckpointStore; calls: readonly string[] } {
  const { target, calls } = withFaults<CheckpointStore>(openMemoryStore(), faults);
  return { store: target, calls };
}

describe("retries before a store", () => {
  test("repeat a call that fails for now, with growing pauses, and tell of each", async () => {
    const told: StoreRetry[] = [];
    const { store, calls } = faultyStore({ kind: "before", at: 1, times: 4 });
    const retrying = withRetry(store, { clock: handClock(), random, onRetry: (retry) => told.push(retry) });
    expect(await retrying.append("log", 1, record)).toEqual({ taken: false });
    expect(calls).toHaveLength(5);
    expect(told.map(({ delayMs }) => delayMs)).toEqual([100, 200, 400, 800]);
    expect(told.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
  });

  test("settle an append whose answer was lost: the record is there once and is known by its text", async () => {
    const { store } = faultyStore({ kind: "after", at: 1 });
    const retrying = withRetry(store, { clock: handClock(), random });
    expect(await retrying.append("log", 1, record)).toEqual({ taken: true, present: record });
    expect(await retrying.read("log")).toEqual([{ seq: 1, text: record }]);
  });

  test("give up after the store's timeout with the last error as the cause", async () => {
    const clock = handClock();
    const { store } = faultyStore({ kind: "before", at: 1, times: 1000 });
    const retrying = withRetry(store, { clock, random, timeoutMs: 60_000 });
    expect(await caught(() => retrying.read("log"))).toMatchObject({
      code: "STORE_TIMEOUT",
      kind: "world",
      cause: { code: "STORE_UNAVAILABLE" },
    });
    expect(clock.at).toBeLessThanOrEqual(60_000);
    expect(clock.at).toBeGreaterThan(45_000);
  });

  test("end a call that is never answered, and try again", async () => {
    const { store, calls } = faultyStore({ kind: "hang", at: 1 });
    const retrying = withRetry(store, { clock: handClock(), random, tryTimeoutMs: 5_000 });
    expect(await retrying.append("log", 1, record)).toEqual({ taken: false });
    expect(calls).toHaveLength(2);
  });

  test("don't wait for a call that ignores its signal", async () => {
    const deaf: CheckpointStore = { ...openMemoryStore(), read: () => new Promise(() => undefined) };
    const retrying = withRetry(deaf, { clock: handClock(), random, timeoutMs: 20_000, tryTimeoutMs: 5_000 });
    expect(await caught(() => retrying.read("log"))).toMatchObject({ code: "STORE_TIMEOUT" });
  });

  test("pass errors that time won't mend at once", async () => {
    const { store, calls } = faultyStore();
    const retrying = withRetry(store, { clock: handClock(), random });
    expect(await caught(() => retrying.append("log", 3, '{"seq":3,"a":1}'))).toMatchObject({
      code: "STORE_GAP",
    });
    expect(await caught(() => retrying.append("../x", 1, record))).toMatchObject({ code: "STORE_BAD_NAME" });
    expect(calls).toHaveLength(2);
  });

  test("stop at once for a caller that has gone, with its own reason", async () => {
    const { store, calls } = faultyStore({ kind: "before", at: 1, times: 1000 });
    const controller = new AbortController();
    const reason = new Error("interrupted");
    const retrying = withRetry(store, {
      clock: handClock(),
      random,
      onRetry: () => controller.abort(reason),
    });
    expect(await failure(() => retrying.append("log", 1, record, controller.signal))).toBe(reason);
    expect(calls).toHaveLength(1);
    const hanging = withRetry(faultyStore({ kind: "hang", at: 1 }).store, {});
    const second = new AbortController();
    const answer = hanging.read("log", 1, second.signal);
    second.abort(reason);
    expect(await failure(() => answer)).toBe(reason);
  });
});

storeConformance({
  name: "retried memory",
  runner: { describe, test },
  async open() {
    const inner = openMemoryStore();
    const { memory } = inner;
    const store = withRetry(inner);
    const inside = new Map<CheckpointStore, MemoryStore>();
    return {
      store,
      async another() {
        const other = openMemoryStore({ memory });
        const retried = withRetry(other);
        inside.set(retried, other);
        return retried;
      },
      async tear(log) {
        const entry = memory.logs.get(log);
        if (entry !== undefined) entry.records.set(entry.highest, undefined);
      },
      die: async (handle) => inside.get(handle)?.die(),
      [Symbol.asyncDispose]: () => store.close(),
    };
  },
});
