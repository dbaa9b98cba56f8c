import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { CairnError } from "../../src/base/mod.ts";
import { type OpenOptions, openSession } from "../../src/spark/mod.ts";
import { tempDir } from "../kit/mod.ts";
import { runTool, serverFor } from "../servers/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { type Certificates, makeCertificates, tlsProxy } from "./tls-proxy.ts";

const server = await sharedSpark();
const openssl = await serverFor("openssl", () => runTool(["openssl", "version"]));

const firstConnect = { firstMs: 1, factor: 1, longestMs: 1, giveUpMs: 5 };

/** The version and a count, or the error. */
async function ask(url: string, options: OpenOptions = {}): Promise<unknown> {
  const spark = openSession(url, { firstConnect, ...options });
  try {
    await spark.version();
    return await spark.range(1000).count();
  } catch (thrown) {
    if (thrown instanceof CairnError) return `${thrown.code}: ${thrown.message}`;
    throw thrown;
  } finally {
    await spark.stop();
  }
}

describe.skipIf(server === undefined || openssl === undefined)("Spark behind TLS", () => {
  const folder = tempDir();
  let certificates: Certificates;
  let others: Certificates;

  beforeAll(async () => {
    certificates = await makeCertificates(`${folder.path}/ours`, "localhost");
    others = await makeCertificates(`${folder.path}/others`, "spark.example");
  });

  afterAll(() => folder[Symbol.dispose]());

  test("is reached with the authority that has signed its certificate, by option or by gRPC's variable", async () => {
    await using proxy = await tlsProxy(server?.port ?? 0, certificates);
    const url = `sc://localhost:${proxy.port}/;use_ssl=true`;
    expect(await ask(url, { ca: certificates.ca })).toBe(1000);
    const env = { GRPC_DEFAULT_SSL_ROOTS_FILE_PATH: `${folder.path}/ours/ca.pem` };
    expect(await ask(url, { env })).toBe(1000);
    expect(proxy.agreed).toBe(2);
  });

  test("is not trusted without it, and the error says what to do", async () => {
    await using proxy = await tlsProxy(server?.port ?? 0, certificates);
    expect(await ask(`sc://localhost:${proxy.port}/;use_ssl=true`)).toContain(
      "SPARK_TLS: Cannot open a session",
    );
  });

  test("is not trusted under another name", async () => {
    await using proxy = await tlsProxy(server?.port ?? 0, others);
    const url = `sc://localhost:${proxy.port}/;use_ssl=true`;
    expect(await ask(url, { ca: others.ca })).toContain("certificate is for another host");
  });

  test("and without: each is told from the other", async () => {
    await using proxy = await tlsProxy(server?.port ?? 0, certificates);
    expect(await ask(`sc://localhost:${proxy.port}`)).toContain("SPARK_UNREACHABLE");
    const url = `sc://localhost:${server?.port}/;use_ssl=true`;
    expect(await ask(url, { ca: certificates.ca })).toContain("speaks no TLS");
  });

  test("gets the token as a bearer token, and its refusal is told", async () => {
    const seen: (string | undefined)[] = [];
    const guard: Http2SecureServer = createSecureServer({ cert: certificates.cert, key: certificates.key });
    guard.on("stream", (stream: ServerHttp2Stream, headers) => {
      seen.push(headers["authorization"]);
      const says = { "grpc-status": "16", "grpc-message": "token%20expired" };
      stream.respond({ ":status": 200, "content-type": "application/grpc", ...says }, { endStream: true });
    });
    await new Promise<void>((resolve) => guard.listen(0, "127.0.0.1", resolve));
    const { port } = guard.address() as AddressInfo;
    const told = await ask(`sc://localhost:${port}/;use_ssl=true;token=abc%20d`, { ca: certificates.ca });
    expect(told).toContain("SPARK_UNAUTHENTICATED");
    expect(told).toContain("token expired");
    expect(told).not.toContain("abc");
    expect(seen).toEqual(["Bearer abc d"]);
    guard.close();
  });
});
