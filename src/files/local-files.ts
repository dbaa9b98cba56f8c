import { createReadStream } from "node:fs";
import { copyFile, link, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Random } from "../base/mod.ts";
import { chunksOf } from "./chunks.ts";
import type {
  DataFile,
  DataFiles,
  DataSource,
  ListOptions,
  ReadOptions,
  WriteOptions,
} from "./data-files.ts";
import { errnoOf, fileError, isNotThere, localFileError } from "./file-error.ts";
import { refuseSpecial } from "./refuse-special.ts";
import { temporaryName } from "./temporary-name.ts";

/** Bytes in one write. */
const CHUNK_BYTES = 1024 * 1024;

/** Files of this machine, by absolute paths. */
export class LocalFiles implements DataFiles {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  resolve(uri: string): string {
    return uri;
  }

  async stat(path: string): Promise<DataFile | undefined> {
    try {
      return await factsOf(path);
    } catch (thrown) {
      if (isNotThere(thrown)) return undefined;
      throw localFileError(`look at "${path}"`, false, thrown);
    }
  }

  async list(path: string, options: ListOptions = {}, signal?: AbortSignal): Promise<readonly DataFile[]> {
    const found: DataFile[] = [];
    try {
      for (const name of await readdir(path)) {
        signal?.throwIfAborted();
        const facts = await this.stat(join(path, name));
        // It went away, or is a link to nothing.
        if (facts === undefined) continue;
        if (options.recursive !== true) found.push(facts);
        else if (facts.kind === "file") found.push(facts);
        else found.push(...(await this.list(facts.uri, options, signal)));
      }
    } catch (thrown) {
      signal?.throwIfAborted();
      if (!isNotThere(thrown)) throw localFileError(`list "${path}"`, false, thrown);
    }
    return found.toSorted((a, b) => (a.uri < b.uri ? -1 : 1));
  }

  async *read(path: string, options: ReadOptions = {}, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      const stream = createReadStream(path, {
        start: options.from ?? 0,
        highWaterMark: CHUNK_BYTES,
        ...(signal && { signal }),
      });
      for await (const part of stream) yield part as Uint8Array;
    } catch (thrown) {
      signal?.throwIfAborted();
      throw localFileError(`read "${path}"`, false, thrown);
    }
  }

  async write(
    path: string,
    source: DataSource,
    options: WriteOptions = {},
    signal?: AbortSignal,
  ): Promise<DataFile> {
    const temporary = join(dirname(path), temporaryName(this.#random));
    try {
      await mkdir(dirname(path), { recursive: true });
      const file = await open(temporary, "wx");
      try {
        for await (const part of chunksOf(source, () => CHUNK_BYTES)) {
          signal?.throwIfAborted();
          for (let at = 0; at < part.length;) at += (await file.write(part, at)).bytesWritten;
        }
        await file.datasync();
      } finally {
        await file.close();
      }
      await this.move(temporary, path, options);
      return await factsOf(path);
    } catch (thrown) {
      await rm(temporary, { force: true });
      signal?.throwIfAborted();
      throw localFileError(`write "${path}"`, true, thrown);
    }
  }

  async move(from: string, to: string, options: WriteOptions = {}): Promise<void> {
    await refuseSpecial(to);
    try {
      await mkdir(dirname(to), { recursive: true });
      if (options.overwrite === false) {
        await link(from, to);
        await rm(from);
      } else await rename(from, to);
      await syncFolder(dirname(to));
    } catch (thrown) {
      if (errnoOf(thrown) === "EEXIST")
        throw fileError("FILE_EXISTS", `Cannot write "${to}": it is there already`);
      throw localFileError(`move "${from}" to "${to}"`, true, thrown);
    }
  }

  async copy(from: string, to: string, options: WriteOptions = {}, signal?: AbortSignal): Promise<DataFile> {
    const temporary = join(dirname(to), temporaryName(this.#random));
    try {
      await mkdir(dirname(to), { recursive: true });
      await copyFile(from, temporary);
      signal?.throwIfAborted();
      await syncFile(temporary);
      await this.move(temporary, to, options);
      return await factsOf(to);
    } catch (thrown) {
      await rm(temporary, { force: true });
      signal?.throwIfAborted();
      throw localFileError(`copy "${from}" to "${to}"`, true, thrown);
    }
  }

  async remove(path: string): Promise<void> {
    try {
      await rm(path, { recursive: true, force: true });
    } catch (thrown) {
      throw localFileError(`remove "${path}"`, true, thrown);
    }
  }

  async close(): Promise<void> {
    await Promise.resolve();
  }
}

async function factsOf(path: string): Promise<DataFile> {
  const facts = await stat(path, { bigint: true });
  const isFolder = facts.isDirectory();
  return {
    uri: path,
    kind: isFolder ? "folder" : "file",
    size: isFolder ? 0 : Number(facts.size),
    modifiedAt: Number(facts.mtimeMs),
    token: String(facts.mtimeNs),
  };
}

/** When it returns, the file's content is on the disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** When it returns, the names in the folder are on the disk. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } catch (thrown) {
    // Some network file systems can't sync folders; their names are the server's to keep.
    if (errnoOf(thrown) !== "EINVAL" && errnoOf(thrown) !== "ENOTSUP") throw thrown;
  } finally {
    await folder.close();
  }
}
