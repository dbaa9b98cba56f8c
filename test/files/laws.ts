import { expect, test } from "bun:test";
import type { DataFiles } from "../../src/files/mod.ts";

/** A file system under test, and a new empty folder in it. */
export interface FilesBench {
  readonly files: DataFiles;
  readonly folder: string;
}

/** Bytes that no two places have alike. */
function pattern(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = (at * 31 + (at >> 8) * 7 + (at >> 16)) & 255;
  return bytes;
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function readAll(files: DataFiles, uri: string, from?: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of files.read(uri, { from })) parts.push(part);
  return Buffer.concat(parts);
}

/** A rejected call's code. */
export async function codeOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
    return "none";
  } catch (thrown) {
    return Reflect.get(thrown as object, "code");
  }
}

/** States one law, and proves it. */
type State = (says: string, run: (bench: FilesBench) => Promise<void>) => void;

/** The laws of `DataFiles`, on one kind of file system. */
export function filesLaws(name: string, open: () => FilesBench, timeoutMs: number): void {
  const law: State = (says, run) => test(`${name}: ${says}`, () => run(open()), timeoutMs);
  writingLaws(law);
  namingLaws(law);
}

function writingLaws(law: State): void {
  law(
    "what is written is read, from any byte on, and missing folders are made",
    async ({ files, folder }) => {
      const uri = `${folder}/a b+c/ü?#%20.txt`;
      const written = await files.write(uri, "hello");
      expect(written).toMatchObject({ uri: files.resolve(uri), kind: "file", size: 5 });
      expect((await readAll(files, uri)).toString()).toBe("hello");
      expect((await readAll(files, uri, 3)).toString()).toBe("lo");
      expect(await files.stat(uri)).toEqual(written);
      expect((await files.stat(`${folder}/a b+c`))?.kind).toBe("folder");
    },
  );

  law("an empty file is one", async ({ files, folder }) => {
    expect((await files.write(`${folder}/empty`, "")).size).toBe(0);
    expect((await readAll(files, `${folder}/empty`)).length).toBe(0);
  });

  law("a large file goes through in parts", async ({ files, folder }) => {
    const bytes = pattern(19 * 1024 * 1024 + 5);
    const written = await files.write(`${folder}/large`, inPieces(bytes, 3_000_001));
    expect(written.size).toBe(bytes.length);
    expect((await readAll(files, `${folder}/large`)).equals(bytes)).toBeTrue();
    expect((await readAll(files, `${folder}/large`, bytes.length - 7)).equals(bytes.subarray(-7))).toBeTrue();
  });

  law("writing again replaces; where that is not wanted, it is refused", async ({ files, folder }) => {
    const uri = `${folder}/x`;
    const first = await files.write(uri, "one");
    const second = await files.write(uri, "other");
    expect(second.token).not.toBe(first.token);
    expect(await codeOf(files.write(uri, "third", { overwrite: false }))).toBe("FILE_EXISTS");
    expect((await readAll(files, uri)).toString()).toBe("other");
    expect((await files.write(`${folder}/y`, "new", { overwrite: false })).size).toBe(3);
  });

  law("a source that fails leaves what was there, and nothing beside it", async ({ files, folder }) => {
    await files.write(`${folder}/x`, "before");
    const failing = (async function* () {
      yield pattern(9 * 1024 * 1024);
      await Promise.resolve();
      throw new Error("no more");
    })();
    expect(String(await files.write(`${folder}/x`, failing).catch((thrown: unknown) => thrown))).toContain(
      "no more",
    );
    expect((await readAll(files, `${folder}/x`)).toString()).toBe("before");
    expect((await files.list(folder)).map(({ uri }) => uri)).toEqual([files.resolve(`${folder}/x`)]);
  });
}

function namingLaws(law: State): void {
  law("a folder lists what is in it, or everything below", async ({ files, folder }) => {
    for (const at of ["b", "a", "sub/c", "sub/deep/d"]) await files.write(`${folder}/${at}`, at);
    const names = (found: readonly { readonly uri: string; readonly kind: string }[]): string[] =>
      found.map(({ uri, kind }) => `${kind} ${uri.slice(files.resolve(folder).length + 1)}`);
    expect(names(await files.list(folder))).toEqual(["file a", "file b", "folder sub"]);
    expect(names(await files.list(folder, { recursive: true }))).toEqual([
      "file a",
      "file b",
      "file sub/c",
      "file sub/deep/d",
    ]);
    expect(await files.list(`${folder}/nowhere`)).toEqual([]);
  });

  law("moves and copies are of files, and refuse a taken name where told so", async ({ files, folder }) => {
    await files.write(`${folder}/a`, "a");
    await files.copy(`${folder}/a`, `${folder}/to/b`);
    await files.move(`${folder}/a`, `${folder}/to/c`);
    expect(await files.stat(`${folder}/a`)).toBeUndefined();
    expect((await readAll(files, `${folder}/to/b`)).toString()).toBe("a");
    expect(await codeOf(files.move(`${folder}/to/b`, `${folder}/to/c`, { overwrite: false }))).toBe(
      "FILE_EXISTS",
    );
    expect(await codeOf(files.copy(`${folder}/none`, `${folder}/d`))).toBe("FILE_MISSING");
    expect(await codeOf(files.move(`${folder}/none`, `${folder}/d`))).toBe("FILE_MISSING");
  });

  law("removing takes a folder with all of it, and what is not there", async ({ files, folder }) => {
    await files.write(`${folder}/sub/a/b`, "b");
    await files.write(`${folder}/submarine`, "s");
    await files.remove(`${folder}/sub`);
    await files.remove(`${folder}/sub`);
    expect((await files.list(folder, { recursive: true })).length).toBe(1);
    expect(await codeOf(readAll(files, `${folder}/sub/a/b`))).toBe("FILE_MISSING");
  });
}
