import { join } from "node:path";
import { CairnError } from "../../base/mod.ts";
import { errnoOf } from "../errors.ts";
import { checkName } from "../names.ts";
import type { StoredRecord, StoreShortcuts } from "../store.ts";
import type { FileSystem } from "./file-system.ts";
import type { Folders } from "./folders.ts";
import { readWhole, writeWhole } from "./whole.ts";

export interface LocalShortcutsOptions {
  readonly fs: FileSystem;
  readonly folders: Folders;
  readonly read: (log: string, signal?: AbortSignal) => Promise<readonly StoredRecord[]>;
  /** Turns the system's errors into the store's. */
  readonly attempt: <T>(doing: string, writing: boolean, call: () => T) => T;
}

const NOTE_SUFFIX = ".note";

/**
 * Notes and folders of a store in a folder: a note is a file `<name>.note`, which no sync follows, so that a power
 * failure may leave a torn one. Logs are one file each and need no sealing.
 */
export function localShortcuts({ fs, folders, read, attempt }: LocalShortcutsOptions): StoreShortcuts {
  const { root } = folders;
  const pathOf = (name: string): string => {
    checkName(name);
    return join(root, name + NOTE_SUFFIX);
  };
  const enter = (signal: AbortSignal | undefined): void => signal?.throwIfAborted();
  return {
    seal: () => Promise.resolve(),
    readRecords: read,
    async folders(prefix, signal) {
      enter(signal);
      const entries = attempt(`list "${prefix}"`, false, () => fs.list(join(root, prefix)));
      return entries.flatMap(({ name, kind }) => (kind === "folder" ? `${prefix}${name}/` : [])).toSorted();
    },
    async putNote(name, text, signal) {
      enter(signal);
      try {
        attempt(`write the note "${name}"`, true, () => write(fs, folders, pathOf(name), text));
      } catch (thrown) {
        // Without the note its reader looks at the records.
        if (!(thrown instanceof CairnError) || thrown.kind !== "world") throw thrown;
      }
    },
    async notes(prefix, signal) {
      enter(signal);
      const entries = attempt(`list the notes of "${prefix}"`, false, () => fs.list(join(root, prefix)));
      return entries
        .flatMap(({ name, kind }) =>
          kind === "file" && name.endsWith(NOTE_SUFFIX) ? prefix + name.slice(0, -NOTE_SUFFIX.length) : [],
        )
        .toSorted();
    },
    async note(name, signal) {
      enter(signal);
      return attempt(`read the note "${name}"`, false, () => readText(fs, folders, pathOf(name)));
    },
    async removeNote(name, signal) {
      enter(signal);
      attempt(`remove the note "${name}"`, true, () => fs.unlink(pathOf(name)));
    },
  };
}

function write(fs: FileSystem, folders: Folders, path: string, text: string): void {
  folders.make(path);
  folders.refuseLinks(path);
  const fd = fs.open(path, "replace");
  try {
    writeWhole(fs, fd, Buffer.from(text), 0);
  } finally {
    fs.close(fd);
  }
}

function readText(fs: FileSystem, folders: Folders, path: string): string | undefined {
  folders.refuseLinks(path);
  let fd: number;
  try {
    fd = fs.open(path, "read");
  } catch (thrown) {
    if (errnoOf(thrown) === "ENOENT" || errnoOf(thrown) === "ENOTDIR") return undefined;
    throw thrown;
  }
  try {
    return Buffer.from(readWhole(fs, fd, 0, fs.facts(fd).size)).toString("utf8");
  } finally {
    fs.close(fd);
  }
}
