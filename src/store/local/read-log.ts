import { join } from "node:path";
import type { Clock } from "../../base/mod.ts";
import { errnoOf } from "../errors.ts";
import type { StoredRecord } from "../store.ts";
import type { FileFacts, FileSystem } from "./file-system.ts";
import type { Folders } from "./folders.ts";
import { readLines } from "./lines.ts";
import { settleRead } from "./settle-read.ts";
import { readWhole } from "./whole.ts";

export interface Reading {
  readonly fs: FileSystem;
  readonly folders: Folders;
  readonly clock: Clock;
}

/** How much of a file's end is read at first to find its last record, in bytes. */
const TAIL_BYTES = 64 * 1024;

/** All records of a log; none where there is no file. */
export function readLog(reading: Reading, path: string): readonly StoredRecord[] {
  const bytes = withLog(reading, path, (fd, { size }) => readWhole(reading.fs, fd, 0, size));
  return bytes === undefined ? [] : readLines(bytes).records;
}

/** The last record of a log. Reads only the file's end where that holds it whole. */
export function readLast(reading: Reading, path: string): StoredRecord | undefined {
  return withLog(reading, path, (fd, { size }) => {
    const from = Math.max(0, size - TAIL_BYTES);
    const tail = readWhole(reading.fs, fd, from, size - from);
    if (from === 0) return readLines(tail).records.at(-1);
    // The first line of the tail is cut; a number's line before the last one proves that nothing is out of order.
    const whole = readLines(tail.subarray(tail.indexOf(10) + 1)).records;
    if (whole.length > 1 && whole.every(({ text }) => text !== undefined)) return whole.at(-1);
    return readLines(readWhole(reading.fs, fd, 0, size)).records.at(-1);
  });
}

/** When a log was last written, in milliseconds since the epoch. */
export function writtenAt({ fs }: Pick<Reading, "fs">, path: string): number | undefined {
  const facts = fs.factsAt(path);
  return facts?.kind === "file" && facts.size > 0 ? Math.floor(facts.mtimeMs) : undefined;
}

/** Names of all logs that begin with `prefix`, sorted. Links are not followed. */
export function listLogs(fs: FileSystem, root: string, prefix: string, suffix: string): string[] {
  const found: string[] = [];
  const visit = (folder: string): void => {
    for (const { name, kind } of fs.list(join(root, folder))) {
      const path = folder + name;
      if (kind === "folder" && (`${path}/`.startsWith(prefix) || prefix.startsWith(`${path}/`)))
        visit(`${path}/`);
      if (kind !== "file" || !path.endsWith(suffix)) continue;
      const log = path.slice(0, -suffix.length);
      if (log.startsWith(prefix) && writtenAt({ fs }, join(root, path)) !== undefined) found.push(log);
    }
  };
  visit(prefix.slice(0, prefix.lastIndexOf("/") + 1));
  return found.toSorted();
}

function withLog<T>(
  reading: Reading,
  path: string,
  read: (fd: number, facts: FileFacts) => T,
): T | undefined {
  const { fs, folders, clock } = reading;
  folders.refuseLinks(path);
  const fd = openToRead(fs, path);
  if (fd === undefined) return undefined;
  try {
    const facts = fs.facts(fd);
    const found = read(fd, facts);
    settleRead(clock, facts.mtimeMs, () => {
      fs.syncData(fd);
      folders.sync(path);
    });
    return found;
  } finally {
    fs.close(fd);
  }
}

function openToRead(fs: FileSystem, path: string): number | undefined {
  try {
    return fs.open(path, "read");
  } catch (thrown) {
    if (errnoOf(thrown) === "ENOENT" || errnoOf(thrown) === "ENOTDIR") return undefined;
    throw thrown;
  }
}
