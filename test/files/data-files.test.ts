import { afterAll, describe, expect, test } from "bun:test";
import { readlinkSync, symlinkSync } from "node:fs";
import { openDataFiles } from "../../src/files/mod.ts";
import { tempDir } from "../kit/mod.ts";
import { sparkConfig } from "../servers/s3/s3-server.ts";
import { BUCKET } from "../store/s3/s3-bench.ts";
import { versitygwForFile } from "../store/s3/servers.ts";
import { codeOf, filesLaws, readAll } from "./laws.ts";
import { stagingLaws } from "./staging-laws.ts";

/** A busy machine has a server beside the test. */
const LAW_MS = 60_000;
const dir = tempDir("cairn-files-");
afterAll(() => dir[Symbol.dispose]());
const local = openDataFiles({ folder: dir.path, env: {} });
let folders = 0;

filesLaws("local", () => ({ files: local, folder: dir.join(`f${folders++}`) }), LAW_MS);

stagingLaws("local", () => ({ files: local, folder: dir.join(`f${folders++}`) }), LAW_MS);

test("relative paths count from the folder, file: URIs are paths, and other spellings are refused", async () => {
  await local.write("here/x", "x");
  expect((await readAll(local, `file://${dir.join("here/x")}`)).toString()).toBe("x");
  expect(local.resolve("here/x")).toBe(dir.join("here/x"));
  expect(() => local.resolve("s3b://lake/x")).toThrow('no file system has the scheme "s3b"');
  for (const wrong of [
    "",
    "~/x",
    "s3a:///x",
    "s3a://lake/a//b",
    "s3a://lake/../x",
    "s3a://me:secret@lake/x",
  ]) {
    expect(() => local.resolve(wrong)).toThrow(/^Cannot use (?!.*secret)/);
  }
  expect(await codeOf(local.move("here/x", "s3a://lake/x"))).toBe("FILE_URI_INVALID");
});

test("a device keeps its name: what would take its place is refused", async () => {
  const device = dir.join("device");
  symlinkSync("/dev/null", device);
  await local.write("whole", "x");
  expect(await codeOf(local.write(device, "x"))).toBe("FILE_SPECIAL");
  expect(await codeOf(local.copy(dir.join("whole"), device))).toBe("FILE_SPECIAL");
  expect(await codeOf(local.move(dir.join("whole"), device))).toBe("FILE_SPECIAL");
  expect(readlinkSync(device)).toBe("/dev/null");
  expect(dir.read("whole")).toBe("x");
});

const gateway = await versitygwForFile(1);

describe.skipIf(gateway === undefined)("S3 on versitygw", () => {
  const endpoint = gateway?.gateways[0]?.endpoint ?? "";
  const options = { folder: dir.path, env: {}, hadoop: sparkConfig(endpoint), timeoutMs: 20_000 };
  const s3 = openDataFiles(options);
  afterAll(() => s3.close());
  filesLaws("s3a", () => ({ files: s3, folder: `s3a://${BUCKET}/f${folders++}` }), LAW_MS);

  stagingLaws("s3a", () => ({ files: s3, folder: `s3a://${BUCKET}/f${folders++}` }), LAW_MS);

  test("a file is copied from one file system to another", async () => {
    await local.write("from", "content");
    const written = await s3.copy(dir.join("from"), `s3a://${BUCKET}/copied`);
    expect(written.size).toBe(7);
    await s3.copy(`s3a://${BUCKET}/copied`, dir.join("back"));
    expect(dir.read("back")).toBe("content");
  });

  test("a missing bucket, and a server that is away, are said", async () => {
    expect(await codeOf(s3.write("s3a://no-such-bucket/x", "x"))).toBe("FILE_BAD_LOCATION");
    const hadoop = sparkConfig("http://127.0.0.1:9");
    const away = openDataFiles({ ...options, hadoop, timeoutMs: 500 });
    expect(await codeOf(away.stat("s3a://lake/x"))).toBe("FILE_TIMEOUT");
    await away.close();
  });
});
