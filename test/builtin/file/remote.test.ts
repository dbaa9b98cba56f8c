import { describe, expect, test } from "bun:test";
import { sha256 } from "../../../src/base/mod.ts";
import { fileCopyComponent } from "../../../src/builtin/file-copy.ts";
import { fileRemoveComponent } from "../../../src/builtin/file-remove.ts";
import { fileWaitComponent } from "../../../src/builtin/file-wait.ts";
import { httpComponent } from "../../../src/builtin/http.ts";
import type { JsonObject } from "../../../src/base/mod.ts";
import { testComponent, type TestRun } from "../../../src/sdk/testing.ts";
import { tempDir } from "../../kit/mod.ts";
import { sparkConfig } from "../../servers/s3/s3-server.ts";
import { BUCKET } from "../../store/s3/s3-bench.ts";
import { versitygwForFile } from "../../store/s3/servers.ts";
import { rawServer } from "../http/raw-server.ts";

const gateway = await versitygwForFile(1);
const ROOT = `s3a://${BUCKET}/components`;

type Component = Parameters<typeof testComponent>[0];

describe.skipIf(gateway === undefined)("S3 on versitygw", () => {
  const spark = { config: sparkConfig(gateway?.gateways[0]?.endpoint ?? "") };
  const run = (component: unknown, folder: string, config: JsonObject): Promise<TestRun> =>
    testComponent(component as Component, { config, run: { configFolder: folder }, spark });

  test("files are copied there, waited for, copied back and removed", async () => {
    using dir = tempDir();
    for (const name of ["in/a.csv", "in/b/c.csv"]) dir.write(name, name);
    const there = await run(fileCopyComponent, dir.path, { from: "in", to: `${ROOT}/one`, verify: "hash" });
    expect([there.error, there.outputs]).toEqual([undefined, expect.objectContaining({ files: 2 })]);
    const waited = await run(fileWaitComponent, dir.path, { path: `${ROOT}/one/**/*.csv`, minCount: 2 });
    expect(waited.outputs).toMatchObject({
      count: 2,
      files: [`${ROOT}/one/a.csv`, `${ROOT}/one/b/c.csv`],
    });
    const back = await run(fileCopyComponent, dir.path, { from: `${ROOT}/one`, to: "out" });
    expect([back.error, dir.read("out/b/c.csv")]).toEqual([undefined, "in/b/c.csv"]);
    const removed = await run(fileRemoveComponent, dir.path, { path: `${ROOT}/one`, recursive: true });
    expect([removed.error, removed.outputs]).toEqual([undefined, { removed: 1 }]);
    const gone = await run(fileWaitComponent, dir.path, { path: `${ROOT}/one`, until: "absent" });
    expect(gone.outputs).toMatchObject({ count: 0 });
    const whole = await run(fileRemoveComponent, dir.path, { path: `s3a://${BUCKET}/`, recursive: true });
    expect((whole.error as { code?: string }).code).toBe("FILE_REMOVE_DANGEROUS");
  });

  test("a download goes there as a whole, over a broken connection, or not at all", async () => {
    using dir = tempDir();
    const data = Buffer.from("0123456789".repeat(1000));
    await using server = await rawServer(({ headers }, number) => {
      const from = Number(/^bytes=(\d+)-$/u.exec(headers["range"] ?? "")?.[1] ?? 0);
      const range = from > 0 ? `\nContent-Range: bytes ${from}-${data.length - 1}/${data.length}` : "";
      const head = `${from > 0 ? "206 Partial" : "200 OK"}\nETag: "1"\nContent-Length: ${data.length - from}${range}`;
      return number % 2 === 0
        ? { head, body: data.subarray(from, from + 4000), end: "stall" }
        : { head, body: data.subarray(from) };
    });
    const config = {
      url: server.url,
      target: `${ROOT}/two/data.bin`,
      idleTimeout: "200ms",
      retryDelay: "1ms",
    };
    const wrong = await run(httpComponent, dir.path, { ...config, checksum: `sha256:${sha256("other")}` });
    expect((wrong.error as { code?: string }).code).toBe("HTTP_CHECKSUM");
    const right = await run(httpComponent, dir.path, { ...config, checksum: `sha256:${sha256(data)}` });
    expect([right.error, right.outputs]).toEqual([undefined, expect.objectContaining({ size: 10_000 })]);
    expect(server.seen.map(({ headers }) => headers["range"] !== undefined)).toEqual([
      false,
      true,
      false,
      true,
    ]);
    await run(fileCopyComponent, dir.path, { from: `${ROOT}/two/data.bin`, to: "back" });
    expect(data.equals(await Bun.file(dir.join("back")).bytes())).toBe(true);
  }, 60_000);
});
