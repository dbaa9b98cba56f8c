import { expect, test } from "bun:test";
import { connect } from "node:net";
import { openStore, storeRegistry, type CheckpointStore } from "../../../src/store/mod.ts";
import { holder } from "../../checkpoint/kit/runs.ts";
import type { HdfsServer } from "../../servers/hdfs/hdfs-server.ts";
import { newPath, openHdfs } from "./hdfs-bench.ts";

const ONE = '{"seq":1,"body":"one"}';
const DAY_MS = 24 * 3_600_000;

async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "nothing was thrown",
    (thrown: unknown) => thrown,
  );
}

interface Entry {
  readonly pathSuffix: string;
  readonly length: number;
  readonly permission: string;
}

/** What is in a folder, as its administrator sees it. */
async function entriesOf(server: HdfsServer, path: string): Promise<Entry[]> {
  const url = `http://${server.nameNodes[0]?.http}/webhdfs/v1${path}?op=LISTSTATUS&user.name=hdfs`;
  const answer = (await (await fetch(url)).json()) as { FileStatuses: { FileStatus: Entry[] } };
  return answer.FileStatuses.FileStatus;
}

/** What the DataNode has done so far; its counts are up to a second old. */
async function activity(server: HdfsServer): Promise<{ BlocksWritten: number; FsyncCount: number }> {
  const url = `http://${server.dataNode}/jmx?qry=Hadoop:service=DataNode,name=DataNodeActivity*`;
  const answer = (await (await fetch(url)).json()) as { beans: Awaited<ReturnType<typeof activity>>[] };
  return answer.beans[0] ?? { BlocksWritten: 0, FsyncCount: 0 };
}

/** Sends a write to the DataNode and dies in the middle of its content. */
function dieWriting(url: string, { body }: RequestInit): Promise<never> {
  const { hostname, port, pathname, search } = new URL(url);
  const content = body as Uint8Array;
  return new Promise((_, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `PUT ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}\r\nContent-Length: ${content.length}\r\n\r\n`,
      );
      socket.write(content.subarray(0, content.length / 2), () => {
        setTimeout(() => {
          socket.destroy();
          reject(new Error("the writer died"));
        }, 100);
      });
    });
  });
}

/** To be declared before whatever writes otherwise than the store does. */
export function testSyncs(server: HdfsServer): void {
  test("every record has been brought to the DataNode's disk", async () => {
    const store = await openHdfs(server, newPath());
    const records = 5;
    for (let seq = 1; seq <= records; seq++) await store.append("run", seq, `{"seq":${seq},"body":1}`);
    let found = await activity(server);
    while (found.BlocksWritten < records) {
      await Bun.sleep(100);
      found = await activity(server);
    }
    expect(found.FsyncCount).toBe(found.BlocksWritten);
    await store.close();
  });
}

/** Declares what the store promises on a real cluster beyond the laws of all stores. */
export function testPromises(server: HdfsServer): void {
  testPlaces(server);
  testRefusals(server);
  testDeaths(server);
  testTidiness(server);
}

function testPlaces(server: HdfsServer): void {
  test("hdfs, webhdfs and the names of one cluster lead to the same records", async () => {
    const path = newPath();
    const { rpc = "", http = "" } = server.nameNodes[0] ?? {};
    const first = await openHdfs(server, path);
    await first.append("run", 1, ONE);
    const env = { HADOOP_CONF_DIR: server.folder, HADOOP_USER_NAME: "alice" };
    for (const location of [`hdfs:${path}`, `hdfs://${rpc}${path}`, `webhdfs://${http}${path}/`]) {
      const store = await openStore(storeRegistry(), location, "/", { env });
      expect(store.location).not.toEndWith("/");
      expect(await store.read("run")).toEqual([{ seq: 1, text: ONE }]);
      await store.close();
    }
    await first.close();
  });

  test("a path with spaces, percent signs and letters of other alphabets is taken as it is written", async () => {
    const path = `${newPath()}/größe 100%25 & Ж+?#`;
    const store = await openHdfs(server, path);
    await store.append("run", 1, ONE);
    expect(await store.last("run")).toEqual({ seq: 1, text: ONE });
    expect(
      (await entriesOf(server, path.slice(0, path.lastIndexOf("/")))).map((entry) => entry.pathSuffix),
    ).toEqual(["größe 100%25 & Ж+?#"]);
    await store.close();
  });

  test("a location that was made is its owner's alone, and others are told so", async () => {
    const path = newPath();
    const store = await openHdfs(server, path);
    await store.append("run", 1, ONE);
    expect(await entriesOf(server, path.replace("/checkpoints", ""))).toMatchObject([{ permission: "700" }]);
    const bob = await openHdfs(server, path, { env: { HADOOP_USER_NAME: "bob" } });
    expect(await failureOf(bob.read("run"))).toMatchObject({ code: "STORE_NOT_READABLE" });
    expect(await failureOf(bob.append("run", 2, '{"seq":2,"body":1}'))).toMatchObject({
      code: "STORE_NOT_WRITABLE",
      message: expect.stringContaining("permission is denied") as string,
    });
    await store.close();
  });
}

function testRefusals(server: HdfsServer): void {
  test("a file where the location belongs, and a user's name that is none, are refused", async () => {
    const path = newPath();
    await server.act(`write?path=${path}&text=x`);
    const store = await openHdfs(server, path);
    expect(await failureOf(store.append("run", 1, ONE))).toMatchObject({ code: "STORE_NOT_A_FOLDER" });
    const nobody = openHdfs(server, path, { env: { HADOOP_USER_NAME: "a b" } });
    expect(await failureOf(nobody)).toMatchObject({ code: "STORE_BAD_SETTINGS" });
  });

  test("a quota that is used up stops the run, and the same append is done once there is room", async () => {
    const path = newPath();
    const store = await openHdfs(server, path);
    await store.append("run", 1, ONE);
    await server.act(`quota?path=${path}&names=4`);
    const text = '{"seq":2,"body":"two"}';
    expect(await failureOf(store.append("run", 2, text))).toMatchObject({ code: "STORE_FULL" });
    await server.act(`quota?path=${path}&names=100`);
    expect(await store.append("run", 2, text)).toEqual({ taken: false });
    await store.close();
  });

  test("a server that knows only the old rename is refused before anything is recorded, except for a single writer", async () => {
    const path = newPath();
    // Without the option a NameNode does what a gateway (HttpFS) always does.
    const network = {
      fetch: (url: string, init: RequestInit) => fetch(url.replace(/&renameoptions=[A-Z]+/, ""), init),
    };
    const store = await openHdfs(server, path, { network });
    expect(await failureOf(store.append("run", 1, ONE))).toMatchObject({
      code: "STORE_UNSUPPORTED",
      hint: expect.stringContaining("HttpFS") as string,
    });
    expect(await store.logs("")).toEqual([]);
    await store.close();

    const single = await openHdfs(server, path, { network, singleWriter: true });
    const answer = await single.takeLease("lock", holder("runner"));
    expect(await single.append("run", 1, ONE)).toEqual({ taken: false });
    const again = { taken: true, present: ONE };
    expect(await single.append("run", 1, '{"seq":1,"body":"another"}')).toEqual(again);
    if (!answer.held) await answer.lease.release();
    expect(await single.leaseHolder("lock")).toBeUndefined();
    await single.close();
  });
}

function testDeaths(server: HdfsServer): void {
  test("a cluster in safe mode, or without a DataNode, can be tried again", async () => {
    const store = await openHdfs(server, newPath());
    await store.append("run", 1, ONE);
    await server.act("safe-mode?on=1");
    const passing = { code: "STORE_UNAVAILABLE" };
    expect(await failureOf(store.append("run", 2, '{"seq":2,"body":1}'))).toMatchObject(passing);
    expect(await store.read("run")).toHaveLength(1);
    await server.act("safe-mode?on=0");
    await server.act("stop-data");
    expect(await failureOf(store.append("run", 2, '{"seq":2,"body":1}'))).toMatchObject(passing);
    expect(await failureOf(store.read("run"))).toMatchObject({
      ...passing,
      message: expect.stringContaining(server.dataNode) as string,
    });
    await server.act("start-data");
    await untilServed(store);
    expect(await store.append("run", 2, '{"seq":2,"body":1}')).toEqual({ taken: false });
    await store.close();
  }, 60_000);

  test("a writer that dies in the middle of a write leaves no record, though HDFS closes its file as if it were whole", async () => {
    const path = newPath();
    const dying = await openHdfs(server, path, {
      network: {
        fetch: (url, init) =>
          url.startsWith(`http://${server.dataNode}/`) ? dieWriting(url, init) : fetch(url, init),
      },
    });
    expect(await failureOf(dying.append("run", 1, ONE))).toMatchObject({ code: "STORE_UNAVAILABLE" });
    const next = await openHdfs(server, path);
    expect(await next.read("run")).toEqual([]);
    expect(await next.append("run", 1, '{"seq":1,"body":"another"}')).toEqual({ taken: false });
    const left = await entriesOf(server, `${path}/~tmp`);
    expect(left).toHaveLength(1);

    await server.act(`age?path=${path}/~tmp&ms=${DAY_MS - 60_000}`);
    await (await appended(server, path, 2)).close();
    expect(await entriesOf(server, `${path}/~tmp`)).toHaveLength(1);
    await server.act(`age?path=${path}/~tmp&ms=120000`);
    await (await appended(server, path, 3)).close();
    expect(await entriesOf(server, `${path}/~tmp`)).toEqual([]);
    await next.close();
  });
}

function testTidiness(server: HdfsServer): void {
  test("folders that have become empty are gone", async () => {
    const path = newPath();
    const store = await openHdfs(server, path);
    await store.append("p/k/runs/a", 1, ONE);
    await store.append("p/k/keys", 1, ONE);
    await store.remove("p/k/runs/a", [1]);
    expect((await entriesOf(server, `${path}/p/k`)).map(({ pathSuffix }) => pathSuffix)).toEqual([
      "keys.log",
    ]);
    await store.remove("p/k/keys", [1]);
    expect((await entriesOf(server, path)).map(({ pathSuffix }) => pathSuffix)).toEqual(["~tmp"]);
    await store.close();
  });
}

/** A new handle that has written something. */
async function appended(server: HdfsServer, path: string, seq: number): Promise<CheckpointStore> {
  const store = await openHdfs(server, path);
  await store.append("run", seq, `{"seq":${seq},"body":1}`);
  return store;
}

/** A DataNode that has just started isn't known to the NameNode yet. */
async function untilServed(store: CheckpointStore): Promise<void> {
  for (;;) {
    try {
      await store.append("served", 1, ONE);
      return;
    } catch (thrown) {
      if ((thrown as { readonly code?: string }).code !== "STORE_UNAVAILABLE") throw thrown;
      await Bun.sleep(100);
    }
  }
}
