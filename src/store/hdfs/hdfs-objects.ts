import { systemRandom, type Random } from "../../base/mod.ts";
import { inParallel } from "../object/in-parallel.ts";
import type { ListedObject, ObjectOperations } from "../object/object-operations.ts";
import { NoAnswer } from "./exchange.ts";
import { hdfsError } from "./hdfs-error.ts";
import type { HdfsLocation } from "./hdfs-location.ts";
import { isTaken, looseRename, NameSpace } from "./name-space.ts";
import { Refusal } from "./refusal.ts";
import type { WebHdfs } from "./web-hdfs.ts";

export interface HdfsObjectsOptions {
  readonly client: WebHdfs;
  readonly location: HdfsLocation;
  /** How far the clocks of two NameNodes may be apart, in ms: a file's time is of the one that was active then. */
  readonly timeGrainMs: number;
  /** No second runner ever starts: then a server may know only the old rename. False by default. */
  readonly singleWriter?: boolean | undefined;
  readonly random?: Random | undefined;
}

/** The folder of files that are being written; no key has a tilde. */
const TEMPORARY_FOLDER = "~tmp";
/** Only its owner reads a location that we made; who may read it besides is the owner's to say. */
const LOCATION_PERMISSION = "700";
/** A temporary file older than this was left by a writer that died, in ms. */
const LEFT_OVER_MS = 24 * 3_600_000;
/** Requests at a time. */
const WIDTH = 16;

/** The five operations on an HDFS: an object is a file that gets its name, whole and synced, by a rename that refuses a taken one. */
export function openHdfsObjects(options: HdfsObjectsOptions): ObjectOperations {
  const { location, timeGrainMs } = options;
  const place = new HdfsFolder(options);
  const attempt = async <T>(
    doing: string,
    writing: boolean,
    signal: AbortSignal | undefined,
    call: () => Promise<T>,
  ): Promise<T> => {
    signal?.throwIfAborted();
    try {
      return await call();
    } catch (thrown) {
      signal?.throwIfAborted();
      throw hdfsError(location.text, doing, writing, thrown);
    }
  };
  return {
    location: location.text,
    timeGrainMs,
    putIfAbsent: (key, text, signal) =>
      attempt(`create "${key}"`, true, signal, () => place.create(key, text, signal)),
    put: (key, text, signal) =>
      attempt(`write "${key}"`, true, signal, () => place.replace(key, text, signal)),
    get: (key, signal) => attempt(`read "${key}"`, false, signal, () => place.get(key, signal)),
    list: (prefix, after = "", signal) =>
      attempt(`list "${prefix}"`, false, signal, () => place.list(prefix, after, signal)),
    folders: (prefix, signal) =>
      attempt(`list "${prefix}"`, false, signal, () => place.folders(prefix, signal)),
    delete: (key, signal) => attempt(`remove "${key}"`, true, signal, () => place.delete(key, signal)),
    time: (signal) => attempt("tell the time", true, signal, () => place.time(signal)),
    close: () => place.close(),
  };
}

class HdfsFolder {
  readonly #names: NameSpace;
  readonly #location: HdfsLocation;
  readonly #singleWriter: boolean;
  readonly #random: Random;
  /** Whether the location is there and its server keeps its word. */
  #ready = false;

  constructor({ client, location, singleWriter = false, random = systemRandom }: HdfsObjectsOptions) {
    this.#names = new NameSpace({ client, location, singleWriter });
    this.#location = location;
    this.#singleWriter = singleWriter;
    this.#random = random;
  }

  async create(key: string, text: string, signal: AbortSignal | undefined): Promise<boolean> {
    const temporary = await this.#write(text, signal);
    if (await this.#names.rename(temporary, key, "NONE", signal)) return true;
    await this.#names.remove(temporary, signal);
    return false;
  }

  async replace(key: string, text: string, signal: AbortSignal | undefined): Promise<void> {
    await this.#names.rename(await this.#write(text, signal), key, "OVERWRITE", signal);
  }

  get(key: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    return this.#names.read(key, signal);
  }

  async list(prefix: string, after: string, signal: AbortSignal | undefined): Promise<ListedObject[]> {
    const found: ListedObject[] = [];
    let folders = [prefix.slice(0, prefix.lastIndexOf("/") + 1)];
    while (folders.length > 0) {
      const listed = await inParallel(folders, WIDTH, async (folder) => ({
        folder,
        entries: await this.#names.list(folder.replace(/\/$/, ""), nameAfter(folder, after), signal),
      }));
      folders = [];
      for (const { folder, entries } of listed) {
        for (const { pathSuffix, type, length, modificationTime } of entries) {
          const key = folder + pathSuffix;
          const inside = `${key}/`;
          if (type === "DIRECTORY" && pathSuffix !== TEMPORARY_FOLDER) {
            if (inside.startsWith(prefix) || prefix.startsWith(inside)) folders.push(inside);
          } else if (type === "FILE" && key.startsWith(prefix) && key > after) {
            found.push({ key, size: length, modifiedAt: modificationTime });
          }
        }
      }
    }
    return found.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  }

  async folders(prefix: string, signal: AbortSignal | undefined): Promise<string[]> {
    const entries = await this.#names.list(prefix.replace(/\/$/, ""), "", signal);
    return entries.flatMap(({ pathSuffix, type }) =>
      type === "DIRECTORY" && pathSuffix !== TEMPORARY_FOLDER ? `${prefix}${pathSuffix}/` : [],
    );
  }

  async delete(key: string, signal: AbortSignal | undefined): Promise<void> {
    await this.#names.remove(key, signal);
    // The folders that are empty now go, too: a NameNode keeps each in its memory.
    for (let end = key.lastIndexOf("/"); end > 0; end = key.lastIndexOf("/", end - 1)) {
      const folder = key.slice(0, end);
      const status = await this.#names.statusOf(folder, signal);
      if (status === undefined) continue;
      if (status.childrenNum !== 0) return;
      try {
        await this.#names.remove(folder, signal);
      } catch (thrown) {
        // Somebody has put something there meanwhile.
        if (thrown instanceof Refusal && thrown.exception === "PathIsNotEmptyDirectoryException") return;
        throw thrown;
      }
    }
  }

  /** The NameNode's time: that of a folder that is made just now. */
  async time(signal: AbortSignal | undefined): Promise<number> {
    await this.#prepare(signal);
    const folder = this.#temporary();
    await this.#names.makeFolder(folder, signal);
    const status = await this.#names.statusOf(folder, signal);
    await this.#names.remove(folder, signal);
    if (status === undefined) throw new Refusal("", 503, "", `"${folder}" vanished`);
    return status.modificationTime;
  }

  async close(): Promise<void> {
    try {
      await this.#names.close();
    } catch (thrown) {
      // A token that isn't given back runs out by itself, and what counts has been written.
      if (!(thrown instanceof Refusal) && !(thrown instanceof NoAnswer)) throw thrown;
    }
  }

  #temporary(): string {
    return `${TEMPORARY_FOLDER}/${process.pid}-${this.#random.nonce()}`;
  }

  /** Writes a temporary file; returns its path. */
  async #write(text: string, signal: AbortSignal | undefined): Promise<string> {
    await this.#prepare(signal);
    const temporary = this.#temporary();
    try {
      await this.#names.write(temporary, text, signal);
    } catch (thrown) {
      if (!isTaken(thrown)) throw thrown;
      // Nobody else has that name: the request got there twice, and which of the two is whole isn't known.
      throw new Refusal("", 503, "", `"${temporary}" was begun twice`);
    }
    return temporary;
  }

  /** Before the first write of this handle: the location is made, its server tried, and what dead writers left is swept. */
  async #prepare(signal: AbortSignal | undefined): Promise<void> {
    if (this.#ready) return;
    await this.#names.makeFolder("", signal, LOCATION_PERMISSION);
    const probe = this.#temporary();
    await this.#names.makeFolder(`${probe}/a`, signal);
    await this.#names.makeFolder(`${probe}/b`, signal);
    // The old rename moves one folder into the other.
    const moved = await this.#names.rename(`${probe}/a`, `${probe}/b`, "NONE", signal);
    if (moved && !this.#singleWriter) throw looseRename(this.#location.text);
    await this.#sweep(probe, signal);
    await this.#names.remove(probe, signal, true);
    this.#ready = true;
  }

  /** Removes old temporary files, of the first page; `fresh` is one that was made just now. The next handle looks again. */
  async #sweep(fresh: string, signal: AbortSignal | undefined): Promise<void> {
    const { entries } = await this.#names.page(TEMPORARY_FOLDER, "", signal);
    const now = (await this.#names.statusOf(fresh, signal))?.modificationTime ?? 0;
    const old = entries.filter(({ modificationTime }) => now - modificationTime > LEFT_OVER_MS);
    await inParallel(old, WIDTH, async ({ pathSuffix }) => {
      try {
        await this.#names.remove(`${TEMPORARY_FOLDER}/${pathSuffix}`, signal, true);
      } catch (thrown) {
        // Another user's, in a folder that several write to.
        if (!(thrown instanceof Refusal) || thrown.exception !== "AccessControlException") throw thrown;
      }
    });
  }
}

/** The name in `folder` behind which keys behind `after` begin: a server leaves out what comes before. */
function nameAfter(folder: string, after: string): string {
  const rest = after.startsWith(folder) ? after.slice(folder.length) : "";
  // A folder that leads to `after` comes before it, and is wanted.
  return rest.includes("/") ? "" : rest;
}
