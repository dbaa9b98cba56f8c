import { errnoOf } from "../errors.ts";
import type { FileSystem } from "./file-system.ts";
import type { Folders } from "./folders.ts";
import { readLines } from "./lines.ts";
import { readWhole, writeWhole } from "./whole.ts";

/** What a handle knows of the open file behind a log. */
export interface OpenFile {
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

/** Opens the file of a log, unread; undefined where it, or the folder it should be made in, is not there. */
export function openFile(fs: FileSystem, path: string, mode: "create" | "write"): OpenFile | undefined {
  const fd = openOrAbsent(fs, path, mode);
  if (fd === undefined) return undefined;
  try {
    const { dev, ino } = fs.facts(fd);
    return { fd, dev, ino, end: 0, highest: 0, settled: false };
  } catch (thrown) {
    fs.close(fd);
    throw thrown;
  }
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
export function closeDropped(fs: FileSystem, fd: number): string | undefined {
  try {
    fs.close(fd);
    return undefined;
  } catch (thrown) {
    return errnoOf(thrown);
  }
}

/** Reads the file, cuts a torn tail, and makes sure that what stands is on the disk before anybody counts on it. */
export function settle(fs: FileSystem, folders: Folders, path: string, file: OpenFile): void {
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
export function appendLine(fs: FileSystem, file: OpenFile, line: Uint8Array, drop: () => void): void {
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
