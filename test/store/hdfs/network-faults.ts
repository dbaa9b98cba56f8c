import { expect, test } from "bun:test";
import { systemClock, type Clock } from "../../../src/base/mod.ts";
import { withRetry, type CheckpointStore, type Lease } from "../../../src/store/mod.ts";
import { holder } from "../../checkpoint/kit/runs.ts";
import { seeded } from "../../kit/mod.ts";
import type { HdfsServer } from "../../servers/hdfs/hdfs-server.ts";
import { faultProxy, type Exchange, type FaultProxy, type HttpFault } from "../../servers/mod.ts";
import { newPath, openHdfs } from "./hdfs-bench.ts";

/** Silence that counts as no answer, in place of 10 s. */
const ANSWER_MS = 400;
const LONGEST_PAUSE_MS = 10_000;
/** Pauses between tries are short; the time that a try has is not. */
const hasty: Clock = {
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms <= LONGEST_PAUSE_MS ? ms / 20 : ms, signal),
};

type Fault = Omit<HttpFault, "at">;

function remoteException(exception: string, message: string): Fault {
  const javaClassName = `org.apache.hadoop.${exception}`;
  const body = JSON.stringify({ RemoteException: { exception, javaClassName, message } });
  return { kind: "status", status: 403, body };
}

const ANYWHERE: readonly Fault[] = [
  { kind: "status", status: 503, body: "<html>Service Unavailable</html>" },
  { kind: "status", status: 500 },
  { kind: "reset-before" },
  { kind: "reset-after" },
  { kind: "hang" },
  { kind: "truncate" },
  { kind: "replace", body: "<html>Please log in</html>" },
];
const NAME_NODE: readonly Fault[] = [
  ...ANYWHERE,
  remoteException("StandbyException", "Operation category WRITE is not supported in state standby"),
  remoteException("SafeModeException", "Name node is in safe mode."),
  remoteException("RetriableException", "NameNode still not started"),
];
const DATA_NODE: readonly Fault[] = [
  ...ANYWHERE,
  remoteException("IOException", "File /x could only be written to 0 of the 1 minReplication nodes."),
];

function record(seq: number): string {
  return `{"seq":${seq},"body":"record ${seq}"}`;
}

/** What a run does to a store, seen from outside; the same whatever fails on the way. */
async function visit(store: CheckpointStore): Promise<unknown> {
  const answer = await store.takeLease("p/lock", holder("runner"));
  for (const seq of [1, 2]) {
    const appended = await store.append("p/run", seq, record(seq));
    expect(!appended.taken || appended.present === record(seq)).toBe(true);
  }
  const again = await store.append("p/run", 2, '{"seq":2,"body":"another"}');
  await store.remove("p/run", [1]);
  const left = await store.read("p/run");
  if (!answer.held) await released(answer.lease);
  return { held: answer.held, again, left };
}

/** Releasing is tried once; where it fails, the lease runs out by itself. */
async function released(lease: Lease): Promise<void> {
  try {
    await lease.release();
  } catch (thrown) {
    expect(thrown).toMatchObject({ code: "STORE_UNAVAILABLE" });
  }
}

/** Lets everything that goes to `host` go to a proxy. */
function by(host: string, proxy: FaultProxy): typeof fetch {
  return ((url: string, init: RequestInit) =>
    fetch(url.replace(`http://${host}/`, `${proxy.endpoint}/`), init)) as typeof fetch;
}

async function open(server: HdfsServer, host: string, proxy: FaultProxy): Promise<CheckpointStore> {
  const network = { fetch: by(host, proxy), answerMs: ANSWER_MS };
  return openHdfs(server, newPath(), { network });
}

/** In the soak counts every fault at every request; else one at each, the next one at the next. */
const EACH = process.env["CAIRN_TEST_LONG"] === "1";

async function everyRequest(server: HdfsServer, host: string, faults: readonly Fault[]): Promise<void> {
  await using proxy = await faultProxy(Number(host.split(":")[1]));
  const sound = await open(server, host, proxy);
  const wanted = await visit(sound);
  await sound.close();
  const first = EACH ? 0 : seeded("first fault").int(faults.length);
  for (let at = 1, ended = false; !ended; at++) {
    for (let i = 0; i < (EACH ? faults.length : 1); i++) {
      const fault = { ...faults[(first + at + i) % faults.length], at } as HttpFault;
      const store = withRetry(await open(server, host, proxy), { clock: hasty });
      proxy.arm(fault);
      expect({ fault, seen: await visit(store) }).toEqual({ fault, seen: wanted });
      ended = proxy.exchanges.length < at;
      await store.close();
    }
  }
}

const operationOf = ({ path }: Exchange): string | null =>
  new URL(path, "http://host").searchParams.get("op");

/** Declares what a store does when requests to a real cluster fail on their way. */
export function testFaults(server: HdfsServer): void {
  const nameNode = server.nameNodes[0]?.http ?? "";

  test("a fault at every request to the NameNode in turn: nothing is lost, nothing is there twice, own writes are known", async () => {
    await everyRequest(server, nameNode, NAME_NODE);
  }, 600_000);

  test("a fault at every request to the DataNode in turn: nothing is lost, nothing is there twice, own writes are known", async () => {
    await everyRequest(server, server.dataNode, DATA_NODE);
  }, 600_000);

  test("a completion is three requests, a load is one listing and two requests for each record", async () => {
    await using names = await faultProxy(Number(nameNode.split(":")[1]));
    await using data = await faultProxy(Number(server.dataNode.split(":")[1]));
    const toNames = by(nameNode, names);
    const toData = by(server.dataNode, data);
    const store = await openHdfs(server, newPath(), {
      network: {
        fetch: (url, init) =>
          url.startsWith(`http://${nameNode}/`) ? toNames(url, init) : toData(url, init),
      },
    });
    await store.append("p/run", 1, record(1));
    names.arm();
    data.arm();
    await store.append("p/run", 2, record(2));
    expect(names.exchanges.map(operationOf)).toEqual(["CREATE", "RENAME"]);
    expect(data.exchanges.map(operationOf)).toEqual(["CREATE"]);
    names.arm();
    data.arm();
    await store.read("p/run");
    expect(names.exchanges.map(operationOf)).toEqual(["LISTSTATUS_BATCH", "OPEN", "OPEN"]);
    expect(data.exchanges.map(operationOf)).toEqual(["OPEN", "OPEN"]);
    await store.close();
  });

  test("a call fails after one try with an error that may pass, and the next one is served", async () => {
    await using proxy = await faultProxy(Number(nameNode.split(":")[1]));
    const store = await open(server, nameNode, proxy);
    await store.append("p/run", 1, record(1));
    proxy.arm({ kind: "status", status: 503, at: 1 });
    const failed: unknown = await store.read("p/run").catch((thrown: unknown) => thrown);
    expect(failed).toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(proxy.exchanges).toHaveLength(1);
    expect(await store.read("p/run")).toHaveLength(1);
    await store.close();
  });
}
