import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { withRetry } from "../../../src/store/mod.ts";
import { storeConformance } from "../../../src/store/testing.ts";
import type { HdfsServer } from "../../servers/hdfs/hdfs-server.ts";
import { hdfsBench, hdfsForFile, LAW_MS, LEFT_OUT, newPath, openHdfs } from "./hdfs-bench.ts";

const server = await hdfsForFile("HDFS with two NameNodes", { ha: true });

/** Between two failovers, in ms. */
const PAUSE_MS = 1_500;

/** Fails over again and again until it is stopped; returns how often it did. */
function failingOver(cluster: HdfsServer): { stop(): Promise<number> } {
  const over = new AbortController();
  const work = async (): Promise<number> => {
    let count = 0;
    while (!over.signal.aborted) {
      await cluster.act(`failover?to=${count % 2 === 0 ? 1 : 0}`);
      count++;
      await Bun.sleep(PAUSE_MS);
    }
    return count;
  };
  const done = work();
  return {
    stop() {
      over.abort();
      return done;
    },
  };
}

describe.skipIf(server === undefined)("HDFS whose NameNodes take turns", () => {
  if (server === undefined) return;
  let failovers: ReturnType<typeof failingOver>;
  beforeAll(() => {
    failovers = failingOver(server);
  });
  afterAll(async () => {
    const count = await failovers.stop();
    console.log(`${count} failovers during the suite`);
    expect(count).toBeGreaterThan(5);
  });
  storeConformance({
    name: "hdfs (failovers all the time)",
    runner: { describe, test },
    open: () => hdfsBench(server, async (path) => withRetry(await openHdfs(server, path))),
    skip: LEFT_OUT,
    timeoutMs: LAW_MS,
  });
});

describe.skipIf(server === undefined)("HDFS with two NameNodes", () => {
  if (server === undefined) return;

  test("a NameNode that is gone costs no record, and the other one is asked first from then on", async () => {
    await server.act("failover?to=0");
    const store = withRetry(await openHdfs(server, newPath()));
    await store.append("run", 1, '{"seq":1,"by":"both"}');
    await server.act("stop-name?i=0");
    await server.act("failover?to=1");
    await store.append("run", 2, '{"seq":2,"by":"the other"}');
    await server.act("start-name?i=0");
    expect((await store.read("run")).map(({ seq }) => seq)).toEqual([1, 2]);
    await store.close();
  });
});
