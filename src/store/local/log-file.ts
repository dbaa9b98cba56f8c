import type { AppendResult } from "../store.ts";
import { errnoOf, storeError } from "../errors.ts";
import { gapError } from "../names.ts";
import type { FileSystem } from "./file-system.ts";
import type { Folders } from "./folders.ts";
import { readLines } from "./lines.ts";
import { rewriteLog } from "./rewrite-log.ts";
import { readWhole, writeWhole } from "./whole.ts";

/** What a handle knows of the file behind a log. */
interface OpenFile {
  readonly fd: number;
  readonly dev: number;
  readonly ino: number;
  /** Bytes that count; the file is longer or shorter where somebody else wrote meanwhile. */
  end: number;
  /** Highest number, 0 in an empty file. */
  highest: number;
  /** False until everything up to `end` is known to be on the disk. */
  settled: boolean;
}

/** A log's file under one handle. All methods answer `busy` where another process has the lock at this instant. */
export interface LogFile {
  append(seq: number, text: string): AppendResult | "busy";
  remove(seqs: ReadonlySet<number>): "done" | "busy";
  close(): void;
}

export interface LogFileOptions {
  readonly fs: FileSystem;
  readonly folders: Folders;
  /** Absolute path of the file. */
  readonly path: string;
  /** The log's name, for messages. */
  readonly log: string;
}

/**
 * Opens a log for writing.
 *
 * The file stays open between appends; its lock is taken for each of them. So whoever sleeps, or has lost its lease
 * without knowing, finds its number taken and is refused by that, as on every other store; a lock that is free says
 * that nobody is in the middle of a write, and that what looks torn is torn.
 */
export function openLogFile({ fs, folders, path, log }: LogFileOptions): LogFile {
  let file: OpenFile | undefined;

  /** Closes the file; nothing that we know of it counts any more. Closing frees the lock. */
  const drop = (): void => {
    const dropped = file;
    file = undefined;
    if (dropped !== undefined) closeDropped(fs, dropped.fd);
  };

  const open = (create: boolean): OpenFile | undefined => {
    if (create) folders.make(path);
    folders.refuseLinks(path);
    const fd = openOrAbsent(fs, path, create ? "create" : "write");
    if (fd === undefined) return undefined;
    try {
      const { dev, ino } = fs.facts(fd);
      return { fd, dev, ino, end: 0, highest: 0, settled: false };
    } catch (thrown) {
      fs.close(fd);
      throw thrown;
    }
  };

  /** Opens and locks the file that is at the path *now*. */
  const lock = (create: boolean): OpenFile | "busy" | "absent" => {
    for (;;) {
      const had = file;
      file ??= open(create);
      // A folder that we have just made may have been swept, being empty, by whoever removed the last log in it.
      if (file === undefined) return create ? "busy" : "absent";
      if (!fs.tryLock(file.fd)) return "busy";
      const now = fs.factsAt(path);
      if (now !== undefined && now.ino === file.ino && now.dev === file.dev) {
        if (now.size !== file.end) file.settled = false;
        return file;
      }
      drop();
      // A log that this handle wrote to isn't made anew: whoever removed it did so on purpose.
      if (now === undefined && had !== undefined && had.highest > 0) throw goneError(log, folders.root);
    }
  };

  const unlock = (locked: OpenFile): void => {
    if (file !== locked) return;
    try {
      fs.unlock(locked.fd);
    } catch {
      // Closing frees the lock too; what was recorded stands.
      drop();
    }
  };

  /** Runs `work` under the lock. Whatever it throws, the file is read anew at the next call. */
  const locked = <T>(create: boolean, absent: () => T, work: (file: OpenFile) => T): T | "busy" => {
    const held = lock(create);
    if (held === "busy") return "busy";
    if (held === "absent") return absent();
    try {
      if (!held.settled) settle(fs, folders, path, held);
      return work(held);
    } catch (thrown) {
      held.settled = false;
      throw thrown;
    } finally {
      unlock(held);
    }
  };

  return {
    append(seq, text) {
      const absent = (): never => {
        throw gapError(log, seq, 0);
      };
      return locked<AppendResult>(seq === 1, absent, (held) => {
        if (seq <= held.highest) return { taken: true, present: textAt(fs, held, seq) };
        if (seq !== held.highest + 1) throw gapError(log, seq, held.highest);
        appendLine(fs, held, Buffer.from(`${text}\n`), drop);
        held.highest = seq;
        return { taken: false };
      });
    },
    remove(seqs) {
      return locked<"done">(
        false,
        () => "done",
        (held) => {
          const answer = rewriteLog({ fs, folders, path, seqs, bytes: readWhole(fs, held.fd, 0, held.end) });
          if (answer !== "unchanged") drop();
          return "done";
        },
      );
    },
    close: drop,
  };
}

function openOrAbsent(fs: FileSystem, path: string, mode: "create" | "write"): number | undefined {
  try {
    return fs.open(path, mode);
  } catch (thrown) {
    if (errnoOf(thrown) === "ENOENT") return undefined;
    throw thrown;
  }
}

/** Closes a descriptor that nobody counts on any more. Linux frees it and its lock even where it reports an error. */
function closeDropped(fs: FileSystem, fd: number): string | undefined {
  try {
    fs.close(fd);
    return undefined;
  } catch (thrown) {
    return errnoOf(thrown);
  }
}

/** Reads the file, cuts a torn tail, and makes sure that what stands is on the disk before anybody counts on it. */
function settle(fs: FileSystem, folders: Folders, path: string, file: OpenFile): void {
  const facts = fs.facts(file.fd);
  const bytes = readWhole(fs, file.fd, 0, facts.size);
  const { records, end, lastStart } = readLines(bytes);
  if (end < facts.size) fs.truncate(file.fd, end);
  if (end > 0) {
    // The last writer may have died between its write and its sync, or its sync may have failed: then the kernel
    // holds the page for clean and a new sync alone would write nothing. So the last record is written once more,
    // the same bytes in the same place. The time of its first writing is kept.
    writeWhole(fs, file.fd, bytes.subarray(lastStart, end), lastStart);
    fs.setModified(file.fd, facts.mtimeMs);
    fs.syncData(file.fd);
  }
  folders.sync(path);
  file.end = end;
  file.highest = records.at(-1)?.seq ?? 0;
  file.settled = true;
}

/**
 * Writes a line at the file's end and syncs it.
 *
 * Where the write fails (a full disk), the file is cut back and the same bytes may be sent again. After a failed
 * sync the descriptor is dead: Linux reports a lost page once and then holds it for clean, so that a second sync
 * would succeed without having written anything. The file is cut back, closed, and read anew by the next call.
 */
function appendLine(fs: FileSystem, file: OpenFile, line: Uint8Array, drop: () => void): void {
  let written = false;
  try {
    writeWhole(fs, file.fd, line, file.end);
    written = true;
    fs.syncData(file.fd);
  } catch (thrown) {
    try {
      fs.truncate(file.fd, file.end);
    } catch {
      // The tail stays as it is; the next call finds it whole or torn and treats it so.
      written = true;
    }
    if (written) drop();
    throw thrown;
  }
  file.end += line.length;
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
