import type { FileSystem } from "./file-system.ts";
import type { Folders } from "./folders.ts";
import { readLines } from "./lines.ts";
import { writeWhole } from "./whole.ts";

export interface RewriteOptions {
  readonly fs: FileSystem;
  readonly folders: Folders;
  /** The log's file, whose lock the caller holds. */
  readonly path: string;
  /** Numbers to leave out. */
  readonly seqs: ReadonlySet<number>;
  /** The file's content. */
  readonly bytes: Uint8Array;
}

/** Ends the name of the file that a log is rewritten to; no log and no lease ends so. */
const TEMPORARY = ".tmp";

/**
 * Replaces a log's file by one without some records: all of it or nothing, whenever the machine stops. Where no
 * record stays, the file goes, and folders that are left empty with it.
 */
export function rewriteLog({
  fs,
  folders,
  path,
  seqs,
  bytes,
}: RewriteOptions): "unchanged" | "replaced" | "gone" {
  const { records } = readLines(bytes);
  const staying = stayingLines(
    bytes,
    records.map(({ seq }) => !seqs.has(seq)),
  );
  const temporary = path + TEMPORARY;
  if (staying.length === 0) {
    fs.unlink(temporary);
    fs.unlink(path);
    folders.sync(path);
    folders.sweep(path);
    return "gone";
  }
  if (staying.length === bytes.length) return "unchanged";
  const modified = fs.factsAt(path)?.mtimeMs;
  const fd = fs.open(temporary, "replace");
  try {
    // Locked until its name is on the disk: a record appended to it before could vanish with the name.
    fs.tryLock(fd);
    writeWhole(fs, fd, staying, 0);
    if (modified !== undefined) fs.setModified(fd, modified);
    fs.syncData(fd);
    fs.rename(temporary, path);
    folders.sync(path);
  } finally {
    fs.close(fd);
  }
  return "replaced";
}

/** The lines that stay, with their line feeds. */
function stayingLines(bytes: Uint8Array, stays: readonly boolean[]): Uint8Array {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (const stay of stays) {
    const next = bytes.indexOf(10, start) + 1;
    if (stay) lines.push(bytes.subarray(start, next));
    start = next;
  }
  return Buffer.concat(lines);
}
