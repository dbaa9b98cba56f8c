import { storeError } from "../errors.ts";
import { gapError } from "../names.ts";
import type { AppendResult } from "../store.ts";
import type { FileSystem } from "./file-system.ts";
import type { Folders } from "./folders.ts";
import { readLines } from "./lines.ts";
import { appendLine, closeDropped, openFile, settle, type OpenFile } from "./open-file.ts";
import { rewriteLog } from "./rewrite-log.ts";
import { readWhole } from "./whole.ts";

export interface LogFileOptions {
  readonly fs: FileSystem;
  readonly folders: Folders;
  /** Absolute path of the file. */
  readonly path: string;
  /** The log's name, for messages. */
  readonly log: string;
}

/**
 * A log's file under one handle, for writing. All methods answer `busy` where another process has the lock at this
 * instant.
 *
 * The file stays open between appends; its lock is taken for each of them. So whoever sleeps, or has lost its lease
 * without knowing, finds its number taken and is refused by that, as on every other store; a lock that is free says
 * that nobody is in the middle of a write, and that what looks torn is torn.
 */
export class LogFile {
  readonly #options: LogFileOptions;
  #file: OpenFile | undefined;

  constructor(options: LogFileOptions) {
    this.#options = options;
  }

  append(seq: number, text: string): AppendResult | "busy" {
    const { fs, log } = this.#options;
    const held = this.#lock(seq === 1);
    if (held === "busy") return "busy";
    if (held === "absent") throw gapError(log, seq, 0);
    return this.#under(held, () => {
      if (seq <= held.highest) return { taken: true, present: textAt(fs, held, seq) };
      if (seq !== held.highest + 1) throw gapError(log, seq, held.highest);
      appendLine(fs, held, Buffer.from(`${text}\n`), () => this.close());
      held.highest = seq;
      return { taken: false };
    });
  }

  remove(seqs: ReadonlySet<number>): "done" | "busy" {
    const { fs, folders, path } = this.#options;
    const held = this.#lock(false);
    if (held === "busy") return "busy";
    if (held === "absent") return "done";
    return this.#under(held, () => {
      const bytes = readWhole(fs, held.fd, 0, held.end);
      if (rewriteLog({ fs, folders, path, seqs, bytes }) !== "unchanged") this.close();
      return "done";
    });
  }

  /** Closes the file; nothing that was known of it counts any more. Closing frees the lock. */
  close(): void {
    const closed = this.#file;
    this.#file = undefined;
    if (closed !== undefined) closeDropped(this.#options.fs, closed.fd);
  }

  /** Opens and locks the file that is at the path *now*. */
  #lock(create: boolean): OpenFile | "busy" | "absent" {
    const { fs, folders, path, log } = this.#options;
    for (;;) {
      const had = this.#file;
      const file = had ?? this.#open(create);
      // A folder that we have just made may have been swept, being empty, by whoever removed the last log in it.
      if (file === undefined) return create ? "busy" : "absent";
      this.#file = file;
      if (!fs.tryLock(file.fd)) return "busy";
      const now = fs.factsAt(path);
      if (now !== undefined && now.ino === file.ino && now.dev === file.dev) {
        if (now.size !== file.end) file.settled = false;
        return file;
      }
      this.close();
      // A log that this handle wrote to isn't made anew: whoever removed it did so on purpose.
      if (now === undefined && had !== undefined && had.highest > 0) throw goneError(log, folders.root);
    }
  }

  #open(create: boolean): OpenFile | undefined {
    const { fs, folders, path } = this.#options;
    if (create) folders.make(path);
    folders.refuseLinks(path);
    return openFile(fs, path, create ? "create" : "write");
  }

  /** Runs `work` under the lock, then frees it. Whatever it throws, the file is read anew at the next call. */
  #under<T>(held: OpenFile, work: () => T): T {
    const { fs, folders, path } = this.#options;
    try {
      if (!held.settled) settle(fs, folders, path, held);
      return work();
    } catch (thrown) {
      held.settled = false;
      throw thrown;
    } finally {
      this.#unlock(held);
    }
  }

  #unlock(held: OpenFile): void {
    if (this.#file !== held) return;
    try {
      this.#options.fs.unlock(held.fd);
    } catch {
      // Closing frees the lock too; what was recorded stands.
      this.close();
    }
  }
}

function textAt(fs: FileSystem, file: OpenFile, seq: number): string | undefined {
  const { records } = readLines(readWhole(fs, file.fd, 0, file.end));
  return records.find((record) => record.seq === seq)?.text;
}

function goneError(log: string, root: string): Error {
  return storeError(
    "STORE_LOG_GONE",
    `Cannot append to log "${log}" in the checkpoint store "${root}": its file was removed`,
    {
      hint: "Somebody deleted the checkpoint of a live run. Start the pipeline again.",
    },
  );
}
