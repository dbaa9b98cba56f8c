import { dirname, join, relative, sep } from "node:path";
import type { Clock } from "../../base/mod.ts";
import { storeError } from "../errors.ts";
import type { FileSystem } from "./file-system.ts";
import { settleRead } from "./settle-read.ts";

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
export function openFolders(fs: FileSystem, root: string, clock: Clock): Folders {
  /** Folders whose names in their parents this handle has brought to the disk, each by path and number. */
  const named = new Set<string>();
  let aboveIsNamed = false;

  const makeOne = (path: string): void => {
    if (fs.factsAt(path)?.kind === "folder") return;
    if (fs.realPath(path) !== undefined) return;
    if (dirname(path) !== path) makeOne(dirname(path));
    fs.makeFolder(path);
  };

  /** The folders from that of `file` up to the location. */
  const upwards = (file: string): string[] => {
    const found = [dirname(file)];
    for (let path = dirname(file); path !== root && path !== dirname(path); path = dirname(path)) {
      found.push(dirname(path));
    }
    return found;
  };

  /** Folders above the location that were made a short while ago, perhaps by a process that was killed before its sync. */
  const syncAbove = (): void => {
    for (let path = dirname(root); ; path = dirname(path)) {
      settleRead(clock, fs.factsAt(path)?.mtimeMs ?? 0, () => fs.syncFolder(path));
      if (path === dirname(path)) return;
    }
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
      // The file's own name may be new each time (created, replaced); those of folders are so once.
      fs.syncFolder(folder);
      let child = folder;
      for (const parent of above) {
        const identity = `${child}\0${fs.factsAt(child)?.ino ?? ""}`;
        if (!named.has(identity)) {
          fs.syncFolder(parent);
          named.add(identity);
        }
        child = parent;
      }
      if (!aboveIsNamed) syncAbove();
      aboveIsNamed = true;
    },
    sweep(file) {
      for (let path = dirname(file); path !== root && path.startsWith(root + sep); path = dirname(path)) {
        if (!fs.removeFolder(path)) return;
      }
    },
  };
}
