import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { CairnError, type Clock, type JsonObject, sha256 } from "../base/mod.ts";
import { systemFileSystem } from "../store/mod.ts";

/** `prev_hash` of a file's first line. */
const FIRST_HASH = "0".repeat(64);

const CHUNK_BYTES = 64 * 1024;
const LINE_FEED = 0x0a;
const LOCK_RETRY_MS = 5;
/** How long another writer's lock is waited for; writers hold it for one line. */
const LOCK_TIMEOUT_MS = 10_000;
const FILE_MODE = 0o600;

/** What the next line is chained to. */
interface Tail {
  readonly hash: string;
  /** The end of the file is a line that was not finished: a crash or a full disk cut it. */
  readonly torn: { readonly bytes: number } | undefined;
}

/** The bytes after the last line feed before `end`. */
function lineBefore(fd: number, end: number): Buffer {
  const parts: Buffer[] = [];
  let at = end;
  while (at > 0) {
    const size = Math.min(CHUNK_BYTES, at);
    const chunk = Buffer.alloc(size);
    let filled = 0;
    while (filled < size) {
      const count = readSync(fd, chunk, filled, size - filled, at - size + filled);
      if (count === 0) throw new Error("the file became shorter while it was read");
      filled += count;
    }
    const feed = chunk.lastIndexOf(LINE_FEED);
    parts.unshift(chunk.subarray(feed + 1));
    if (feed !== -1) break;
    at -= size;
  }
  return Buffer.concat(parts);
}

function readTail(fd: number, size: number): Tail {
  if (size === 0) return { hash: FIRST_HASH, torn: undefined };
  const rest = lineBefore(fd, size);
  if (rest.length > 0) return { hash: sha256(rest), torn: { bytes: rest.length } };
  return { hash: sha256(lineBefore(fd, size - 1)), torn: undefined };
}

function writeAll(fd: number, text: string): void {
  let bytes: Uint8Array = Buffer.from(text, "utf8");
  while (bytes.length > 0) bytes = bytes.subarray(writeSync(fd, bytes));
}

/** Tries for the file's lock; a file system without locks can't keep a chain that others may write to. */
function tryLock(fd: number, path: string): boolean {
  try {
    return systemFileSystem.tryLock(fd);
  } catch (thrown) {
    throw new CairnError(`Cannot append to ${path}: its file system has no locks`, {
      code: "AUDIT_UNLOCKABLE",
      kind: "world",
      hint: "Keep the audit file on a local disk.",
      cause: thrown,
    });
  }
}

async function lock(fd: number, path: string, clock: Clock): Promise<void> {
  const deadline = clock.steady() + LOCK_TIMEOUT_MS;
  while (!tryLock(fd, path)) {
    if (clock.steady() > deadline) {
      throw new CairnError(`Cannot append to ${path}: another process has kept it locked`, {
        code: "AUDIT_LOCKED",
        kind: "world",
        hint: "Find the process that holds a lock of the file (lsof), or write to another file.",
      });
    }
    await clock.sleep(LOCK_RETRY_MS);
  }
}

/** A file of JSON lines, each with the hash of the line before it. */
export interface ChainedFile {
  /** Resolves once the line is on the disk. Calls are written in their order. */
  append(record: JsonObject): Promise<void>;
}

export interface ChainedFileOptions {
  readonly clock: Clock;
  /** The line that is put after a torn one, to mark it. */
  readonly tornLine: (bytes: number) => JsonObject;
}

/**
 * An append-only file of JSON lines. Each line's last field `prev_hash` is the SHA-256 of the bytes of the line before
 * it (without its line feed; 64 zeros for the first), so that a changed, removed or inserted line shows. Several
 * processes may share a file: each line is written under the file's lock. The file is opened for each line, so that
 * it may be rotated by renaming; it is never cut: a torn last line gets its line feed and a line that marks it.
 */
export function openChainedFile(path: string, options: ChainedFileOptions): ChainedFile {
  let queue: Promise<void> = Promise.resolve();
  let known: { readonly ino: number; readonly size: number; readonly hash: string } | undefined;

  const write = (fd: number, record: JsonObject): void => {
    const { size, ino } = fstatSync(fd);
    let { hash, torn }: Tail =
      known?.ino === ino && known.size === size ? { hash: known.hash, torn: undefined } : readTail(fd, size);
    let text = "";
    const add = (line: JsonObject): void => {
      const json = JSON.stringify({ ...line, prev_hash: hash });
      hash = sha256(json);
      text += `${json}\n`;
    };
    if (torn !== undefined) {
      text = "\n";
      add(options.tornLine(torn.bytes));
    }
    add(record);
    known = undefined;
    writeAll(fd, text);
    fsyncSync(fd);
    known = { ino, size: size + Buffer.byteLength(text), hash };
  };
  const append = async (record: JsonObject): Promise<void> => {
    mkdirSync(dirname(path), { recursive: true });
    const fd = openSync(path, "a+", FILE_MODE);
    try {
      await lock(fd, path, options.clock);
      const isNew = fstatSync(fd).size === 0;
      write(fd, record);
      // A new file's name has to be on the disk too.
      if (isNew) systemFileSystem.syncFolder(dirname(path));
    } finally {
      closeSync(fd);
    }
  };
  return {
    async append(record) {
      const done = queue.then(() => append(record));
      // A failed line must not keep the next ones from being tried; its own caller hears of it.
      queue = done.catch(() => undefined);
      await done;
    },
  };
}
