import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { faultProxy } from "../../servers/mod.ts";
import { caught } from "../failure.ts";
import { newPrefix, openS3, type OpenS3Options } from "./s3-bench.ts";
import { motoForFile } from "./servers.ts";

// moto doesn't check signatures, so that a condition can be taken out on the way.
const moto = await motoForFile();
const proxy = await faultProxy(moto?.port ?? 0);
afterAll(() => proxy[Symbol.asyncDispose]());
beforeEach(() => {
  proxy.arm();
  proxy.dropped = [];
});

const record = '{"seq":1,"a":1}';

async function firstAppend(options: OpenS3Options = {}, prefix: string = newPrefix()): Promise<unknown> {
  const store = await openS3(proxy.endpoint, prefix, options);
  try {
    return await store.append("p/run", 1, record);
  } finally {
    await store.close();
  }
}

function error(code: string): string {
  return `<Error><Code>${code}</Code><Message>A header you provided implies functionality that is not implemented</Message></Error>`;
}

const conditional = ({ headers }: { readonly headers: Readonly<Record<string, unknown>> }): boolean =>
  headers["if-none-match"] !== undefined;

describe.skipIf(moto === undefined)("a server without conditional writes", () => {
  test("that ignores the condition is found out before the first record, which is not written", async () => {
    proxy.dropped = ["if-none-match"];
    const prefix = newPrefix();
    const thrown = await caught(() => firstAppend({}, prefix));
    expect(thrown).toMatchObject({ code: "STORE_BROKEN_PROMISE", kind: "world" });
    expect(thrown.message).toContain("ignores the condition");
    expect(thrown.hint).toContain("pipeline.checkpoint.single-writer = true");
    const reader = await openS3(proxy.endpoint, prefix);
    expect(await reader.logs("")).toEqual([]);
    await reader.close();
  });

  test("that refuses the condition is found out, too, whichever way it says so", async () => {
    for (const [status, code] of [
      [501, "NotImplemented"],
      [400, "InvalidArgument"],
    ] as const) {
      proxy.arm({ kind: "status", status, body: error(code), at: 1, times: 9, matches: conditional });
      const thrown = await caught(() => firstAppend());
      expect(thrown).toMatchObject({ code: "STORE_UNSUPPORTED" });
      expect(thrown.message).toContain("refuses conditional writes");
    }
  });

  test("may be used by a single writer, who is still told what stands at a number", async () => {
    const ways: (() => OpenS3Options)[] = [
      () => {
        proxy.dropped = ["if-none-match"];
        return {};
      },
      () => {
        const body = error("NotImplemented");
        proxy.arm({ kind: "status", status: 501, body, at: 1, times: 9, matches: conditional });
        return {};
      },
      () => ({ settings: { "spark.hadoop.fs.s3a.create.conditional.enabled": "false" } }),
    ];
    for (const way of ways) {
      const prefix = newPrefix();
      const options = { ...way(), singleWriter: true };
      expect(await firstAppend(options, prefix)).toEqual({ taken: false });
      expect(await firstAppend(options, prefix)).toEqual({ taken: true, present: record });
      proxy.arm();
      proxy.dropped = [];
    }
  });

  test("is believed where the user says so, and asked nothing", async () => {
    const settings = { "spark.hadoop.fs.s3a.create.conditional.enabled": "false" };
    expect(await caught(() => firstAppend({ settings }))).toMatchObject({ code: "STORE_UNSUPPORTED" });
    expect(proxy.exchanges).toEqual([]);
  });
});

describe.skipIf(moto === undefined)("a server with conditional writes", () => {
  test("is asked for two requests at a new location, one by each later handle, none by a reader", async () => {
    const prefix = newPrefix();
    const requests = (): string[] =>
      proxy.exchanges.map(({ method, path }) => `${method} ${path.includes("~store")}`);
    await firstAppend({}, prefix);
    expect(requests()).toEqual(["PUT true", "PUT true", "PUT false"]);
    proxy.arm();
    await firstAppend({}, prefix);
    expect(requests()).toEqual(["PUT true", "PUT false", "GET false"]);
    proxy.arm();
    const reader = await openS3(proxy.endpoint, prefix);
    await reader.read("p/run");
    await reader.close();
    expect(requests().filter((request) => request.includes("true"))).toEqual([]);
  });

  test("keeps them for a single writer as well", async () => {
    const prefix = newPrefix();
    await firstAppend({ singleWriter: true }, prefix);
    expect(proxy.exchanges.every(conditional)).toBe(true);
  });
});
