import { join } from "node:path";
import { systemClock, systemRandom, type Clock, type Random } from "../../base/mod.ts";
import { errnoOf, fileError, storeError } from "../errors.ts";
import type { FileSystem } from "../local/file-system.ts";
import { Folders } from "../local/folders.ts";
import { settleRead } from "../local/settle-read.ts";
import { systemFileSystem } from "../local/system-file-system.ts";
import { readWhole, writeWhole } from "../local/whole.ts";
import type { ListedObject, ObjectOperations } from "../object/object-operations.ts";

export interface LinkObjectsOptions {
  /** The location: an absolute path. It need not exist; it is made at the first write. */
  readonly folder: string;
  /** The machine's files by default. */
  readonly fs?: FileSystem | undefined;
  readonly random?: Random | undefined;
  readonly clock?: Clock | undefined;
}

interface Place {
  readonly folder: string;
  readonly fs: FileSystem;
  readonly random: Random;
  readonly clock: Clock;
}

/** Where files are written before they get their names; no key can begin so. */
export const TEMPORARY_FOLDER = "~tmp";

/** Network file systems may keep times in whole seconds. */
const TIME_GRAIN_MS = 1_000;
/** A temporary file older than this was left by a writer that died, in ms. */
const LEFT_OVER_MS = 24 * 3_600_000;
/** How often a folder is made anew because somebody swept it, being empty, before it was used. */
const TRIES = 5;

/** Errors of network file systems that may pass. */
const TRANSIENT = new Set([
  "ESTALE",
  "ETIMEDOUT",
  "EAGAIN",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EJUKEBOX",
]);
/** What `link` fails with where the file system has no hard links. */
const NO_LINKS = new Set(["EPERM", "ENOSYS", "EOPNOTSUPP", "ENOTSUP"]);

/**
 * The five operations on a folder that other machines may share: an object is a file that gets its name, whole and
 * synced, by `link()`, which every POSIX file system, NFS included, does exclusively and without locks.
 */
export function openLinkObjects(options: LinkObjectsOptions): ObjectOperations {
  const { folder, fs = systemFileSystem, random = systemRandom, clock = systemClock } = options;
  const place = new LinkFolder({ fs, folder, random, clock });
  const attempt = async <T>(
    doing: string,
    writing: boolean,
    signal: AbortSignal | undefined,
    call: () => T,
  ): Promise<T> => {
    signal?.throwIfAborted();
    try {
      return call();
    } catch (thrown) {
      throw linkError(folder, doing, writing, thrown);
    }
  };
  return {
    location: folder,
    timeGrainMs: TIME_GRAIN_MS,
    putIfAbsent: (key, text, signal) =>
      attempt(`create "${key}"`, true, signal, () => place.create(key, text)),
    put: (key, text, signal) => attempt(`write "${key}"`, true, signal, () => place.replace(key, text)),
    get: (key, signal) => attempt(`read "${key}"`, false, signal, () => place.get(key)),
    list: (prefix, after = "", signal) =>
      attempt(`list "${prefix}"`, false, signal, () => place.list(prefix, after)),
    folders: (prefix, signal) => attempt(`list "${prefix}"`, false, signal, () => place.folders(prefix)),
    delete: (key, signal) => attempt(`remove "${key}"`, true, signal, () => place.delete(key)),
    time: (signal) => attempt("tell the time", true, signal, () => place.time()),
    async close() {
      // No file stays open between calls.
    },
  };
}

class LinkFolder {
  readonly #fs: FileSystem;
  readonly #root: string;
  readonly #random: Random;
  readonly #clock: Clock;
  readonly #folders: Folders;
  #swept = false;

  constructor({ fs, folder, random, clock }: Place) {
    this.#fs = fs;
    this.#root = folder;
    this.#random = random;
    this.#clock = clock;
    this.#folders = new Folders(fs, folder, clock);
  }

  create(key: string, text: string): boolean {
    return this.#place(key, text, (temporary, path) => {
      const made = this.#link(temporary, path);
      // Also where somebody else was faster: who is told of a file must be able to count on it.
      this.#folders.sync(path);
      return made;
    });
  }

  replace(key: string, text: string): void {
    this.#place(key, text, (temporary, path) => {
      this.#fs.rename(temporary, path);
      this.#folders.sync(path);
    });
  }

  get(key: string): string | undefined {
    const path = join(this.#root, key);
    this.#folders.refuseLinks(path);
    const found = this.#fs.factsAt(path);
    if (found === undefined || found.kind === "folder") return undefined;
    let fd: number;
    try {
      fd = this.#fs.open(path, "read");
    } catch (thrown) {
      if (errnoOf(thrown) === "ENOENT") return undefined;
      throw thrown;
    }
    try {
      return Buffer.from(readWhole(this.#fs, fd, 0, this.#fs.facts(fd).size)).toString("utf8");
    } finally {
      this.#fs.close(fd);
    }
  }

  list(prefix: string, after: string): ListedObject[] {
    const found: ListedObject[] = [];
    const visit = (folder: string): void => {
      const objects: ListedObject[] = [];
      for (const { name, kind } of this.#fs.list(join(this.#root, folder))) {
        const key = folder + name;
        const inside = `${key}/`;
        if (kind === "folder" && name !== TEMPORARY_FOLDER) {
          if (inside.startsWith(prefix) || prefix.startsWith(inside)) visit(inside);
        } else if (kind === "file" && key.startsWith(prefix) && key > after) {
          objects.push(...this.#listed(key));
        }
      }
      const newest = Math.max(...objects.map(({ modifiedAt }) => modifiedAt));
      // A file is on the disk before it gets its name; the name may not be, if its writer was killed then.
      settleRead(this.#clock, newest, () => this.#folders.sync(join(this.#root, folder, "any")));
      found.push(...objects);
    };
    visit(prefix.slice(0, prefix.lastIndexOf("/") + 1));
    return found.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  folders(prefix: string): string[] {
    return this.#fs
      .list(join(this.#root, prefix))
      .flatMap(({ name, kind }) =>
        kind === "folder" && name !== TEMPORARY_FOLDER ? `${prefix}${name}/` : [],
      );
  }

  /** What a listing says of a file; nothing where it is gone by now. */
  #listed(key: string): ListedObject[] {
    const facts = this.#fs.factsAt(join(this.#root, key));
    return facts === undefined ? [] : [{ key, size: facts.size, modifiedAt: Math.floor(facts.mtimeMs) }];
  }

  delete(key: string): void {
    const path = join(this.#root, key);
    this.#folders.refuseLinks(path);
    if (this.#fs.factsAt(path) === undefined) return;
    this.#fs.unlink(path);
    this.#folders.sync(path);
    this.#folders.sweep(path);
  }

  /** The file server's time: that of a file that is written just now. */
  time(): number {
    const temporary = this.#write("");
    const found = this.#fs.factsAt(temporary);
    this.#fs.unlink(temporary);
    if (found === undefined) throw Object.assign(new Error(`"${temporary}" vanished`), { code: "ESTALE" });
    return Math.floor(found.mtimeMs);
  }

  /** Writes a file and gives it its place by `work`, whatever becomes of the folder meanwhile. */
  #place<T>(key: string, text: string, work: (temporary: string, path: string) => T): T {
    const path = join(this.#root, key);
    const temporary = this.#write(text);
    try {
      for (let tries = 1; ; tries++) {
        this.#folders.make(path);
        this.#folders.refuseLinks(path);
        try {
          return work(temporary, path);
        } catch (thrown) {
          if (errnoOf(thrown) !== "ENOENT" || tries === TRIES) throw thrown;
        }
      }
    } finally {
      this.#fs.unlink(temporary);
    }
  }

  /**
   * Gives a file its second name; false where the name is taken by another file. An answer that a network lost shows
   * as "taken", or as an error, though it worked: the file behind the name tells.
   */
  #link(temporary: string, path: string): boolean {
    try {
      if (this.#fs.link(temporary, path)) return true;
      return this.#same(temporary, path);
    } catch (thrown) {
      if (this.#same(temporary, path)) return true;
      if (NO_LINKS.has(errnoOf(thrown) ?? "")) throw noLinks(this.#root, thrown);
      throw thrown;
    }
  }

  #same(a: string, b: string): boolean {
    const first = this.#fs.factsAt(a);
    const second = this.#fs.factsAt(b);
    return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
  }

  /** Writes a temporary file and brings it to the disk; returns its path. */
  #write(text: string): string {
    const name = `${process.pid}-${this.#random.nonce()}`;
    const path = join(this.#root, TEMPORARY_FOLDER, name);
    this.#folders.make(path);
    const fd = this.#fs.open(path, "replace");
    try {
      writeWhole(this.#fs, fd, Buffer.from(text), 0);
      this.#fs.syncData(fd);
      this.#sweepOld(this.#fs.facts(fd).mtimeMs);
    } catch (thrown) {
      this.#fs.unlink(path);
      throw thrown;
    } finally {
      this.#fs.close(fd);
    }
    return path;
  }

  /** Once for each handle: removes temporary files of writers that died. */
  #sweepOld(now: number): void {
    if (this.#swept) return;
    this.#swept = true;
    const folder = join(this.#root, TEMPORARY_FOLDER);
    for (const { name } of this.#fs.list(folder)) {
      const found = this.#fs.factsAt(join(folder, name));
      if (found !== undefined && now - found.mtimeMs > LEFT_OVER_MS) this.#fs.unlink(join(folder, name));
    }
  }
}

function noLinks(folder: string, cause: unknown): Error {
  return storeError(
    "STORE_UNSUPPORTED",
    `Cannot use "${folder}" as a checkpoint location: its file system has no hard links`,
    {
      cause,
      hint: "Choose a folder on a local disk or on NFS, or a location on S3 or HDFS.",
    },
  );
}

function linkError(folder: string, doing: string, writing: boolean, thrown: unknown): Error {
  if (!TRANSIENT.has(errnoOf(thrown) ?? "")) return fileError(folder, doing, writing, thrown);
  return storeError(
    "STORE_UNAVAILABLE",
    `Cannot ${doing} in the checkpoint store "${folder}": the file server does not answer`,
    {
      cause: thrown,
      hint: "When the file system answers again, resume.",
    },
  );
}
