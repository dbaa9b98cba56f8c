import { dirname, join } from "node:path";
import { storeError } from "../errors.ts";
import type { FileSystem } from "./file-system.ts";
import { fileSystemClass, type FileSystemClass } from "./file-system-types.ts";

/** The class and name of the file system on which `folder` lies, or will lie once it is made. */
export function fileSystemOf(
  fs: FileSystem,
  folder: string,
): { readonly class: FileSystemClass; readonly name: string } {
  let path = folder;
  while (fs.realPath(path) === undefined && path !== dirname(path)) path = dirname(path);
  return fileSystemClass(fs.fileSystemType(path));
}

export interface DefaultPlace {
  /** The system's folder for temporary files, as `os.tmpdir()` gives it. */
  readonly tempFolder: string;
  /** The user's number. */
  readonly uid: number;
  readonly fs: FileSystem;
}

/**
 * The location where none is given: `<system temp>/cairn-checkpoints-<user id>`. Temp is open to everybody, so what
 * stands there must be ours and ours alone.
 *
 * Errors: STORE_DEFAULT_UNSAFE where it is a link, no folder, another user's, or open to others.
 */
export function defaultLocation({ tempFolder, uid, fs }: DefaultPlace): string {
  const folder = join(tempFolder, `cairn-checkpoints-${uid}`);
  const found = fs.factsAt(folder);
  if (found === undefined) return folder;
  let why: string | undefined;
  if (found.kind === "link") why = "it is a link";
  else if (found.kind !== "folder") why = "it is not a folder";
  else if (found.uid !== uid) why = `it belongs to the user with the number ${found.uid}`;
  else if ((found.mode & 0o077) !== 0) why = `others may enter it (mode ${found.mode.toString(8)})`;
  if (why === undefined) return folder;
  throw storeError("STORE_DEFAULT_UNSAFE", `Cannot use the default checkpoint location "${folder}": ${why}`, {
    hint: "Give a location of your own with --checkpoint=LOCATION or pipeline.checkpoint.location.",
    details: { location: folder },
  });
}

/** What a user should be told of a local location before relying on it; undefined where there is nothing to tell. */
export function localWarning(fs: FileSystem, folder: string, isDefault: boolean): string | undefined {
  const { class: found, name } = fileSystemOf(fs, folder);
  if (found === "memory") {
    return `The checkpoint location "${folder}" is on ${name}, which is gone after a restart. Give a folder on a disk for production.`;
  }
  if (!isDefault) return undefined;
  return `No checkpoint location is given: "${folder}" is used. Temporary folders are cleaned by the system; give a location for production.`;
}
