import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";
import { systemClock } from "../../../src/base/mod.ts";
import { openStore, storeRegistry, withRetry, type CheckpointStore } from "../../../src/store/mod.ts";
import { tempDir } from "../../kit/mod.ts";
import { freePort, runTool, serverFor } from "../../servers/mod.ts";
import { sparkConfig } from "../../servers/s3/s3-server.ts";
import { caught } from "../failure.ts";
import { recordingServer } from "./recording-server.ts";
import { openS3 } from "./s3-bench.ts";

const record = '{"seq":1,"a":1}';

/** Opens the store as a machine does that has this environment. */
function openWith(env: Readonly<Record<string, string>>, endpoint: string): Promise<CheckpointStore> {
  return openStore(storeRegistry(), "s3a://lake/p", "/", { hadoop: sparkConfig(endpoint), env });
}

describe("a server that keeps silent", () => {
  let server: Server;
  const sockets = new Set<Socket>();
  let port = 0;
  beforeAll(async () => {
    port = await freePort();
    server = createServer((socket) => void sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  test("fails the call when its time for an answer is over, and may be asked again", async () => {
    const settings = { "spark.hadoop.fs.s3a.connection.timeout": "300ms" };
    const store = await openS3(`http://127.0.0.1:${port}`, "p", { settings });
    expect(await caught(() => store.append("run", 1, record))).toMatchObject({ code: "STORE_UNAVAILABLE" });
    const retrying = withRetry(store, { clock: systemClock, timeoutMs: 1_000 });
    expect(await caught(() => retrying.read("run"))).toMatchObject({ code: "STORE_TIMEOUT" });
    await store.close();
  });

  test("is left at once by a caller that goes, with the caller's reason", async () => {
    const store = await openS3(`http://127.0.0.1:${port}`, "p");
    const leaving = new AbortController();
    const reason = new Error("interrupted");
    const call = store.append("run", 1, record, leaving.signal).catch((thrown: unknown) => thrown);
    setTimeout(() => leaving.abort(reason), 50);
    expect(await call).toBe(reason);
    await store.close();
  });
});

test("a server that takes no connection fails the call when the time for connecting is over", async () => {
  const python = await serverFor("python3", () => runTool(["python3", "--version"]));
  if (python === undefined) return;
  // A queue of connections that is full: further ones are neither taken nor refused.
  const child = Bun.spawn(
    [
      "python3",
      "-c",
      `import socket, sys
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(0)
c = [socket.socket() for _ in range(4)]
for x in c: x.setblocking(False)
for x in c: x.connect_ex(s.getsockname())
print(s.getsockname()[1], flush=True)
sys.stdin.read()`,
    ],
    { stdin: "pipe", stdout: "pipe" },
  );
  try {
    const reader = child.stdout.getReader();
    const port = Number(new TextDecoder().decode((await reader.read()).value));
    const settings = {
      "spark.hadoop.fs.s3a.connection.establish.timeout": "300ms",
      "spark.hadoop.fs.s3a.connection.timeout": "9s",
    };
    const store = await openS3(`http://127.0.0.1:${port}`, "p", { settings });
    const thrown = await caught(() => store.append("run", 1, record));
    expect(thrown.code).toBe("STORE_UNAVAILABLE");
    expect(thrown.message).toContain("300 ms");
    await store.close();
  } finally {
    await child.stdin.end();
    await child.exited;
  }
});

describe("a proxy", () => {
  /** A store behind a proxy that the environment or s3a names; gives what came by at the proxy. */
  async function through(env: Record<string, string>, settings: Record<string, string>): Promise<string[]> {
    using proxy = recordingServer();
    const named = (text: string): string => text.replace("PROXY", `127.0.0.1:${proxy.port}`);
    const all = Object.entries(settings).map(([name, value]) => [
      name,
      value.replace("PORT", String(proxy.port)),
    ]);
    const store = await openStore(storeRegistry(), "s3a://lake/p", "/", {
      hadoop: { ...sparkConfig("http://s3.example.test:9000"), ...Object.fromEntries(all) },
      env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, named(value)])),
    });
    expect(await store.append("run", 1, record)).toEqual({ taken: false });
    expect(await store.append("run", 1, record)).toEqual({ taken: true, present: record });
    expect(await store.logs("")).toEqual([]);
    await store.close();
    return proxy.requests.map(
      ({ method, headers }) => `${method} ${headers["host"]} ${headers["proxy-authorization"] ?? ""}`,
    );
  }

  test("that s3a names is used, with its user and password", async () => {
    const seen = await through(
      {},
      {
        "spark.hadoop.fs.s3a.proxy.host": "127.0.0.1",
        "spark.hadoop.fs.s3a.proxy.port": "PORT",
        "spark.hadoop.fs.s3a.proxy.username": "us er",
        "spark.hadoop.fs.s3a.proxy.password": "p:w",
      },
    );
    const basic = `Basic ${Buffer.from("us er:p:w").toString("base64")}`;
    expect(seen[0]).toBe(`PUT s3.example.test:9000 ${basic}`);
    expect(seen).toHaveLength(6);
  });

  test("that the environment names is used, except for hosts in no_proxy", async () => {
    const env = { http_proxy: "http://PROXY" };
    expect((await through(env, {}))[0]).toStartWith("PUT s3.example.test:9000");
    using direct = recordingServer();
    const excepting = { http_proxy: "http://127.0.0.1:1", no_proxy: "example.test,127.0.0.1" };
    const store = await openWith(excepting, direct.endpoint);
    expect(await store.append("run", 1, record)).toEqual({ taken: false });
    await store.close();
  });

  test("that doesn't answer fails the call when the time for an answer is over", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const store = await openS3("http://s3.example.test", "p", {
      settings: {
        "spark.hadoop.fs.s3a.proxy.host": "127.0.0.1",
        "spark.hadoop.fs.s3a.proxy.port": String(port),
        "spark.hadoop.fs.s3a.connection.timeout": "300ms",
      },
    });
    expect(await caught(() => store.read("run"))).toMatchObject({ code: "STORE_UNAVAILABLE" });
    await store.close();
    server.close();
  });
});

const openssl = await serverFor("openssl", () => runTool(["openssl", "version"]));

describe.skipIf(openssl === undefined)("a certificate of an authority of one's own", () => {
  test("is trusted by AWS_CA_BUNDLE, with and without a proxy, and refused without it", async () => {
    using dir = tempDir();
    const [cert, key] = [dir.join("cert.pem"), dir.join("key.pem")];
    const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    const made = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", cert];
    await runTool(["openssl", "req", ...made, ...subject]);
    using server = recordingServer({ tls: { cert: dir.read("cert.pem"), key: dir.read("key.pem") } });
    for (const more of [{}, { https_proxy: "http://127.0.0.1:1", no_proxy: "127.0.0.1" }]) {
      const trusting = await openWith({ AWS_CA_BUNDLE: cert, ...more }, server.endpoint);
      expect(await trusting.append(`run-${Object.keys(more).length}`, 1, record)).toEqual({ taken: false });
      await trusting.close();
      const wary = await openWith(more, server.endpoint);
      const thrown = await caught(() => wary.append("run", 1, record));
      expect(thrown.code).toBe("STORE_NOT_WRITABLE");
      expect(thrown.hint).toContain("AWS_CA_BUNDLE");
      await wary.close();
    }
  });

  test("that can't be read is said at the opening", async () => {
    expect(
      await caught(() => openWith({ AWS_CA_BUNDLE: "/no/such/file" }, "https://127.0.0.1:1")),
    ).toMatchObject({
      code: "STORE_BAD_SETTINGS",
      kind: "config",
    });
  });
});
