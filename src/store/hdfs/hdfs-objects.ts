import { systemRandom, type Random } from "../../base/mod.ts";
import { storeError } from "../errors.ts";
import { inParallel } from "../object/in-parallel.ts";
import type { ListedObject, ObjectOperations } from "../object/object-operations.ts";
import { NoAnswer } from "./exchange.ts";
import { hdfsError } from "./hdfs-error.ts";
import type { HdfsLocation } from "./hdfs-location.ts";
import type { NameCall } from "./name-call.ts";
import { Refusal } from "./refusal.ts";
import type { WebHdfs } from "./web-hdfs.ts";

export interface HdfsObjectsOptions {
  readonly client: WebHdfs;
  readonly location: HdfsLocation;
  /** How far the clocks of two NameNodes may be apart, in ms: a file's time is of the one that was active then. */
  readonly timeGrainMs: number;
  readonly random?: Random | undefined;
}

/** The folder of files that are being written; no key has a tilde. */
const TEMPORARY_FOLDER = "~tmp";
/** Only its owner reads a location that we made; who may read it besides is the owner's to say. */
const LOCATION_PERMISSION = "700";
/** A temporary file older than this was left by a writer that died, in ms. */
const LEFT_OVER_MS = 24 * 3_600_000;
/** How often a folder is made anew because somebody swept it, being empty, before it was used. */
const TRIES = 5;
/** Folders that are listed at a time. */
const WIDTH = 16;

/** The five operations on an HDFS: an object is a file that gets its name, whole and synced, by a rename that refuses a taken one. */
export function openHdfsObjects(options: HdfsObjectsOptions): ObjectOperations {
  const { client, location, timeGrainMs } = options;
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
    delete: (key, signal) => attempt(`remove "${key}"`, true, signal, () => place.delete(key, signal)),
    time: (signal) => attempt("tell the time", true, signal, () => place.time(signal)),
    async close() {
      try {
        await client.close();
      } catch (thrown) {
        // A token that isn't given back runs out by itself, and what counts has been written.
        if (!(thrown instanceof Refusal) && !(thrown instanceof NoAnswer)) throw thrown;
      }
    },
  };
}

/** What a NameNode says of a file or folder. */
interface FileStatus {
  readonly pathSuffix: string;
  readonly type: string;
  readonly length: number;
  readonly modificationTime: number;
  readonly childrenNum?: number;
}

class HdfsFolder {
  readonly #client: WebHdfs;
  readonly #location: HdfsLocation;
  readonly #random: Random;
  /** Whether the location is there and its server keeps its word. */
  #ready = false;

  constructor({ client, location, random = systemRandom }: HdfsObjectsOptions) {
    this.#client = client;
    this.#location = location;
    this.#random = random;
  }

  async create(key: string, text: string, signal: AbortSignal | undefined): Promise<boolean> {
    const temporary = await this.#write(text, signal);
    if (await this.#rename(temporary, key, "NONE", signal)) return true;
    await this.#remove(temporary, signal);
    return false;
  }

  async replace(key: string, text: string, signal: AbortSignal | undefined): Promise<void> {
    await this.#rename(await this.#write(text, signal), key, "OVERWRITE", signal);
  }

  async get(key: string, signal: AbortSignal | undefined): Promise<string | undefined> {
    try {
      return Buffer.from(await this.#client.open(this.#path(key), signal)).toString("utf8");
    } catch (thrown) {
      if (isMissing(thrown)) return undefined;
      throw thrown;
    }
  }

  async list(prefix: string, after: string, signal: AbortSignal | undefined): Promise<ListedObject[]> {
    const found: ListedObject[] = [];
    let folders = [prefix.slice(0, prefix.lastIndexOf("/") + 1)];
    while (folders.length > 0) {
      const listed = await inParallel(folders, WIDTH, async (folder) => ({
        folder,
        // Within the last folder of `after` the server leaves out what comes before.
        entries: await this.#list(folder, after.startsWith(folder) ? after.slice(folder.length) : "", signal),
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

  async delete(key: string, signal: AbortSignal | undefined): Promise<void> {
    await this.#remove(key, signal);
    // The folders that are empty now go, too: a NameNode keeps each in its memory.
    for (let end = key.lastIndexOf("/"); end > 0; end = key.lastIndexOf("/", end - 1)) {
      const folder = key.slice(0, end);
      const status = await this.#statusOf(folder, signal);
      if (status === undefined) continue;
      if (status.childrenNum !== 0) return;
      try {
        await this.#remove(folder, signal);
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
    await this.#makeFolder(folder, signal);
    const status = await this.#statusOf(folder, signal);
    await this.#remove(folder, signal);
    if (status === undefined) throw new Refusal("", 503, "", `"${folder}" vanished`);
    return status.modificationTime;
  }

  #path(key: string): string {
    return key === "" ? this.#location.path : `${this.#location.path}/${key}`;
  }

  #temporary(): string {
    return `${TEMPORARY_FOLDER}/${process.pid}-${this.#random.nonce()}`;
  }

  #ask(
    method: NameCall["method"],
    operation: string,
    key: string,
    parameters: Record<string, string>,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const repeatable = operation !== "RENAME" && operation !== "DELETE";
    return this.#client.ask({ method, operation, path: this.#path(key), parameters, repeatable }, signal);
  }

  /** Writes a temporary file; returns its key. */
  async #write(text: string, signal: AbortSignal | undefined): Promise<string> {
    await this.#prepare(signal);
    const temporary = this.#temporary();
    try {
      await this.#client.create(this.#path(temporary), new TextEncoder().encode(text), signal);
    } catch (thrown) {
      if (!isTaken(thrown)) throw thrown;
      // Nobody else has that name: the request got there twice, and which of the two is whole isn't known.
      throw new Refusal("", 503, "", `"${temporary}" was begun twice`);
    }
    return temporary;
  }

  /** Gives a file its name; false where `NONE` was asked for and the name is taken. */
  async #rename(
    from: string,
    to: string,
    option: "NONE" | "OVERWRITE",
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    const parameters = { destination: this.#path(to), renameoptions: option };
    for (let tries = 1; ; tries++) {
      try {
        const answer = await this.#ask("PUT", "RENAME", from, parameters, signal);
        if (answer !== undefined) throw looseRename(this.#location.text);
        return true;
      } catch (thrown) {
        if (isTaken(thrown)) return false;
        // Its folder isn't there: not yet, or not any more.
        if (!isMissing(thrown)) throw thrown;
        if (tries === TRIES)
          throw new Refusal("", 503, "", `the folder of "${to}" is removed again and again`);
        await this.#makeFolder(to.slice(0, to.lastIndexOf("/")), signal);
      }
    }
  }

  async #makeFolder(key: string, signal: AbortSignal | undefined, permission?: string): Promise<void> {
    await this.#ask("PUT", "MKDIRS", key, permission === undefined ? {} : { permission }, signal);
  }

  async #remove(key: string, signal: AbortSignal | undefined): Promise<void> {
    await this.#ask("DELETE", "DELETE", key, { recursive: "false" }, signal);
  }

  async #statusOf(key: string, signal: AbortSignal | undefined): Promise<FileStatus | undefined> {
    try {
      const answer = await this.#ask("GET", "GETFILESTATUS", key, {}, signal);
      return (answer as { readonly FileStatus: FileStatus }).FileStatus;
    } catch (thrown) {
      if (isMissing(thrown)) return undefined;
      throw thrown;
    }
  }

  /** What is in a folder, from the name behind `after` on; a NameNode gives 1,000 at a time. */
  async #list(folder: string, after: string, signal: AbortSignal | undefined): Promise<FileStatus[]> {
    const found: FileStatus[] = [];
    // A folder that leads to `after` comes before it, and is wanted.
    let startAfter = after.includes("/") ? "" : after;
    for (;;) {
      const page = await this.#page(folder.replace(/\/$/, ""), startAfter, signal);
      if (page === undefined) return found;
      found.push(...page.entries);
      if (page.remaining === 0) return found;
      startAfter = found.at(-1)?.pathSuffix ?? "";
    }
  }

  async #page(
    folder: string,
    startAfter: string,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly entries: readonly FileStatus[]; readonly remaining: number } | undefined> {
    try {
      const parameters: Record<string, string> = startAfter === "" ? {} : { startAfter };
      const answer = await this.#ask("GET", "LISTSTATUS_BATCH", folder, parameters, signal);
      const { DirectoryListing: listing } = answer as {
        readonly DirectoryListing: {
          readonly partialListing: { readonly FileStatuses: { readonly FileStatus: readonly FileStatus[] } };
          readonly remainingEntries: number;
        };
      };
      return {
        entries: listing.partialListing.FileStatuses.FileStatus,
        remaining: listing.remainingEntries,
      };
    } catch (thrown) {
      if (isMissing(thrown)) return undefined;
      throw thrown;
    }
  }

  /** Before the first write of this handle: the location is made, its server tried, and what dead writers left is swept. */
  async #prepare(signal: AbortSignal | undefined): Promise<void> {
    if (this.#ready) return;
    await this.#makeFolder("", signal, LOCATION_PERMISSION);
    const probe = this.#temporary();
    await this.#makeFolder(`${probe}/a`, signal);
    await this.#makeFolder(`${probe}/b`, signal);
    const overwrote = await this.#rename(`${probe}/a`, `${probe}/b`, "NONE", signal);
    if (overwrote) throw looseRename(this.#location.text);
    await this.#sweep(probe, signal);
    await this.#ask("DELETE", "DELETE", probe, { recursive: "true" }, signal);
    this.#ready = true;
  }

  /** Removes old temporary files; `fresh` is one that was made just now. The next handle looks again. */
  async #sweep(fresh: string, signal: AbortSignal | undefined): Promise<void> {
    const entries = (await this.#page(TEMPORARY_FOLDER, "", signal))?.entries ?? [];
    const now = (await this.#statusOf(fresh, signal))?.modificationTime ?? 0;
    const old = entries.filter(({ modificationTime }) => now - modificationTime > LEFT_OVER_MS);
    await inParallel(old, WIDTH, async ({ pathSuffix }) => {
      try {
        await this.#ask(
          "DELETE",
          "DELETE",
          `${TEMPORARY_FOLDER}/${pathSuffix}`,
          { recursive: "true" },
          signal,
        );
      } catch (thrown) {
        // Another user's, in a folder that several write to.
        if (!(thrown instanceof Refusal) || thrown.exception !== "AccessControlException") throw thrown;
      }
    });
  }
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Refusal && thrown.exception === "FileNotFoundException";
}

function isTaken(thrown: unknown): boolean {
  return thrown instanceof Refusal && thrown.exception === "FileAlreadyExistsException";
}

function looseRename(location: string): Error {
  return storeError(
    "STORE_UNSUPPORTED",
    `Cannot use "${location}" as a checkpoint location: its server renames by the old rules and can't refuse a taken name, so that two runners could both hold one record`,
    {
      hint: "Name the NameNodes themselves; an HttpFS gateway knows only the old rename.",
    },
  );
}
