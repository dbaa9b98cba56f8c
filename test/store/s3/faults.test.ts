import { afterAll, describe, expect, test } from "bun:test";
import { systemClock, type Clock } from "../../../src/base/mod.ts";
import { withRetry, type CheckpointStore, type Lease, type LeaseHolder } from "../../../src/store/mod.ts";
import { faultProxy, type HttpFault } from "../../servers/mod.ts";
import { BUCKET, newPrefix, openS3 } from "./s3-bench.ts";
import { versitygwForFile } from "./servers.ts";

const versity = await versitygwForFile(1);
const proxy = await faultProxy(versity?.gateways[0]?.port ?? 0);
afterAll(() => proxy[Symbol.asyncDispose]());

/** Silence that counts as no answer, in place of 10 s. */
const SHORT = { "spark.hadoop.fs.s3a.connection.timeout": "250ms" };
const LONGEST_PAUSE_MS = 10_000;
/** Pauses between tries are short; the time that a try has is not. */
const hasty: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms <= LONGEST_PAUSE_MS ? ms / 20 : ms, signal),
};

const holder: LeaseHolder = {
  id: "runner",
  host: "elsewhere",
  pid: 1,
  pidStart: "1",
  bootId: "boot",
  pidNamespace: "pid:[1]",
  since: "2026-01-01T00:00:00.000Z",
  groups: [],
};

function record(seq: number): string {
  return `{"seq":${seq},"body":"record ${seq}"}`;
}

/** What a run does to a store, seen from outside; the same whatever fails on the way. */
async function visit(store: CheckpointStore): Promise<unknown> {
  const answer = await store.takeLease("p/lock", holder);
  for (const seq of [1, 2]) {
    const appended = await store.append("p/run", seq, record(seq));
    expect(!appended.taken || appended.present === record(seq)).toBe(true);
  }
  const seen = [await store.read("p/run"), await store.last("p/run"), await store.logs("")];
  const again = await store.append("p/run", 2, '{"seq":2,"body":"another"}');
  await store.remove("p/run", [1]);
  const left = await store.read("p/run");
  if (!answer.held) await released(answer.lease);
  return { held: !answer.held, seen, again, left };
}

/** Releasing is tried once; where it fails, the lease runs out by itself. */
async function released(lease: Lease): Promise<void> {
  try {
    await lease.release();
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: "STORE_UNAVAILABLE" });
  }
}

const KINDS: readonly Omit<HttpFault, "at">[] = [
  { kind: "status", status: 503, body: "<Error><Code>SlowDown</Code><Message>slow down</Message></Error>" },
  { kind: "status", status: 500 },
  {
    kind: "status",
    status: 409,
    body: "<Error><Code>ConditionalRequestConflict</Code><Message>at once</Message></Error>",
  },
  { kind: "reset-before" },
  { kind: "reset-after" },
  { kind: "truncate", matches: ({ method }) => method === "GET" },
  { kind: "replace", body: "<html>Please log in</html>", matches: ({ method }) => method !== "DELETE" },
  { kind: "hang" },
];

describe.skipIf(versity === undefined)("S3 behind a network that fails", () => {
  for (const fault of KINDS) {
    const name = `${fault.kind}${fault.status === undefined ? "" : ` ${fault.status}`}`;
    test(`${name} at every request in turn: nothing is lost, nothing is there twice, own writes are known`, async () => {
      proxy.arm();
      const sound = await openS3(proxy.endpoint, newPrefix());
      const wanted = await visit(sound);
      await sound.close();
      for (let at = 1, ended = false; !ended; at++) {
        const retries: number[] = [];
        const inner = await openS3(proxy.endpoint, newPrefix(), { settings: SHORT });
        const store = withRetry(inner, { clock: hasty, onRetry: ({ attempt }) => retries.push(attempt) });
        proxy.arm({ ...fault, at });
        expect(await visit(store)).toEqual(wanted);
        const reached =
          proxy.exchanges.filter((exchange) => fault.matches?.(exchange) !== false).length >= at;
        ended = !reached;
        await store.close();
      }
    }, 60_000);
  }

  test("a call fails after one try with an error that may pass, and the next one is served", async () => {
    proxy.arm();
    const store = await openS3(proxy.endpoint, newPrefix());
    await store.append("p/run", 1, record(1));
    proxy.arm({ kind: "status", status: 503, at: 1, times: 2 });
    for (let i = 0; i < 2; i++) {
      expect(await store.read("p/run").catch((thrown: unknown) => thrown)).toMatchObject({
        code: "STORE_UNAVAILABLE",
      });
    }
    expect(proxy.exchanges).toHaveLength(2);
    expect(await store.read("p/run")).toHaveLength(1);
    await store.close();
  });

  test("a completion is one request, a load one listing and a request for each record", async () => {
    proxy.arm();
    const store = await openS3(proxy.endpoint, newPrefix());
    await store.append("p/run", 1, record(1));
    proxy.arm();
    await store.append("p/run", 2, record(2));
    expect(proxy.exchanges.map(({ method }) => method)).toEqual(["PUT"]);
    proxy.arm();
    await store.read("p/run");
    expect(proxy.exchanges.map(({ method }) => method)).toEqual(["GET", "GET", "GET"]);
    expect(proxy.exchanges[0]?.path).toStartWith(`/${BUCKET}/?list-type=2`);
    await store.close();
  });
});
