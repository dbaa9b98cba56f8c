import { describe, expect, test } from "bun:test";
import fs from "node:fs";
import { CairnError } from "../../../src/base/mod.ts";
import {
  openFolderStore,
  openLinkObjects,
  openLocalStore,
  openStore,
  storeRegistry,
  systemFileSystem,
  type FileSystem,
} from "../../../src/store/mod.ts";
import { tempDir } from "../../kit/mod.ts";
import { caught } from "../failure.ts";
import { faultyFileSystem } from "../local/faulty-file-system.ts";

const record = '{"seq":1,"a":1}';
const NFS = 0x6969;
const onNetwork: FileSystem = { ...systemFileSystem, fileSystemType: () => NFS };

describe("the layout of a folder", () => {
  test("is link on a network file system, lines elsewhere, and stays what it was begun as", async () => {
    using dir = tempDir();
    const shared = dir.join("shared");
    const store = await openFolderStore({ folder: shared, fs: onNetwork });
    expect(store.can.lease).toBe("timed");
    await store.append("p/run", 1, record);
    expect(fs.readFileSync(`${shared}/p/run.log/000000000001`, "utf8")).toBe(record);
    // The same folder, seen as a local disk by the server itself.
    const same = await openFolderStore({ folder: shared });
    expect(await same.read("p/run")).toHaveLength(1);
    expect((await caught(() => openFolderStore({ folder: shared, layout: "lines" }))).code).toBe(
      "STORE_MIXED_LAYOUT",
    );

    const local = dir.join("local");
    const lines = await openFolderStore({ folder: local });
    expect(lines.can.lease).toBe("os");
    await lines.append("p/run", 1, record);
    expect((await openFolderStore({ folder: local, fs: onNetwork })).can.lease).toBe("os");
    expect((await caught(() => openFolderStore({ folder: local, layout: "link" }))).code).toBe(
      "STORE_MIXED_LAYOUT",
    );
  });

  test("can be forced by a setting of the store", async () => {
    using dir = tempDir();
    const settings = { layout: "link" };
    const store = await openStore(storeRegistry(), dir.join("x"), "/", { settings });
    expect(store.can.lease).toBe("timed");
    const wrong = { settings: { layout: "tree" } };
    expect(await caught(() => openStore(storeRegistry(), dir.join("y"), "/", wrong))).toMatchObject({
      kind: "config",
    });
  });
});

describe("the five operations on a folder", () => {
  test("every file operation failing in turn: a write that failed can be sent again, and is there once and whole", async () => {
    for (const kind of ["before", "after", "short"] as const) {
      for (let at = 1, ended = false; !ended; at++) {
        using dir = tempDir();
        const faulty = faultyFileSystem(systemFileSystem);
        const objects = openLinkObjects({ folder: dir.join("store"), fs: faulty.fs });
        await objects.putIfAbsent("p/run.log/000000000001", record);
        faulty.arm(at, kind);
        const next = '{"seq":2,"a":2}';
        let made: boolean | undefined;
        try {
          made = await objects.putIfAbsent("p/run.log/000000000002", next);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(CairnError);
        }
        ended = faulty.calls.length < at;
        faulty.disarm();
        const between = await objects.get("p/run.log/000000000002");
        expect(between === undefined || between === next).toBe(true);
        if (made === true) expect(between).toBe(next);
        else expect(await objects.putIfAbsent("p/run.log/000000000002", next)).toBe(between === undefined);
        expect(await objects.get("p/run.log/000000000002")).toBe(next);
        expect(await objects.list("p/")).toHaveLength(2);
      }
    }
  });

  test("a lost answer to link() is recognised by the file behind the name", async () => {
    using dir = tempDir();
    for (const lost of ["taken", "error"] as const) {
      const unsure: FileSystem = {
        ...systemFileSystem,
        link(from, to) {
          const made = systemFileSystem.link(from, to);
          if (lost === "taken" || !made) return false;
          throw Object.assign(new Error("ETIMEDOUT"), { code: "ETIMEDOUT" });
        },
      };
      const objects = openLinkObjects({ folder: dir.path, fs: unsure });
      expect(await objects.putIfAbsent(`${lost}/000000000001`, record)).toBe(true);
      expect(await objects.putIfAbsent(`${lost}/000000000001`, record)).toBe(false);
    }
  });

  test("errors say what can be done: passing ones, and a file system without hard links", async () => {
    using dir = tempDir();
    const failing = (code: string): FileSystem => ({
      ...systemFileSystem,
      link: () => {
        throw Object.assign(new Error(code), { code });
      },
    });
    const put = (code: string): Promise<CairnError> =>
      caught(() =>
        openLinkObjects({ folder: dir.path, fs: failing(code) }).putIfAbsent("a/000000000001", record),
      );
    expect((await put("ESTALE")).code).toBe("STORE_UNAVAILABLE");
    expect((await put("EPERM")).code).toBe("STORE_UNSUPPORTED");
    expect((await put("EROFS")).code).toBe("STORE_NOT_WRITABLE");
    expect(fs.readdirSync(dir.join("~tmp"))).toEqual([]);
  });

  test("temporary files of dead writers go after a day, others stay", async () => {
    using dir = tempDir();
    const old = dir.write("~tmp/1-old", "");
    dir.write("~tmp/1-new", "");
    const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
    fs.utimesSync(old, twoDaysAgo, twoDaysAgo);
    await openLinkObjects({ folder: dir.path }).put("a/000000000001", record);
    expect(fs.readdirSync(dir.join("~tmp"))).toEqual(["1-new"]);
  });

  test("files are 0600, folders 0700, links inside are refused", async () => {
    using dir = tempDir();
    const folder = dir.join("store");
    const objects = openLinkObjects({ folder });
    await objects.put("p/000000000001", record);
    expect(fs.statSync(`${folder}/p/000000000001`).mode & 0o777).toBe(0o600);
    expect(fs.statSync(`${folder}/p`).mode & 0o777).toBe(0o700);
    fs.mkdirSync(dir.join("outside"));
    fs.symlinkSync(dir.join("outside"), `${folder}/away`);
    expect((await caught(() => objects.put("away/000000000001", record))).code).toBe("STORE_LINK");
    expect(fs.readdirSync(dir.join("outside"))).toEqual([]);
  });

  test("the time is the file server's", async () => {
    using dir = tempDir();
    const hourAhead: FileSystem = {
      ...systemFileSystem,
      factsAt(path) {
        const facts = systemFileSystem.factsAt(path);
        return facts && { ...facts, mtimeMs: facts.mtimeMs + 3_600_000 };
      },
    };
    const time = await openLinkObjects({ folder: dir.path, fs: hourAhead }).time();
    expect(Math.abs(time - Date.now() - 3_600_000)).toBeLessThan(60_000);
  });
});

test("a location that is a file is refused in either layout", async () => {
  using dir = tempDir();
  const file = dir.write("file", "");
  for (const layout of ["lines", "link"] as const) {
    expect((await caught(() => openFolderStore({ folder: file, layout }))).code).toBe("STORE_NOT_A_FOLDER");
  }
  expect((await caught(() => openLocalStore({ folder: file }))).code).toBe("STORE_NOT_A_FOLDER");
});
