import { afterAll, describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { openHdfsStore } from "../../../src/store/hdfs/open-hdfs-store.ts";
import type { CheckpointStore } from "../../../src/store/mod.ts";
import { freePort } from "../../servers/mod.ts";

// Servers that real clusters have and the tests' own one is not: old, mute, misled. What real ones do is in hdfs.test.ts.

const ONE = '{"seq":1,"body":"one"}';
const ANSWER_MS = 150;

type Answering = (request: Request, operation: string, url: URL) => Response | undefined;

const running: { stop(): unknown }[] = [];
afterAll(() => {
  for (const server of running) server.stop();
});

const json = (value: unknown, status = 200): Response => Response.json(value, { status });

function refusal(exception: string, status = 403): Response {
  const javaClassName = `org.apache.hadoop.${exception}`;
  return json({ RemoteException: { exception, javaClassName, message: `${exception} it is` } }, status);
}

/** A server that answers as a NameNode and DataNode with nothing in it, except where `special` says otherwise. */
function nameNode(special: Answering): { readonly port: number; readonly asked: string[] } {
  const asked: string[] = [];
  const files = new Map<string, string>();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const url = new URL(request.url);
      const operation = url.searchParams.get("op") ?? "";
      asked.push(operation);
      return special(request, operation, url) ?? (await ordinary(request, operation, url));
    },
  });
  const ordinary = async (request: Request, operation: string, url: URL): Promise<Response> => {
    const path = decodeURIComponent(url.pathname);
    const destination = url.searchParams.get("destination") ?? "";
    if (operation === "RENAME" && path.endsWith("/a") && destination.endsWith("/b")) {
      return refusal("FileAlreadyExistsException");
    }
    if (operation === "RENAME") {
      files.set(`/webhdfs/v1${destination}`, files.get(path) ?? "");
      return new Response();
    }
    if (operation === "LISTSTATUS_BATCH" || operation === "GETFILESTATUS")
      return refusal("FileNotFoundException", 404);
    if (operation === "CREATE" && !url.searchParams.has("noredirect")) {
      files.set(path, await request.text());
      return new Response(null, { status: 201 });
    }
    if (operation === "OPEN" && !url.searchParams.has("noredirect")) {
      return new Response(files.get(path), { headers: { "content-type": "application/octet-stream" } });
    }
    if (operation === "CREATE" || operation === "OPEN") {
      return json({ Location: `${url.origin}${url.pathname}?op=${operation}` });
    }
    return json({ boolean: true });
  };
  running.push(server);
  return { port: server.port ?? 0, asked };
}

/** Takes connections and never says a word. */
async function muteServer(): Promise<number> {
  const port = await freePort();
  const server: Server = createServer(() => undefined).listen(port, "127.0.0.1");
  running.push({ stop: () => server.close() });
  return port;
}

function open(target: string, env: Readonly<Record<string, string>> = {}): Promise<CheckpointStore> {
  return openHdfsStore(
    { scheme: "webhdfs", target },
    {
      env: { HADOOP_CONF_DIR: "/nonexistent", HADOOP_USER_NAME: "alice", ...env },
      network: { answerMs: ANSWER_MS, connectMs: ANSWER_MS },
    },
  );
}

function openHa(ports: readonly number[]): Promise<CheckpointStore> {
  const names = ports.map((_, i) => `nn${i}`);
  const addresses = ports.map((port, i) => [`dfs.namenode.http-address.ns.nn${i}`, `127.0.0.1:${port}`]);
  return openHdfsStore(
    { scheme: "hdfs", target: "hdfs://ns/data" },
    {
      env: { HADOOP_CONF_DIR: "/nonexistent", HADOOP_USER_NAME: "alice" },
      hadoop: {
        "spark.hadoop.dfs.ha.namenodes.ns": names.join(","),
        ...(Object.fromEntries(addresses) as Record<string, string>),
      },
      network: { answerMs: ANSWER_MS, connectMs: ANSWER_MS },
    },
  );
}

async function failureOf(
  work: Promise<unknown>,
): Promise<{ readonly code?: string; readonly message: string }> {
  return work.then(
    () => ({ message: "nothing was thrown" }),
    (thrown: { readonly code?: string; readonly message: string }) => thrown,
  );
}

describe("WebHDFS", () => {
  test("a server that redirects, as those do that don't know noredirect, is followed", async () => {
    const server = nameNode((_, operation, url) =>
      url.searchParams.has("noredirect")
        ? new Response(null, {
            status: 307,
            headers: { location: `${url.origin}${url.pathname}?op=${operation}` },
          })
        : undefined,
    );
    const store = await open(`webhdfs://127.0.0.1:${server.port}/data`);
    expect(await store.append("run", 1, ONE)).toEqual({ taken: false });
    expect(server.asked.filter((operation) => operation === "CREATE")).toHaveLength(2);
  });

  test("no proxy of the environment is asked: Hadoop's own clients ask none, and it would see tokens", async () => {
    const before = process.env["http_proxy"];
    process.env["http_proxy"] = `http://127.0.0.1:${await freePort()}`;
    try {
      const store = await open(`webhdfs://127.0.0.1:${nameNode(() => undefined).port}/data`);
      expect(await store.append("run", 1, ONE)).toEqual({ taken: false });
    } finally {
      if (before === undefined) delete process.env["http_proxy"];
      else process.env["http_proxy"] = before;
    }
  });

  test("a mute server fails a call in time, and of two NameNodes the other one is asked", async () => {
    const mute = await muteServer();
    const alone = await open(`webhdfs://127.0.0.1:${mute}/data`);
    const failed = await failureOf(alone.last("run"));
    expect(failed).toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(failed.message).toContain(`no answer within ${ANSWER_MS} ms`);

    const standing = nameNode(() => undefined);
    const both = await openHa([mute, standing.port]);
    expect(await both.last("run")).toBeUndefined();
    expect(await both.append("run", 1, ONE)).toEqual({ taken: false });
  });

  test("a rename whose answer is lost is not sent to the other NameNode", async () => {
    let renames = 0;
    const first = nameNode((_, operation, url) => {
      if (operation !== "RENAME" || url.searchParams.get("destination")?.endsWith("/b") === true)
        return undefined;
      renames++;
      return new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }));
    });
    const other = nameNode((_, operation) => {
      if (operation === "RENAME") renames++;
      return undefined;
    });
    const store = await openHa([first.port, other.port]);
    expect(await failureOf(store.append("run", 1, ONE))).toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(renames).toBe(1);
  });

  test("with every NameNode on standby a call may be tried again", async () => {
    const standby = [1, 2].map(() => nameNode(() => refusal("StandbyException")));
    const store = await openHa(standby.map(({ port }) => port));
    expect(await failureOf(store.last("run"))).toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(standby.map(({ asked }) => asked.length)).toEqual([1, 1]);
  });

  test("a DataNode that can't be reached is left out at the next try, and named where there is no other", async () => {
    const gone = await freePort();
    const excluded: (string | null)[] = [];
    const server = nameNode((_, operation, url) => {
      if (operation !== "CREATE" || !url.searchParams.has("noredirect")) return undefined;
      const said = url.searchParams.get("excludedatanodes");
      excluded.push(said);
      return said === null
        ? json({ Location: `http://127.0.0.1:${gone}${url.pathname}?op=CREATE` })
        : undefined;
    });
    const store = await open(`webhdfs://127.0.0.1:${server.port}/data`);
    expect(await store.append("run", 1, ONE)).toEqual({ taken: false });
    expect(excluded).toEqual([null, `127.0.0.1:${gone}`]);

    const lonely = nameNode((_, operation, url) => {
      if (operation === "RENAME") return refusal("FileAlreadyExistsException");
      if (operation !== "OPEN") return undefined;
      return url.searchParams.has("excludedatanodes")
        ? refusal("IOException")
        : json({ Location: `http://127.0.0.1:${gone}${url.pathname}?op=OPEN` });
    });
    const reader = await open(`webhdfs://127.0.0.1:${lonely.port}/data`);
    const failed = await failureOf(reader.append("run", 1, ONE));
    expect(failed).toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(failed.message).toContain(`127.0.0.1:${gone}`);
  });

  test("an address that speaks no WebHDFS, and one that wants another's sign-in, are told apart", async () => {
    const web = nameNode(() => new Response("<html>Not Found</html>", { status: 404 }));
    const store = await open(`webhdfs://127.0.0.1:${web.port}/data`);
    expect(await failureOf(store.append("run", 1, ONE))).toMatchObject({ code: "STORE_BAD_LOCATION" });
    const gateway = nameNode(() => new Response("<html>Forbidden</html>", { status: 403 }));
    const closed = await open(`webhdfs://127.0.0.1:${gateway.port}/data`);
    expect(await failureOf(closed.append("run", 1, ONE))).toMatchObject({ code: "STORE_NOT_WRITABLE" });
  });

  test("a listing that isn't one is an error, never an empty answer", async () => {
    for (const body of ["<html>", "", "{}", '{"DirectoryListing":{}}']) {
      const server = nameNode((_, operation) =>
        operation === "LISTSTATUS_BATCH" ? new Response(body) : undefined,
      );
      const store = await open(`webhdfs://127.0.0.1:${server.port}/data`);
      expect(await failureOf(store.read("run"))).toMatchObject({ code: "STORE_UNAVAILABLE" });
    }
  });
});
