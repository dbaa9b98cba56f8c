import { closeSync, fstatSync, openSync, readdirSync, readSync } from "node:fs";

/** The largest configuration file that is read, in bytes: twice what 100,000 components take. */
export const MAX_CONFIG_BYTES: number = 64 * 1024 * 1024;

const CHUNK_BYTES = 256 * 1024;

/** Why a file could not be read. */
export type Unreadable = "missing" | "folder" | "denied" | "too-large" | "failed";

export type FileReading =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly why: Unreadable; readonly message: string };

/** The files that a configuration may be made of. Paths are absolute. */
export interface ConfigFiles {
  /** Reads at most `limit` bytes; more is `too-large`. Never throws. */
  read(path: string, limit: number): FileReading;
  /** Names in a folder; none where it can't be listed. */
  list(folder: string): readonly string[];
}

const WHY: Readonly<Record<string, Unreadable>> = {
  ENOENT: "missing",
  ENOTDIR: "missing",
  EISDIR: "folder",
  EACCES: "denied",
  EPERM: "denied",
};

function failure(thrown: unknown): FileReading {
  const code = (thrown as NodeJS.ErrnoException).code ?? "";
  return { ok: false, why: WHY[code] ?? "failed", message: (thrown as Error).message };
}

/** Reads to the end, whatever the size said: pipes and devices have none. */
function readAll(descriptor: number, limit: number): FileReading {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const chunk = new Uint8Array(CHUNK_BYTES);
    const count = readSync(descriptor, chunk);
    if (count === 0) return { ok: true, bytes: Buffer.concat(chunks) };
    total += count;
    if (total > limit) return { ok: false, why: "too-large", message: `more than ${limit} bytes` };
    chunks.push(chunk.subarray(0, count));
  }
}

/** The machine's own files. */
export const machineFiles: ConfigFiles = {
  read(path, limit) {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, "r");
      if (fstatSync(descriptor).isDirectory()) return { ok: false, why: "folder", message: "is a folder" };
      return readAll(descriptor, limit);
    } catch (thrown) {
      return failure(thrown);
    } finally {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  },
  list(folder) {
    try {
      return readdirSync(folder).toSorted();
    } catch {
      // Names only serve to guess what was meant; without them there is no guess.
      return [];
    }
  },
};
