import { expect, test } from "bun:test";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../../src/base/mod.ts";
import { sha256 } from "../../../src/base/mod.ts";
import { httpComponent } from "../../../src/builtin/http.ts";
import { testComponent, type TestRun } from "../../../src/sdk/testing.ts";
import { seeded, tempDir } from "../../kit/mod.ts";
import { type RawAnswer, rawServer, type SeenRequest } from "./raw-server.ts";

const DATA = Buffer.from(Array.from({ length: 200_000 }, (_, at) => (at * 7919) % 251));
const CHECKSUM = `sha256:${sha256(DATA)}`;

function download(folder: string, config: JsonObject): Promise<TestRun> {
  return testComponent(httpComponent, {
    config: { retryDelay: "1ms", maxRetryDelay: "2ms", target: "data.bin", ...config },
    run: { configFolder: folder },
  });
}

/** Bytes that have come of a download into a folder. */
function arrived(folder: string): number {
  const part = readdirSync(folder).find((name) => name.endsWith(".part"));
  return part === undefined ? 0 : statSync(join(folder, part)).size;
}

interface FileServerOptions {
  /** Where the download goes: what was sent has arrived there before a connection breaks. */
  readonly folder?: string;
  /** Bytes after which the connection of this request breaks; undefined: none. */
  readonly cutAfter?: (number: number) => number | undefined;
  readonly data?: (number: number) => Buffer;
  readonly etag?: (number: number) => string;
  /** Answers ranges with the whole. */
  readonly ignoresRanges?: boolean;
}

/** Answers as a file server does that knows ranges and If-Range. */
function fileServer(options: FileServerOptions = {}): (request: SeenRequest, number: number) => RawAnswer {
  return ({ headers }, number) => {
    const data = options.data?.(number) ?? DATA;
    const etag = options.etag?.(number) ?? '"v1"';
    const from = Number(/^bytes=(\d+)-$/u.exec(headers["range"] ?? "")?.[1] ?? 0);
    const same = headers["if-range"] === undefined || headers["if-range"] === etag;
    const start = options.ignoresRanges === true || !same ? 0 : from;
    if (start > 0 && start >= data.length) {
      return { head: `416 No\nContent-Range: bytes */${data.length}\nETag: ${etag}` };
    }
    const range = start > 0 ? `\nContent-Range: bytes ${start}-${data.length - 1}/${data.length}` : "";
    const cut = options.cutAfter?.(number);
    const hasArrived = (bytes: number): boolean =>
      options.folder === undefined || arrived(options.folder) >= Math.min(bytes, data.length);
    const head = `${start > 0 ? "206 Partial" : "200 OK"}\nETag: ${etag}\nContent-Length: ${data.length - start}${range}`;
    return cut === undefined
      ? { head, body: data.subarray(start) }
      : { head, body: data.subarray(start, start + cut), end: "cut", until: () => hasArrived(start + cut) };
  };
}

function ranges(seen: readonly SeenRequest[]): (string | undefined)[] {
  return seen.map(({ headers }) => headers["range"]);
}

test("a file is published as a whole, with its checksum, and declared as an artifact", async () => {
  using dir = tempDir();
  await using server = await rawServer(fileServer());
  const run = await download(dir.path, { url: `${server.url}/x`, checksum: CHECKSUM, size: DATA.length });
  expect(run.error).toBeUndefined();
  expect(run.outputs).toMatchObject({
    status: 200,
    path: dir.join("data.bin"),
    size: DATA.length,
    checksum: CHECKSUM,
    unchanged: false,
  });
  expect(DATA.equals(await Bun.file(dir.join("data.bin")).bytes())).toBe(true);
  expect(run.artifacts.map(({ path }) => path)).toEqual([dir.join("data.bin")]);
  expect(readdirSync(dir.path)).toEqual(["data.bin"]);
  expect(server.seen[0]?.headers["accept-encoding"]).toBe("identity");
  const again = await download(dir.path, { url: `${server.url}/x`, checksum: CHECKSUM });
  expect(again.outputs).toMatchObject({ unchanged: true });
  expect(server.seen).toHaveLength(1);
});

test("a download whose connection breaks goes on where it broke, however often, as long as bytes come", async () => {
  using dir = tempDir();
  const random = seeded("download cuts");
  const cuts = Array.from({ length: 12 }, () => 1 + random.int(15_000));
  await using server = await rawServer(fileServer({ folder: dir.path, cutAfter: (number) => cuts[number] }));
  const run = await download(dir.path, { url: server.url, checksum: CHECKSUM, retries: 2 });
  expect(run.error).toBeUndefined();
  expect(DATA.equals(await Bun.file(dir.join("data.bin")).bytes())).toBe(true);
  expect(
    ranges(server.seen)
      .slice(1)
      .every((range) => range !== undefined),
  ).toBe(true);
  expect(server.seen.length).toBeGreaterThan(5);
});

test("the next attempt goes on with what the last one left", async () => {
  using dir = tempDir();
  await using server = await rawServer(
    fileServer({
      folder: dir.path,
      cutAfter: (number) => (number === 0 ? 120_000 : number < 3 ? 0 : undefined),
    }),
  );
  const first = await download(dir.path, { url: server.url, retries: 0 });
  expect(first.steering).toBe("transient");
  expect(readdirSync(dir.path).every((name) => name.startsWith(".data.bin."))).toBe(true);
  const second = await first.resume();
  const last = second.status === "completed" ? second : await second.resume();
  expect(last.error).toBeUndefined();
  expect(DATA.equals(await Bun.file(dir.join("data.bin")).bytes())).toBe(true);
  expect(ranges(server.seen).at(-1)).toBe("bytes=120000-");
  expect(readdirSync(dir.path)).toEqual(["data.bin"]);
});

test("a file that changed meanwhile comes anew, from its beginning", async () => {
  using dir = tempDir();
  const changed = Buffer.from(DATA.toReversed());
  await using server = await rawServer(
    fileServer({
      folder: dir.path,
      cutAfter: (number) => (number === 0 ? 50_000 : undefined),
      etag: (number) => (number === 0 ? '"v1"' : '"v2"'),
      data: (number) => (number === 0 ? DATA : changed),
    }),
  );
  const run = await download(dir.path, { url: server.url });
  expect(run.error).toBeUndefined();
  expect(changed.equals(await Bun.file(dir.join("data.bin")).bytes())).toBe(true);
});

test("a server that knows no ranges, or no way to tell versions apart, gives the whole again", async () => {
  for (const options of [{ ignoresRanges: true }, { etag: () => 'W/"weak"' }]) {
    using dir = tempDir();
    const cutAfter = (number: number): number | undefined => (number < 2 ? 50_000 : undefined);
    await using server = await rawServer(fileServer({ folder: dir.path, cutAfter, ...options }));
    const run = await download(dir.path, { url: server.url });
    expect(run.error).toBeUndefined();
    expect(DATA.equals(await Bun.file(dir.join("data.bin")).bytes())).toBe(true);
  }
});

test("what has the wrong checksum or size is never published; parts that don't fit are fetched anew once", async () => {
  using dir = tempDir();
  dir.write("data.bin", "what was there before");
  await using server = await rawServer(fileServer());
  const wrong = [
    await download(dir.path, { url: server.url, checksum: `sha256:${sha256("other")}` }),
    await download(dir.path, { url: server.url, size: 5 }),
  ];
  for (const run of wrong) {
    expect([run.steering, (run.error as { code?: string }).code]).toEqual(["permanent", "HTTP_CHECKSUM"]);
  }
  expect(dir.read("data.bin")).toBe("what was there before");
  const lying = fileServer({
    folder: dir.path,
    cutAfter: (number) => (number === 0 ? 50_000 : undefined),
    data: (number) => (number === 0 ? Buffer.alloc(DATA.length) : DATA),
  });
  await using other = await rawServer(lying);
  const mended = await download(dir.path, { url: other.url, checksum: CHECKSUM });
  expect(mended.error).toBeUndefined();
  expect(ranges(other.seen)).toEqual([undefined, "bytes=50000-", undefined]);
});

test("an answer without a length may end anywhere: its checksum tells", async () => {
  using dir = tempDir();
  await using server = await rawServer((_request, number) => ({
    head: "200 OK\nTransfer-Encoding: chunked",
    body: number === 0 ? "5\r\nhello\r\n" : "5\r\nhello\r\n0\r\n\r\n",
    end: number === 0 ? "cut" : "close",
  }));
  const run = await download(dir.path, { url: server.url, checksum: `sha256:${sha256("hello")}` });
  expect(run.error).toBeUndefined();
  expect(dir.read("data.bin")).toBe("hello");
});
