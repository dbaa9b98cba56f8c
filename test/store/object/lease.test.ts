import { describe, expect, test } from "bun:test";
import type { CairnError } from "../../../src/base/mod.ts";
import {
  holderIsGone,
  openObjectStore,
  processFacts,
  processStart,
  storeError,
  type CheckpointStore,
  type Lease,
  type ObjectOperations,
} from "../../../src/store/mod.ts";
import { withFaults } from "../../../src/store/testing.ts";
import { failure } from "../failure.ts";
import { holderOf, LEASE_MS, turns, World } from "./world.ts";

const HOUR_MS = 3_600_000;

async function take(store: CheckpointStore, id: string): Promise<Lease> {
  const answer = await store.takeLease("lock", holderOf(id));
  if (answer.held) throw new Error(`held by ${answer.holder?.id}`);
  return answer.lease;
}

async function mayTake(store: CheckpointStore, id: string): Promise<boolean> {
  return !(await store.takeLease("lock", holderOf(id))).held;
}

function lostBy(lease: Lease): string | undefined {
  return lease.lost.aborted ? (lease.lost.reason as CairnError).code : undefined;
}

describe("a lease of objects", () => {
  test("is kept through many durations by renewing it at a fifth of each", async () => {
    const world = new World();
    const { target, calls } = withFaults(world.objects(), []);
    const holder = world.process({ objects: target });
    const other = world.process();
    const lease = await take(holder.store, "holder");
    const before = calls.filter((call) => call === "put").length;
    for (let i = 0; i < 20; i++) {
      await world.pass(LEASE_MS / 2);
      lease.check();
      expect(await mayTake(other.store, "other")).toBe(false);
    }
    const renewals = calls.filter((call) => call === "put").length - before;
    expect(renewals).toBeGreaterThanOrEqual(45);
    expect(renewals).toBeLessThanOrEqual(51);
    await lease.release();
  });

  test("of a dead process is taken over when its time is over by the store's clock, not before", async () => {
    const world = new World();
    const dying = world.process();
    const heir = world.process();
    await take(dying.store, "dying");
    const until = world.time + LEASE_MS;
    dying.clock.stopped = true;
    const refused = await heir.store.takeLease("lock", holderOf("heir"));
    expect(refused).toMatchObject({ held: true, holder: { id: "dying" } });
    if (refused.held) expect(Math.abs(Date.parse(refused.until ?? "") - until)).toBeLessThan(1000);
    while (world.time < until) {
      expect(await mayTake(heir.store, "heir")).toBe(false);
      await world.pass(5_000);
    }
    await world.pass(10, 10);
    const answer = await heir.store.takeLease("lock", holderOf("heir"));
    expect(answer).toMatchObject({ held: false, previous: { id: "dying" } });
  });

  test("is not touched by wrong clocks: runners an hour ahead and behind neither take it nor lose it", async () => {
    for (const skewMs of [-HOUR_MS, HOUR_MS]) {
      const world = new World();
      const holder = world.process({ skewMs });
      const other = world.process({ skewMs: -skewMs });
      const lease = await take(holder.store, "holder");
      for (let i = 0; i < 10; i++) {
        await world.pass(LEASE_MS / 3);
        lease.check();
        expect(await mayTake(other.store, "other")).toBe(false);
      }
      holder.clock.stopped = true;
      await world.pass(LEASE_MS + 10);
      expect(await mayTake(other.store, "other")).toBe(true);
    }
  });

  test("a store whose clock jumps by an hour: the holder still stops before anybody else goes on", async () => {
    const world = new World();
    const holder = world.process();
    const other = world.process();
    const lease = await take(holder.store, "holder");
    for (const [key, object] of world.memory)
      world.memory.set(key, { ...object, modifiedAt: object.modifiedAt - HOUR_MS });
    const heir = await take(other.store, "other");
    await world.pass(LEASE_MS / 5 + 1000);
    expect(lostBy(lease)).toBe("STORE_LEASE_LOST");
    heir.check();
  });

  test("a zombie that wakes up after a takeover stops at once, then learns by one look that it was taken over", async () => {
    const world = new World();
    const { target, calls } = withFaults(world.objects(), []);
    const zombie = world.process({ objects: target });
    const heir = world.process();
    const lease = await take(zombie.store, "zombie");
    await zombie.store.append("run", 1, '{"seq":1,"by":"zombie"}');
    zombie.clock.stopped = true;
    await world.pass(LEASE_MS + 1000);
    const heirs = await take(heir.store, "heir");
    await heir.store.append("run", 2, '{"seq":2,"by":"heir"}');
    zombie.clock.stopped = false;
    const asked = calls.length;
    expect(() => lease.check()).toThrow(/not renewed in time/);
    expect(await failure(async () => lease.confirm?.())).toMatchObject({ code: "STORE_LEASE_LOST" });
    expect(calls.slice(asked)).toEqual(["list"]);
    expect(lostBy(lease)).toBe("STORE_LEASE_LOST");
    expect(() => lease.check()).toThrow(/taken over/);
    expect(await failure(() => lease.note({ runId: "x" }))).toMatchObject({ code: "STORE_LEASE_LOST" });
    expect(await zombie.store.append("run", 2, '{"seq":2,"by":"zombie"}')).toEqual({
      taken: true,
      present: '{"seq":2,"by":"heir"}',
    });
    await lease.release();
    await world.pass(LEASE_MS);
    heirs.check();
    expect((await heir.store.leaseHolder("lock"))?.id).toBe("heir");
  });

  test("a sleeper that nobody took over from learns that its lease has only run out, whatever the store answers", async () => {
    for (const kind of ["before", "hang", undefined] as const) {
      const world = new World();
      const faults = kind === undefined ? [] : [{ kind, at: 4, method: "list", times: 1_000 }];
      const sleeper = world.process({ objects: withFaults(world.objects(), faults).target });
      const lease = await take(sleeper.store, "sleeper");
      sleeper.clock.stopped = true;
      await world.pass(LEASE_MS + 1000);
      sleeper.clock.stopped = false;
      const confirmed = failure(async () => lease.confirm?.());
      await world.pass(5_000);
      expect(await confirmed).toMatchObject({ code: "STORE_LEASE_EXPIRED" });
      expect(lostBy(lease)).toBe("STORE_LEASE_EXPIRED");
    }
  });

  test("is given up within a few seconds where the store doesn't answer, with an error of the store", async () => {
    for (const renewing of [false, true]) {
      const world = new World();
      const { target } = withFaults(world.objects(), [{ kind: "hang", at: 1, method: "put", times: 1_000 }]);
      const holder = world.process({ objects: target });
      const lease = await take(holder.store, "holder");
      if (renewing) await world.pass(LEASE_MS / 5 + 500);
      const released = failure(() => lease.release());
      const before = world.time;
      await world.pass(4_000, 100);
      expect(await released).toMatchObject({ code: "STORE_UNAVAILABLE" });
      expect(world.time - before).toBeLessThan(5_000);
    }
  });

  test("a zombie's late writing of its own object takes nothing from the heir", async () => {
    const world = new World();
    const zombie = world.process();
    const heir = world.process();
    await take(zombie.store, "zombie");
    const old = [...world.memory].find(([key]) => key.startsWith("lock.lease/"));
    zombie.clock.stopped = true;
    await world.pass(LEASE_MS + 1000);
    const lease = await take(heir.store, "heir");
    if (old !== undefined) await world.objects().put(old[0], old[1].text);
    expect((await zombie.store.leaseHolder("lock"))?.id).toBe("heir");
    await world.pass(2 * LEASE_MS);
    lease.check();
  });

  test("is found lost by its deadline where the store can't be reached, and by nobody taken before", async () => {
    for (const kind of ["before", "hang"] as const) {
      const world = new World();
      const { target } = withFaults(world.objects(), [{ kind, at: 1, method: "put", times: 10_000 }]);
      const cut = world.process({ objects: target });
      const other = world.process();
      const lease = await take(cut.store, "cut off");
      for (let second = 0; ; second++) {
        expect(second).toBeLessThan(70);
        const lost = lostBy(lease);
        const taken = await mayTake(other.store, "other");
        if (taken) expect(lost).toBe("STORE_LEASE_EXPIRED");
        if (taken) break;
        await world.pass(1000, 100);
      }
    }
  });

  test("survives a store that fails for most of its time", async () => {
    const world = new World();
    const { target } = withFaults(world.objects(), [{ kind: "after", at: 1, method: "list", times: 0 }]);
    let failing = false;
    const flaky: ObjectOperations = {
      ...target,
      put: (key, text, signal) =>
        failing ? Promise.reject(new Error("503")) : target.put(key, text, signal),
    };
    const holder = world.process({ objects: flaky });
    const lease = await take(holder.store, "holder");
    for (let i = 0; i < 5; i++) {
      failing = true;
      await world.pass(LEASE_MS * 0.7);
      failing = false;
      await world.pass(LEASE_MS * 0.3);
      lease.check();
    }
  });

  test("a change of what it says is tried again where the store fails for a while", async () => {
    const world = new World();
    let failures = 0;
    const target = world.objects();
    const flaky: ObjectOperations = {
      ...target,
      put: (key, text, signal) =>
        failures-- > 0
          ? Promise.reject(storeError("STORE_UNAVAILABLE", "503"))
          : target.put(key, text, signal),
    };
    const { store } = world.process({ objects: flaky });
    const lease = await take(store, "holder");
    failures = 3;
    const noted = lease.note({ runId: "run-1" });
    await world.pass(10_000);
    await noted;
    expect((await store.leaseHolder("lock"))?.runId).toBe("run-1");
  });

  test("released is marked, never removed, and free at once", async () => {
    const world = new World();
    const first = world.process();
    const second = world.process();
    for (let round = 1; round <= 5; round++) {
      const lease = await take(first.store, `holder ${round}`);
      const before = [...world.memory.keys()].filter((key) => key.startsWith("lock.lease/"));
      await lease.release();
      expect([...world.memory.keys()].filter((key) => key.startsWith("lock.lease/"))).toEqual(before);
      expect(before.at(-1)).toBe(`lock.lease/${String(2 * round - 1).padStart(12, "0")}`);
      expect(before.length).toBeLessThanOrEqual(2);
      const answer = await second.store.takeLease("lock", holderOf("next"));
      expect(answer.held).toBe(false);
      if (answer.held) continue;
      expect(answer.previous).toBeUndefined();
      await answer.lease.release();
    }
  });

  test("a renewal that is under way while the lease is released doesn't undo the release", async () => {
    const world = new World();
    let open: (() => void) | undefined;
    const objects = world.objects();
    const gated: ObjectOperations = {
      ...objects,
      async put(key, text, signal) {
        if (!text.includes('"released":true')) await new Promise<void>((resolve) => (open = resolve));
        await objects.put(key, text, signal);
      },
    };
    const holder = world.process({ objects: gated });
    const lease = await take(holder.store, "holder");
    await world.pass(LEASE_MS / 5 + 500);
    expect(open).toBeDefined();
    const released = lease.release();
    await turns();
    open?.();
    await released;
    expect(await mayTake(world.process().store, "next")).toBe(true);
  });

  test("whose taking got no answer is known as one's own by the next try, and by the same one", async () => {
    for (const [method, at] of [
      ["putIfAbsent", 1],
      ["list", 2],
      ["list", 3],
    ] as const) {
      for (const kind of ["before", "after"] as const) {
        const world = new World();
        const { target } = withFaults(world.objects(), [{ kind, at, method }]);
        const holder = world.process({ objects: target });
        const answer = await Promise.allSettled([holder.store.takeLease("lock", holderOf("holder"))]);
        const taken = answer[0]?.status === "fulfilled" ? answer[0].value : undefined;
        const again = taken ?? (await holder.store.takeLease("lock", holderOf("holder")));
        expect(again.held).toBe(false);
        expect(await mayTake(world.process().store, "other")).toBe(false);
        await world.pass(3 * LEASE_MS);
        if (!again.held) again.lease.check();
      }
    }
  });

  test("whose taking is told to be taken by what was written itself is held", async () => {
    const world = new World();
    const objects = world.objects();
    let lost = 1;
    // As a client that sends again by itself: the second sending meets the first one's object.
    const resending: ObjectOperations = {
      ...objects,
      putIfAbsent: async (...args) => (await objects.putIfAbsent(...args)) && lost-- <= 0,
    };
    const holder = world.process({ objects: resending });
    const lease = await take(holder.store, "holder");
    expect([...world.memory.keys()]).toEqual(["lock.lease/000000000001"]);
    await world.pass(2 * LEASE_MS);
    lease.check();
    await lease.release();
  });

  test("a taker that slept while lower numbers were swept doesn't get one of them", async () => {
    const world = new World();
    const objects = world.objects();
    let open: (() => void) | undefined;
    const gated: ObjectOperations = {
      ...objects,
      async putIfAbsent(key, text, signal) {
        await new Promise<void>((resolve) => (open = resolve));
        return objects.putIfAbsent(key, text, signal);
      },
    };
    const sleeper = world.process({ objects: gated });
    const others = world.process();
    await (await take(others.store, "first")).release();
    const sleeping = sleeper.store.takeLease("lock", holderOf("sleeper"));
    await turns();
    for (let i = 0; i < 4; i++) await (await take(others.store, `other ${i}`)).release();
    const holder = await take(others.store, "holder");
    open?.();
    await turns();
    expect(await sleeping).toMatchObject({ held: true, holder: { id: "holder" } });
    await world.pass(2 * LEASE_MS);
    holder.check();
  });

  test("with content that can't be read is held until its time is over", async () => {
    const world = new World();
    await world.objects().put("lock.lease/000000000007", '{"holder":{"id":');
    const { store } = world.process();
    expect(await store.takeLease("lock", holderOf("x"))).toMatchObject({ held: true, holder: undefined });
    await world.pass(LEASE_MS + 10);
    expect(await mayTake(store, "x")).toBe(true);
    expect([...world.memory.keys()]).toContain("lock.lease/000000000008");
  });

  test("of a process that is gone from this boot of this host is taken over at once", async () => {
    const world = new World();
    const store = openObjectStore({ objects: world.objects(), clock: world.clock(), leaseMs: LEASE_MS });
    const child = Bun.spawn(["sleep", "60"]);
    const here = processFacts();
    const holder = { ...holderOf("child"), ...here, pid: child.pid, pidStart: processStart(child.pid) };
    expect((await store.takeLease("lock", holder)).held).toBe(false);
    expect(await mayTake(store, "heir")).toBe(false);
    child.kill("SIGKILL");
    await child.exited;
    expect(holderIsGone({ ...holder, pidNamespace: "pid:[9]" })).toBe(false);
    expect(holderIsGone({ ...holder, bootId: "other" })).toBe(false);
    expect(holderIsGone({ ...holder, host: "other" })).toBe(false);
    expect(holderIsGone({ ...holder, pid: process.pid, pidStart: here.pidStart })).toBe(false);
    expect(await mayTake(store, "heir")).toBe(true);
  });
});
