import { dirname, join, relative, sep } from "node:path";
import type { Clock } from "../../base/mod.ts";
import { storeError } from "../errors.ts";
import type { FileSystem } from "./file-system.ts";
import { settleRead } from "./settle-read.ts";

/** The folders of one location: made, kept inside it, synced, swept. */
export class Folders {
  /** The location as given, absolute; it need not exist. */
  readonly root: string;
  readonly #fs: FileSystem;
  readonly #clock: Clock;
  /** Folders whose names in their parents this handle has brought to the disk, each by path and number. */
  readonly #named = new Set<string>();
  #aboveIsNamed = false;

  constructor(fs: FileSystem, root: string, clock: Clock) {
    this.root = root;
    this.#fs = fs;
    this.#clock = clock;
  }

  /** Makes the folder of `file` with its parents. */
  make(file: string): void {
    this.#makeFolder(dirname(file));
  }

  /** Throws STORE_LINK where the folder of `file` is reached by a link inside the location. */
  refuseLinks(file: string): void {
    const real = this.#fs.realPath(this.root);
    const folder = dirname(file);
    const found = this.#fs.realPath(folder);
    if (real === undefined || found === undefined) return;
    if (found === join(real, relative(this.root, folder))) return;
    throw storeError(
      "STORE_LINK",
      `Cannot use "${folder}" in the checkpoint store "${this.root}": a link inside the store leads to "${found}"`,
      { hint: "Replace the link by the folder itself; only the location as a whole may be a link." },
    );
  }

  /** Brings the name of `file` to the disk, and those of its folders where that isn't known to have happened. */
  sync(file: string): void {
    // The file's own name may be new each time (created, replaced); those of folders are so once.
    this.#fs.syncFolder(dirname(file));
    for (let child = dirname(file); child !== this.root && child !== dirname(child); child = dirname(child)) {
      const identity = `${child}\0${this.#fs.factsAt(child)?.ino ?? ""}`;
      if (this.#named.has(identity)) continue;
      this.#fs.syncFolder(dirname(child));
      this.#named.add(identity);
    }
    if (!this.#aboveIsNamed) this.#syncAbove();
    this.#aboveIsNamed = true;
  }

  /** Removes the folder of `file` and its parents below the location, as far as they are empty. */
  sweep(file: string): void {
    for (let path = dirname(file); path.startsWith(this.root + sep); path = dirname(path)) {
      if (!this.#fs.removeFolder(path)) return;
    }
  }

  #makeFolder(path: string): void {
    if (this.#fs.factsAt(path)?.kind === "folder" || this.#fs.realPath(path) !== undefined) return;
    if (dirname(path) !== path) this.#makeFolder(dirname(path));
    this.#fs.makeFolder(path);
  }

  /** Folders above the location that were made a short while ago, perhaps by a process that was killed before its sync. */
  #syncAbove(): void {
    for (let path = dirname(this.root); ; path = dirname(path)) {
      settleRead(this.#clock, this.#fs.factsAt(path)?.mtimeMs ?? 0, () => this.#fs.syncFolder(path));
      if (path === dirname(path)) return;
    }
  }
}
