import { storeError } from "../errors.ts";
import type { HdfsLocation } from "./hdfs-location.ts";
import type { NameCall } from "./name-call.ts";
import { Refusal } from "./refusal.ts";
import type { WebHdfs } from "./web-hdfs.ts";

/** What a NameNode says of a file or folder. */
export interface FileStatus {
  /** Its name, in a listing. */
  readonly pathSuffix: string;
  readonly type: string;
  /** Bytes. */
  readonly length: number;
  /** By the NameNode's clock, in ms since the epoch. */
  readonly modificationTime: number;
  readonly childrenNum?: number;
}

export interface NameSpaceOptions {
  readonly client: WebHdfs;
  readonly location: HdfsLocation;
  /** No second runner ever starts: then a server may know only the old rename. */
  readonly singleWriter: boolean;
}

/** Part of a folder's listing. */
interface Page {
  readonly entries: readonly FileStatus[];
  /** How many entries come after these. */
  readonly remaining: number;
}

/** How often a folder is made anew because somebody swept it, being empty, before it was used. */
const TRIES = 5;

/** Files and folders below the location, by their paths from there. Throws what the client does. */
export class NameSpace {
  readonly #client: WebHdfs;
  readonly #location: HdfsLocation;
  readonly #singleWriter: boolean;

  constructor({ client, location, singleWriter }: NameSpaceOptions) {
    this.#client = client;
    this.#location = location;
    this.#singleWriter = singleWriter;
  }

  /** Writes a new file, whole and synced. */
  async write(path: string, text: string, signal?: AbortSignal): Promise<void> {
    await this.#client.create(this.#path(path), new TextEncoder().encode(text), signal);
  }

  /** The text of a file; undefined where there is none. */
  async read(path: string, signal?: AbortSignal): Promise<string | undefined> {
    const bytes = await unlessMissing(this.#client.open(this.#path(path), signal));
    return bytes === undefined ? undefined : Buffer.from(bytes).toString("utf8");
  }

  /** Gives a file another name, in a folder that is made where it is missing; false where `NONE` was asked for and the name is taken. */
  async rename(
    from: string,
    to: string,
    option: "NONE" | "OVERWRITE",
    signal?: AbortSignal,
  ): Promise<boolean> {
    const parameters = { destination: this.#path(to), renameoptions: option };
    for (let tries = 1; ; tries++) {
      let answer: unknown;
      try {
        answer = await this.#ask("PUT", "RENAME", from, parameters, signal);
        // The strict rename answers nothing; the old one, which knows no options, whether it was done.
        if (answer === undefined) return true;
      } catch (thrown) {
        if (isTaken(thrown)) return false;
        if (!isMissing(thrown)) throw thrown;
      }
      if (answer !== undefined) {
        const done = await this.#renamedLoosely(answer, to, option, signal);
        if (done !== undefined) return done;
      }
      if (tries === TRIES) throw new Refusal("", 503, "", `the folder of "${to}" is removed again and again`);
      await this.makeFolder(to.slice(0, to.lastIndexOf("/")), signal);
    }
  }

  async makeFolder(path: string, signal?: AbortSignal, permission?: string): Promise<void> {
    await this.#ask("PUT", "MKDIRS", path, permission === undefined ? {} : { permission }, signal);
  }

  /** Removes a file, or a folder with or without what is in it; it may be missing. */
  async remove(path: string, signal?: AbortSignal, recursive = false): Promise<void> {
    await this.#ask("DELETE", "DELETE", path, { recursive: String(recursive) }, signal);
  }

  async statusOf(path: string, signal?: AbortSignal): Promise<FileStatus | undefined> {
    const answer = await unlessMissing(this.#ask("GET", "GETFILESTATUS", path, {}, signal));
    if (answer === undefined) return undefined;
    const status = (answer as { readonly FileStatus?: FileStatus }).FileStatus;
    if (typeof status?.modificationTime !== "number") throw new SyntaxError("the answer is no file's status");
    return status;
  }

  /** What is in a folder behind the name `after`, in the order of names; nothing where there is no folder. */
  async list(folder: string, after: string, signal?: AbortSignal): Promise<FileStatus[]> {
    const found: FileStatus[] = [];
    for (let startAfter = after; ;) {
      const { entries, remaining } = await this.page(folder, startAfter, signal);
      found.push(...entries);
      if (remaining === 0) return found;
      startAfter = found.at(-1)?.pathSuffix ?? "";
    }
  }

  /** As `list`, but as much as the NameNode gives at a time: 1,000. */
  async page(folder: string, startAfter: string, signal?: AbortSignal): Promise<Page> {
    const parameters: Record<string, string> = startAfter === "" ? {} : { startAfter };
    const asked = this.#ask("GET", "LISTSTATUS_BATCH", folder, parameters, signal);
    const missing = Symbol("missing");
    const answer = await asked.catch((thrown: unknown) => {
      if (isMissing(thrown)) return missing;
      throw thrown;
    });
    if (answer === missing) return { entries: [], remaining: 0 };
    return pageIn(answer);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /** What an answer of the old rename means; undefined where the folder is missing. */
  async #renamedLoosely(
    answer: unknown,
    to: string,
    option: "NONE" | "OVERWRITE",
    signal: AbortSignal | undefined,
  ): Promise<boolean | undefined> {
    if (!this.#singleWriter) throw looseRename(this.#location.text);
    if ((answer as { readonly boolean?: unknown }).boolean === true) return true;
    // It doesn't say why not.
    if ((await this.statusOf(to, signal)) === undefined) return undefined;
    if (option === "NONE") return false;
    await this.remove(to, signal);
    return undefined;
  }

  #path(path: string): string {
    return path === "" ? this.#location.path : `${this.#location.path}/${path}`;
  }

  #ask(
    method: NameCall["method"],
    operation: string,
    path: string,
    parameters: Readonly<Record<string, string>>,
    signal: AbortSignal | undefined,
  ): Promise<unknown> {
    const repeatable = operation !== "RENAME" && operation !== "DELETE";
    return this.#client.ask({ method, operation, path: this.#path(path), parameters, repeatable }, signal);
  }
}

interface Listing {
  readonly partialListing?: { readonly FileStatuses?: { readonly FileStatus?: readonly FileStatus[] } };
  readonly remainingEntries?: number;
}

/** The page that an answer is. @throws SyntaxError where it is none: nobody may take it for an empty one */
function pageIn(answer: unknown): Page {
  const listing = (answer as { readonly DirectoryListing?: Listing } | undefined)?.DirectoryListing;
  const entries = listing?.partialListing?.FileStatuses?.FileStatus;
  const remaining = listing?.remainingEntries;
  const whole = Array.isArray(entries) && typeof remaining === "number";
  if (!whole || (entries.length === 0 && remaining > 0)) throw new SyntaxError("the answer is no listing");
  return { entries, remaining };
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw thrown;
  }
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Refusal && thrown.exception === "FileNotFoundException";
}

/** Whether a refusal says that the name is another file's. */
export function isTaken(thrown: unknown): boolean {
  return thrown instanceof Refusal && thrown.exception === "FileAlreadyExistsException";
}

/** The error for a server that can't refuse a taken name. */
export function looseRename(location: string): Error {
  return storeError(
    "STORE_UNSUPPORTED",
    `Cannot use "${location}" as a checkpoint location: its server renames by the old rules and can't refuse a taken name, so that two runners could both hold one record`,
    {
      hint: "Name the NameNodes themselves; an HttpFS gateway knows only the old rename. Where no second runner can ever start, set pipeline.checkpoint.single-writer = true.",
    },
  );
}
