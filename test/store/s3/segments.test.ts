import { afterAll, describe, expect, test } from "bun:test";
import { faultProxy } from "../../servers/mod.ts";
import { newPrefix, openS3 } from "./s3-bench.ts";
import { versitygwForFile } from "./servers.ts";

const versity = await versitygwForFile(1);
const proxy = await faultProxy(versity?.gateways[0]?.port ?? 0);
afterAll(() => proxy[Symbol.asyncDispose]());

const record = (seq: number): string => `{"seq":${seq},"body":"record ${seq}"}`;

/** As many records as there can be of a thousand and more, with as many as possible behind the last segment. */
const RECORDS = 1_099;

describe.skipIf(versity === undefined)("requests on S3", () => {
  test("a completion is one PUT; a load at most 15 requests after a graceful end, 115 after a kill", async () => {
    const prefix = newPrefix();
    const writer = await openS3(proxy.endpoint, prefix);
    await writer.append("first", 1, record(1));
    proxy.arm();
    for (let seq = 1; seq <= RECORDS; seq++) await writer.append("log", seq, record(seq));
    const load = async (): Promise<number> => {
      const reader = await openS3(proxy.endpoint, prefix);
      proxy.arm();
      const read = await reader.read("log");
      expect(read.map(({ text }) => text)).toEqual(
        Array.from({ length: RECORDS }, (_, at) => record(at + 1)),
      );
      await reader.close();
      return proxy.exchanges.length;
    };
    const asked = proxy.exchanges.map(
      ({ method, path }) => `${method} ${/-\d{12}/.test(path) ? "segment" : "record"}`,
    );
    const counts = Map.groupBy(asked, (what) => what);
    expect(counts.get("PUT record")).toHaveLength(RECORDS);
    expect(counts.get("PUT segment")).toHaveLength(10);
    expect(counts.size).toBe(2);
    expect(await load()).toBeLessThanOrEqual(115);
    await writer.shortcuts?.seal("log");
    expect(await load()).toBeLessThanOrEqual(15);
    await writer.close();
  }, 120_000);

  test("keys are found by folders, and removed records take their segments along", async () => {
    const prefix = newPrefix();
    const store = await openS3(proxy.endpoint, prefix);
    for (const log of ["p/k1/keys", "p/k1/runs/a", "p/k2/keys", "q/k/keys"]) {
      for (let seq = 1; seq <= 5; seq++) await store.append(log, seq, record(seq));
      await store.shortcuts?.seal(log);
    }
    await store.shortcuts?.putNote("p/k1/heads/a.head", "{}");
    proxy.arm();
    expect(await store.shortcuts?.folders("")).toEqual(["p/", "q/"]);
    expect(await store.shortcuts?.folders("p/")).toEqual(["p/k1/", "p/k2/"]);
    expect(await store.shortcuts?.notes("p/k1/heads/")).toEqual(["p/k1/heads/a.head"]);
    expect(proxy.exchanges).toHaveLength(3);
    await store.remove("p/k1/runs/a", [1, 2, 3, 4]);
    expect(await store.read("p/k1/runs/a")).toEqual([{ seq: 5, text: record(5) }]);
    proxy.arm();
    expect(await store.read("p/k1/runs/a")).toHaveLength(1);
    expect(proxy.exchanges).toHaveLength(2);
    expect(await store.logs("")).toHaveLength(4);
    await store.close();
  });
});
