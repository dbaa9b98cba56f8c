import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { systemClock, type Clock } from "../../../src/base/mod.ts";
import { openStore, storeRegistry, type CheckpointStore, type LeaseHolder } from "../../../src/store/mod.ts";
import { faultProxy } from "../../servers/mod.ts";
import { sparkConfig } from "../../servers/s3/s3-server.ts";
import { ageLeases, BUCKET, newPrefix } from "./s3-bench.ts";
import { versitygwForFile } from "./servers.ts";

const versity = await versitygwForFile(1);
const proxy = await faultProxy(versity?.gateways[0]?.port ?? 0);
afterAll(() => proxy[Symbol.asyncDispose]());
beforeEach(() => {
  proxy.arm();
  proxy.dateOffsetMs = 0;
});

const HOUR_MS = 3_600_000;
const SKEWS = [-HOUR_MS, HOUR_MS] as const;

const holder = (id: string): LeaseHolder => ({
  id,
  host: "elsewhere",
  pid: 1,
  pidStart: "1",
  bootId: "boot",
  pidNamespace: "pid:[1]",
  since: "2026-01-01T00:00:00.000Z",
  groups: [],
});

/** Opens the store through the proxy, as a runner whose clock is `skewMs` off. */
function open(prefix: string, skewMs: number = 0): Promise<CheckpointStore> {
  const clock: Clock = { ...systemClock, now: () => Date.now() + skewMs };
  const hadoop = sparkConfig(proxy.endpoint);
  return openStore(storeRegistry(), `s3a://${BUCKET}/${prefix}`, "/", { hadoop, env: {}, clock });
}

describe.skipIf(versity === undefined)("a lease on S3", () => {
  for (const skewMs of SKEWS) {
    const off = `${skewMs / HOUR_MS} h`;
    test(`isn't taken from its holder by a runner whose clock is ${off} off, nor behind a proxy whose Date is`, async () => {
      const prefix = newPrefix();
      const [keeper, taker] = [await open(prefix), await open(prefix, skewMs)];
      const answer = await keeper.takeLease("lock", holder("keeper"));
      if (answer.held) throw new Error("the lease is not free");
      expect((await taker.takeLease("lock", holder("taker"))).held).toBe(true);
      proxy.dateOffsetMs = skewMs;
      expect((await taker.takeLease("lock", holder("taker"))).held).toBe(true);
      await answer.lease.note({ runId: "run-1" });
      answer.lease.check();
      // A Date that is wrong must not make the client sign for a wrong time, either.
      expect((await taker.leaseHolder("lock"))?.runId).toBe("run-1");
      await answer.lease.release();
      for (const store of [keeper, taker]) await store.close();
    });

    test(`that has run out is taken over by a runner whose clock is ${off} off, and its holder finds out`, async () => {
      const prefix = newPrefix();
      const [keeper, taker] = [await open(prefix), await open(prefix, skewMs)];
      const answer = await keeper.takeLease("lock", holder("keeper"));
      if (answer.held) throw new Error("the lease is not free");
      ageLeases(versity?.pathOf(BUCKET, prefix) ?? "");
      proxy.dateOffsetMs = -skewMs;
      const taken = await taker.takeLease("lock", holder("taker"));
      if (taken.held) throw new Error("the lease was not taken over");
      expect(taken.previous?.id).toBe("keeper");
      const late = await answer.lease.note({ runId: "run-1" }).catch((thrown: unknown) => thrown);
      expect(late).toMatchObject({ code: "STORE_LEASE_LOST" });
      expect(answer.lease.lost.aborted).toBe(true);
      await taken.lease.release();
      for (const store of [keeper, taker]) await store.close();
    });
  }

  test("the store's time is that of its objects, whatever Date says; who may not write is told Date", async () => {
    const store = await open(newPrefix());
    proxy.dateOffsetMs = HOUR_MS;
    expect(Math.abs((await store.time()) - Date.now())).toBeLessThan(HOUR_MS / 2);
    const body = "<Error><Code>AccessDenied</Code><Message>read only</Message></Error>";
    proxy.arm({
      kind: "status",
      status: 403,
      body,
      at: 1,
      times: 9,
      matches: ({ method }) => method === "PUT",
    });
    proxy.dateOffsetMs = 0;
    expect(Math.abs((await store.time()) - Date.now())).toBeLessThan(HOUR_MS / 2);
    await store.close();
  });
});
