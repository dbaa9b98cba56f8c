import { expect, test } from "bun:test";
import type { JsonObject } from "../../../src/base/mod.ts";
import { httpComponent } from "../../../src/builtin/http.ts";
import { testComponent, type TestRun } from "../../../src/sdk/testing.ts";
import { tempDir } from "../../kit/mod.ts";
import { makeCertificates } from "../../spark/tls-proxy.ts";
import { rawServer } from "./raw-server.ts";

function http(config: JsonObject, folder?: string): Promise<TestRun> {
  return testComponent(httpComponent, {
    config: { retryDelay: "1ms", maxRetryDelay: "2ms", ...config },
    run: { configFolder: folder },
  });
}

function failure({ steering, error }: TestRun): unknown[] {
  return [steering, (error as { readonly code?: string }).code];
}

test("a server with a certificate of an authority of its own is trusted where tls.ca names it, and refused for good elsewhere", async () => {
  using dir = tempDir();
  const { cert, key } = await makeCertificates(dir.join("tls"), "localhost");
  using server = Bun.serve({ port: 0, tls: { cert, key }, fetch: () => new Response("hidden") });
  const url = `https://localhost:${server.port}/`;
  const trusted = await http({ url, response: "text", tls: { ca: "tls/ca.pem" } }, dir.path);
  expect([trusted.error, trusted.outputs]).toEqual([undefined, expect.objectContaining({ body: "hidden" })]);
  expect(failure(await http({ url }))).toEqual(["permanent", "HTTP_TLS"]);
  const missing = await http({ url, tls: { ca: "no-such.pem" } }, dir.path);
  expect(failure(missing)).toEqual(["permanent", "HTTP_FILE_UNREADABLE"]);
});

test("a proxy is used where one is named", async () => {
  await using proxy = await rawServer(({ path }) => ({
    head: "200 OK\nContent-Type: text/plain",
    body: `by proxy: ${path}`,
  }));
  const run = await http({ url: "http://orders.invalid/today", proxy: proxy.url });
  expect(run.outputs).toMatchObject({ body: expect.stringContaining("orders.invalid/today") });
});

test("names and servers that are not there are tried again, then left to the retry policy", async () => {
  const run = await http({ url: "http://no-such-host.invalid/", retries: 2 });
  expect(failure(run)).toEqual(["transient", "HTTP_UNREACHABLE"]);
  expect(run.error).toMatchObject({
    hint: expect.stringContaining("No address is known for no-such-host.invalid"),
  });
  expect(run.logs).toHaveLength(2);
});
