import { describe, expect, test } from "bun:test";
import type { JsonObject } from "../../../src/base/mod.ts";
import { httpComponent } from "../../../src/builtin/http.ts";
import { testComponent, type TestRun } from "../../../src/sdk/testing.ts";
import { tempDir } from "../../kit/mod.ts";
import { type RawAnswer, rawServer, type SeenRequest } from "./raw-server.ts";

const QUICK = { retryDelay: "1ms", maxRetryDelay: "2ms" };

function http(config: JsonObject, folder?: string): Promise<TestRun> {
  return testComponent(httpComponent, {
    config: { ...QUICK, ...config },
    run: { configFolder: folder, rootRunId: "root-1" },
  });
}

function failure(run: TestRun): unknown[] {
  const error = run.error as Error & { readonly code: string };
  return [run.steering, error.code, error.message];
}

const OK: RawAnswer = { head: "200 OK\nContent-Type: application/json", body: '{"rows":3}' };

describe("a request", () => {
  test("sends what is configured, and gives status, headers and JSON as outputs", async () => {
    await using server = await rawServer(() => OK);
    const run = await http({
      url: `${server.url}/api?a=1`,
      method: "PUT",
      headers: { "X-Odd_Name": "as written" },
      query: { day: "2026-11-24", tag: ["x", "y z"] },
      auth: { user: "bob", password: "pw:1" },
      body: { json: { deep: [1, { KeepCase: true }] } },
    });
    expect(run.error).toBeUndefined();
    expect(run.outputs).toEqual({
      status: 200,
      url: `${server.url}/api?…`,
      headers: { "content-type": "application/json", "content-length": "10" },
      body: { rows: 3 },
    });
    const [seen] = server.seen;
    expect(seen).toMatchObject({
      method: "PUT",
      path: "/api?a=1&day=2026-11-24&tag=x&tag=y+z",
      body: '{"deep":[1,{"KeepCase":true}]}',
    });
    expect(seen?.headers).toMatchObject({
      "x-odd_name": "as written",
      authorization: `Basic ${btoa("bob:pw:1")}`,
      "content-type": "application/json",
    });
  });

  test("sends a file, and keeps text of the answer", async () => {
    using dir = tempDir();
    dir.write("body.csv", "a,b\n1,2\n");
    await using server = await rawServer(({ body }) => ({
      head: "201 Created\nContent-Type: text/plain",
      body: `got ${body.length}`,
    }));
    const config = { url: server.url, method: "PUT", body: { file: "body.csv", type: "text/csv" } };
    expect((await http(config, dir.path)).outputs).toMatchObject({ status: 201, body: "got 8" });
    expect(server.seen[0]?.headers["content-type"]).toBe("text/csv");
  });

  test("fails for good with a status that nobody expects, and says what the server said", async () => {
    await using server = await rawServer(() => ({ head: "404 Not Found", body: "no such  table" }));
    const failed = await http({ url: `${server.url}/t?token=geheim` });
    expect(failure(failed)).toEqual([
      "permanent",
      "HTTP_STATUS",
      `Cannot GET ${server.url}/t?…: the server answered 404: no such table`,
    ]);
    const expected = await http({ url: server.url, expectedStatus: ["2xx", "404"], response: "none" });
    expect(expected.outputs).toMatchObject({ status: 404 });
    expect(server.seen).toHaveLength(2);
  });

  test("refuses an answer that is larger than outputs may be, and one that is no JSON", async () => {
    await using server = await rawServer(({ path }) => ({
      head: "200 OK\nContent-Type: application/json",
      body: path === "/large" ? `"${"x".repeat(300_000)}"` : "{",
    }));
    expect(failure(await http({ url: `${server.url}/large` })).slice(0, 2)).toEqual([
      "permanent",
      "HTTP_ANSWER_TOO_LARGE",
    ]);
    expect(failure(await http({ url: server.url })).slice(0, 2)).toEqual([
      "permanent",
      "HTTP_ANSWER_INVALID",
    ]);
  });
});

describe("tries", () => {
  const failing =
    (...heads: readonly string[]) =>
    (_request: SeenRequest, number: number): RawAnswer =>
      heads[number] === undefined ? OK : { head: heads[number], end: heads[number] === "" ? "cut" : "close" };

  test("are repeated for what may pass, as often as allowed", async () => {
    await using server = await rawServer(failing("503 Busy", "", "429 Slow", "500 Oops"));
    const run = await http({ url: server.url });
    expect(run.outputs).toMatchObject({ status: 200 });
    expect(server.seen).toHaveLength(5);
    expect(run.logs.map(({ message }) => message)).toEqual(
      [1, 2, 3, 4].map((number) => expect.stringContaining(`try ${number} failed: `)),
    );
    await using other = await rawServer(failing("503 Busy", "503 Busy"));
    expect(failure(await http({ url: other.url, retries: 1 })).slice(0, 2)).toEqual([
      "transient",
      "HTTP_STATUS",
    ]);
  });

  test("come when the server says, in seconds or as a date, and not where that is too far off", async () => {
    await using server = await rawServer(
      failing("503 Busy\nRetry-After: 0", `429 Slow\nRetry-After: ${new Date(0).toUTCString()}`),
    );
    expect((await http({ url: server.url, retryDelay: "1h", maxRetryDelay: "1h" })).status).toBe("completed");
    await using far = await rawServer(failing("503 Busy\nRetry-After: 3600"));
    const failed = failure(await http({ url: far.url }));
    expect(failed.slice(0, 2)).toEqual(["transient", "HTTP_RETRY_AFTER"]);
    expect(failed[2]).toContain("asks to wait for 1 h");
    expect(far.seen).toHaveLength(1);
  });

  test("of a request that must not be sent twice are none", async () => {
    await using server = await rawServer(failing("500 Oops"));
    const run = await http({ url: server.url, method: "POST" });
    expect(failure(run).slice(0, 2)).toEqual(["permanent", "HTTP_STATUS"]);
    expect(server.seen).toHaveLength(1);
  });

  test("carry one and the same Idempotency-Key over attempts and resumes, another for each component", async () => {
    await using server = await rawServer(failing("", "503 Busy"));
    const config = { ...QUICK, url: server.url, method: "POST", idempotencyKey: true };
    const first = { config, run: { rootRunId: "root-1", componentName: "A" } };
    expect((await testComponent(httpComponent, first)).status).toBe("completed");
    const later = { config, run: { rootRunId: "root-1", runId: "run-2", attempt: 3, componentName: "A" } };
    await testComponent(httpComponent, later);
    await testComponent(httpComponent, { config, run: { rootRunId: "root-1", componentName: "B" } });
    const keys = server.seen.map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(5);
    expect(new Set(keys.slice(0, 4)).size).toBe(1);
    expect(keys[4]).not.toBe(keys[0]);
  });

  test("end when the component is told to stop", async () => {
    await using server = await rawServer(() => ({
      head: "200 OK\nContent-Length: 10",
      body: "x",
      end: "stall",
    }));
    const stop = new AbortController();
    const running = testComponent(httpComponent, {
      config: { url: server.url, response: "text" },
      signal: stop.signal,
    });
    while (server.seen.length === 0) await Bun.sleep(5);
    stop.abort(new Error("told to stop"));
    expect((await running).error).toEqual(new Error("told to stop"));
  });
});

describe("a request that must not be sent twice", () => {
  const POST = { method: "POST", body: { text: "one order" } };

  test("is not sent again where nobody knows what became of it, until somebody declares it", async () => {
    await using server = await rawServer((_request, number) =>
      number === 0 ? { head: "", end: "cut" } : OK,
    );
    const first = await http({ url: server.url, ...POST });
    expect(failure(first).slice(0, 2)).toEqual(["permanent", "HTTP_OUTCOME_UNKNOWN"]);
    const second = await first.resume();
    expect(failure(second).slice(0, 2)).toEqual(["permanent", "OUTCOME_UNKNOWN"]);
    expect(server.seen).toHaveLength(1);
    const declared = await http({ url: server.url, ...POST });
    expect(declared.outputs).toMatchObject({ body: { rows: 3 } });
    const done = await declared.resume();
    expect(done.outputs).toEqual(declared.outputs);
    expect(server.seen).toHaveLength(2);
  });

  test("gives the recorded answer, or is sent anew after a refusal", async () => {
    await using server = await rawServer((_request, number) => (number === 0 ? { head: "422 No" } : OK));
    const first = await http({ url: server.url, ...POST });
    expect(failure(first).slice(0, 2)).toEqual(["permanent", "HTTP_STATUS"]);
    const second = await first.resume();
    expect(second.outputs).toMatchObject({ body: { rows: 3 } });
    const third = await second.resume();
    expect(third.outputs).toEqual(second.outputs);
    expect(server.seen).toHaveLength(2);
  });

  test("is not known to be done where its process died in between", async () => {
    await using server = await rawServer(() => OK);
    const died = await testComponent(httpComponent, {
      config: { ...QUICK, ...POST, url: server.url },
      crash: { intent: "request" },
    });
    expect(died.status).toBe("crashed");
    expect(failure(await died.resume())[1]).toBe("OUTCOME_UNKNOWN");
    expect(server.seen).toHaveLength(1);
  });

  test("is sent again at once where it never left", async () => {
    const server = await rawServer(() => OK);
    await server[Symbol.asyncDispose]();
    const failed = await http({ url: server.url, ...POST, retries: 1 });
    expect(failure(failed).slice(0, 2)).toEqual(["transient", "HTTP_UNREACHABLE"]);
    expect(failed.error).toMatchObject({ hint: expect.stringContaining("Look whether the server runs") });
    expect(failed.logs).toHaveLength(1);
  });
});

describe("limits", () => {
  test("of the answer's head, of silence in its body and of the whole are kept", async () => {
    await using server = await rawServer(({ path }) =>
      path === "/silent"
        ? { head: "200 OK\nContent-Length: 10", body: "x", end: "stall" }
        : { head: "103 Early Hints\n", end: "stall" },
    );
    const none = { retries: 0, response: "text" };
    const codes = [
      await http({ ...none, url: `${server.url}/none`, responseTimeout: "100ms" }),
      await http({ ...none, url: `${server.url}/silent`, idleTimeout: "100ms" }),
      await http({ ...none, url: `${server.url}/silent`, timeout: "100ms" }),
    ].map(failure);
    expect(codes).toEqual([
      ["transient", "HTTP_TIMEOUT", expect.stringContaining("no answer came within 100 ms")],
      ["transient", "HTTP_TIMEOUT", expect.stringContaining("no more of the answer came within 100 ms")],
      ["transient", "HTTP_TIMEOUT", expect.stringContaining("longer than its timeout of 100 ms")],
    ]);
  });
});

describe("redirects", () => {
  test("are followed, without secrets to another host, and not for ever", async () => {
    await using other = await rawServer(() => OK);
    await using server = await rawServer(({ path }) =>
      path === "/loop"
        ? { head: "302 Found\nLocation: /loop" }
        : { head: `307 There\nLocation: ${other.url}/x` },
    );
    const headers = { "X-Api-Key": "geheim", Accept: "application/json" };
    const run = await http({ url: server.url, headers, auth: { bearer: "geheim" } });
    expect(run.outputs).toMatchObject({ url: `${other.url}/x`, body: { rows: 3 } });
    expect(server.seen[0]?.headers["x-api-key"]).toBe("geheim");
    expect(JSON.stringify(other.seen)).not.toContain("geheim");
    expect(other.seen[0]?.headers["accept"]).toBe("application/json");
    expect(failure(await http({ url: `${server.url}/loop` }))[1]).toBe("HTTP_REDIRECT");
  });
});
