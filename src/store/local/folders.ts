import { dirname, join, relative, sep } from "node:path";
import { storeError } from "../errors.ts";
import type { FileSystem } from "./file-system.ts";

/** The folders of one location: made, kept inside it, synced, swept. */
export interface Folders {
  /** The location as given, absolute. */
  readonly root: string;
  /** Makes the folder of `file` with its parents. */
  make(file: string): void;
  /** Throws STORE_LINK where the folder of `file` is reached by a link inside the location. */
  refuseLinks(file: string): void;
  /** Brings the name of `file` to the disk, and those of its folders where that isn't known to have happened. */
  sync(file: string): void;
  /** Removes the folder of `file` and its parents below the location, as far as they are empty. */
  sweep(file: string): void;
}

/** Opens the folders of the location `root` (an absolute path, which need not exist). */
export function openFolders(fs: FileSystem, root: string): Folders {
  /** Folders whose own names this handle has brought to the disk. */
  const synced = new Set<string>();

  const makeOne = (path: string): void => {
    if (fs.factsAt(path)?.kind === "folder") return;
    if (fs.realPath(path) !== undefined) return;
    if (dirname(path) !== path) makeOne(dirname(path));
    const outside = path === root || !path.startsWith(root + sep);
    if (fs.makeFolder(path) && outside) fs.syncFolder(dirname(path));
  };

  /** The folders from that of `file` up to the location. */
  const upwards = (file: string): string[] => {
    const found = [dirname(file)];
    for (let path = dirname(file); path !== root && path !== dirname(path); path = dirname(path)) {
      found.push(dirname(path));
    }
    return found;
  };

  return {
    root,
    make: (file) => makeOne(dirname(file)),
    refuseLinks(file) {
      const real = fs.realPath(root);
      const folder = dirname(file);
      const found = fs.realPath(folder);
      if (real === undefined || found === undefined) return;
      if (found === join(real, relative(root, folder))) return;
      throw storeError(
        "STORE_LINK",
        `Cannot use "${folder}" in the checkpoint store "${root}": a link inside the store leads to "${found}"`,
        {
          hint: "Replace the link by the folder itself; only the location as a whole may be a link.",
        },
      );
    },
    sync(file) {
      const [folder, ...above] = upwards(file);
      if (folder === undefined) return;
      // The file's own entry may be new each time (created, replaced); those above are made once.
      fs.syncFolder(folder);
      for (const path of above) {
        if (synced.has(path)) continue;
        fs.syncFolder(path);
        synced.add(path);
      }
    },
    sweep(file) {
      for (let path = dirname(file); path !== root && path.startsWith(root + sep); path = dirname(path)) {
        if (!fs.removeFolder(path)) return;
        synced.delete(path);
        synced.delete(dirname(path));
      }
    },
  };
}
