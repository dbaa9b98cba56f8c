import { describe, expect, test } from "bun:test";
import fs from "node:fs";
import {
  defaultLocation,
  fileSystemClass,
  localWarning,
  openStore,
  parseLocation,
  storeRegistry,
  systemFileSystem,
  type OpenStore,
} from "../../src/store/mod.ts";
import { tempDir } from "../kit/mod.ts";
import { caught, failure } from "./failure.ts";

const schemes = ["file", "s3a", "s3", "hdfs", "webhdfs"];

function parse(text: string): { scheme: string; target: string } {
  return parseLocation(text, "/conf", schemes);
}

describe("a checkpoint location", () => {
  const folders: Record<string, string> = {
    "/data/checkpoints": "/data/checkpoints",
    "/data/../data/x/": "/data/x",
    checkpoints: "/conf/checkpoints",
    "./a:b": "/conf/a:b",
    "../up": "/up",
    ".": "/conf",
    "/with space/ü": "/with space/ü",
    "/with%20percent": "/with%20percent",
    "file:///data/x": "/data/x",
    "file:/data/x": "/data/x",
    "FILE:///data/x": "/data/x",
    "file:///with%20space/%C3%BC": "/with space/ü",
  };
  for (const [text, target] of Object.entries(folders)) {
    test(`${text} is the folder ${target}`, () => {
      expect(parse(text)).toEqual({ scheme: "file", target });
    });
  }

  test("a URI of a known scheme is handed over as it is", () => {
    expect(parse("s3a://lake/check points")).toEqual({ scheme: "s3a", target: "s3a://lake/check points" });
    expect(parse("hdfs:///checkpoints")).toEqual({ scheme: "hdfs", target: "hdfs:///checkpoints" });
  });

  for (const text of [
    "",
    "~",
    "~/x",
    "~user/x",
    "file://host/x",
    "file://localhost/x",
    "file:x",
    "file:",
    "/a\0b",
    "file:///a%00b",
    "file:///a%zz",
  ]) {
    test(`${JSON.stringify(text)} is refused`, async () => {
      const error = await caught(() => parse(text));
      expect(error).toMatchObject({ code: "STORE_BAD_LOCATION", kind: "config" });
      expect(error.hint).toBeTruthy();
    });
  }

  test("an unknown scheme names the nearest known one, and makes no folder", async () => {
    using dir = tempDir();
    const error = await caught(() => parseLocation("s3n://lake/x", dir.path, schemes));
    expect(error).toMatchObject({ code: "STORE_UNKNOWN_SCHEME", kind: "config" });
    expect(error.message).toContain('"s3n"');
    expect(error.hint).toContain('Did you mean "s3a"?');
    expect((await caught(() => openStore(storeRegistry(), "htfs:///x", dir.path))).message).toMatch('"htfs"');
    expect(fs.readdirSync(dir.path)).toEqual([]);
  });
});

describe("the registry of stores", () => {
  test("opens a relative folder against the folder given", async () => {
    using dir = tempDir();
    const store = await openStore(storeRegistry(), "checkpoints", dir.path);
    expect(store.location).toBe(dir.join("checkpoints"));
  });

  test("is a value that can be cloned and added to", async () => {
    const mine: OpenStore = (location) => Promise.reject(new Error(`opened ${location.target}`));
    const registry = new Map([...storeRegistry(), ["mine", mine]]);
    expect(await failure(() => openStore(registry, "mine://x", "/"))).toEqual(new Error("opened mine://x"));
    expect(storeRegistry().has("mine")).toBe(false);
  });
});

describe("the default location", () => {
  const place = (tempFolder: string, uid: number) => ({ tempFolder, uid, fs: systemFileSystem });
  const uid = process.getuid?.() ?? 0;

  test("is the user's own folder in temp, which need not be there", () => {
    using dir = tempDir();
    expect(defaultLocation(place(dir.path, uid))).toBe(dir.join(`cairn-checkpoints-${uid}`));
    expect(fs.readdirSync(dir.path)).toEqual([]);
    fs.mkdirSync(dir.join(`cairn-checkpoints-${uid}`), { mode: 0o700 });
    expect(defaultLocation(place(dir.path, uid))).toBe(dir.join(`cairn-checkpoints-${uid}`));
  });

  test("is refused where it is a link, open to others, another user's or no folder", async () => {
    using dir = tempDir();
    fs.mkdirSync(dir.join("elsewhere"), { mode: 0o700 });
    fs.symlinkSync(dir.join("elsewhere"), dir.join("cairn-checkpoints-1"));
    fs.mkdirSync(dir.join("cairn-checkpoints-2"));
    fs.chmodSync(dir.join("cairn-checkpoints-2"), 0o755);
    fs.mkdirSync(dir.join("cairn-checkpoints-3"), { mode: 0o700 });
    dir.write("cairn-checkpoints-4", "");
    for (const [id, why] of [
      [1, "it is a link"],
      [2, "it belongs to the user"],
      [3, "it belongs to the user"],
      [4, "it is not a folder"],
    ] as const) {
      const other = id === uid ? uid + 10 : id;
      const error = await caught(() => defaultLocation(place(dir.path, other)));
      expect(error.code).toBe("STORE_DEFAULT_UNSAFE");
      expect(error.message).toContain(why);
    }
    fs.mkdirSync(dir.join(`cairn-checkpoints-${uid}`));
    fs.chmodSync(dir.join(`cairn-checkpoints-${uid}`), 0o755);
    expect((await caught(() => defaultLocation(place(dir.path, uid)))).message).toContain(
      "others may enter it (mode 755)",
    );
  });

  test("comes with a warning that temp is not for production, and so does any location in memory", () => {
    using dir = tempDir();
    expect(localWarning(systemFileSystem, dir.join("x"), true)).toContain("for production");
    const inMemory = { ...systemFileSystem, fileSystemType: () => 0x01021994 };
    expect(localWarning(inMemory, dir.join("x/y"), false)).toContain("tmpfs");
    const onDisk = { ...systemFileSystem, fileSystemType: () => 0xef53 };
    expect(localWarning(onDisk, dir.join("x/y"), false)).toBeUndefined();
  });
});

test("file systems are told apart by their magic numbers, signed or not", () => {
  expect(fileSystemClass(0xef53).class).toBe("local");
  expect(fileSystemClass(0x6969)).toEqual({ class: "network", name: "NFS" });
  expect(fileSystemClass(0xff534d42).class).toBe("network");
  expect(fileSystemClass(0xff534d42 | 0).class).toBe("network");
  expect(fileSystemClass(0x858458f6 | 0)).toEqual({ class: "memory", name: "ramfs" });
});
