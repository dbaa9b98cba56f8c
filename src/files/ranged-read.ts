import type { DataFile } from "./data-files.ts";
import { fileError } from "./file-error.ts";

/** Bytes that are asked for at once: what memory a read takes. */
const RANGE_BYTES = 8 * 1024 * 1024;

/**
 * Reads a remote file range by range, so that a connection that breaks costs one of them and not the whole.
 * `read` gives exactly the bytes from `from` to before `to`.
 */
export async function* rangedRead(
  file: DataFile,
  begin: number,
  read: (from: number, to: number) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (let from = begin; from < file.size; from += RANGE_BYTES) {
    yield await read(from, Math.min(file.size, from + RANGE_BYTES));
  }
}

/** The error for what is not there. */
export function missingError(doing: string, uri: string): Error {
  return fileError("FILE_MISSING", `Cannot ${doing} "${uri}": nothing is there`);
}

/** The error for a file that became another one while it was read. */
export function changedError(uri: string): Error {
  return fileError("FILE_CHANGED", `Cannot read "${uri}": it was changed meanwhile`);
}
