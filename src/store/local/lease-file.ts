import { dirname } from "node:path";
import { storeError } from "../errors.ts";
import { parseHolder } from "../lease-holder.ts";
import type { Lease, LeaseAnswer, LeaseHolder } from "../store.ts";
import type { FileFacts, FileSystem } from "./file-system.ts";
import type { Folders } from "./folders.ts";
import { readWhole, writeWhole } from "./whole.ts";

export interface LeaseFileOptions {
  readonly fs: FileSystem;
  readonly folders: Folders;
  /** Absolute path of the lock file. */
  readonly path: string;
  /** The lease's name, for messages. */
  readonly name: string;
}

/** The lock file that is held. */
interface LockedFile extends Pick<FileFacts, "dev" | "ino"> {
  readonly fd: number;
}

/**
 * Tries once for a lease: the lock of a file, held while the file is open, freed by the system when the process
 * ends in whatever way. The file says who holds it; it is emptied at release, so that what stands in a free file
 * is the last holder's note that it didn't release it.
 */
export function tryLeaseFile(options: LeaseFileOptions, holder: LeaseHolder): LeaseAnswer {
  const { fs, folders, path } = options;
  folders.make(path);
  folders.refuseLinks(path);
  const fd = openLock(options);
  // Whoever released it just now has taken the folder away, because nothing else was in it.
  if (fd === undefined) return { held: true };
  let held = false;
  try {
    // What an open file is does not change; whether the path still leads to it does.
    const file = fs.facts(fd);
    if (!fs.tryLock(fd) || !leadsTo(fs, path, file)) return { held: true, holder: readHolder(fs, fd) };
    const previous = readHolder(fs, fd);
    const ours = inheriting(holder, previous);
    writeHolder(fs, fd, ours);
    held = true;
    return {
      held: false,
      lease: openLease(options, { fd, dev: file.dev, ino: file.ino }, ours),
      ...(previous && { previous }),
    };
  } finally {
    if (!held) fs.close(fd);
  }
}

/** Undefined where the folder is gone again. */
function openLock({ fs, path }: LeaseFileOptions): number | undefined {
  try {
    return fs.open(path, "create");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}

/** The live holder of a lease; undefined where the lock is free. */
export function leaseFileHolder({ fs, path }: LeaseFileOptions): LeaseHolder | undefined {
  if (fs.factsAt(path)?.kind !== "file") return undefined;
  const fd = fs.open(path, "read");
  try {
    // A shared lock for an instant; whoever wants the lease just then tries again.
    return fs.tryLock(fd, true) ? undefined : readHolder(fs, fd);
  } finally {
    fs.close(fd);
  }
}

function openLease(
  { fs, folders, path, name }: LeaseFileOptions,
  file: LockedFile,
  first: LeaseHolder,
): Lease {
  const { fd } = file;
  const lost = new AbortController();
  let holder = first;
  let open = true;
  const check = (): void => {
    if (open && !lost.signal.aborted && !leadsTo(fs, path, file)) {
      lost.abort(
        storeError("STORE_LEASE_LOST", `Cannot go on: the lock file "${path}" was removed or replaced`, {
          hint: "Never remove lock files: a lock is free as soon as its process is gone. Start the pipeline again.",
          details: { lease: name },
        }),
      );
    }
    lost.signal.throwIfAborted();
  };
  return {
    lost: lost.signal,
    check,
    async note(change) {
      check();
      holder = { ...holder, ...change };
      if (open) writeHolder(fs, fd, holder);
    },
    async release() {
      if (!open) return;
      open = false;
      let removed = false;
      try {
        if (leadsTo(fs, path, file)) {
          fs.truncate(fd, 0);
          removed = removeIfAlone(fs, path);
        }
      } finally {
        fs.close(fd);
      }
      if (removed) folders.sweep(path);
    },
  };
}

/**
 * A start that was refused leaves nothing behind. Whoever has opened the file meanwhile sees that it is no longer the
 * path's, and asks again. Where it can't be removed it stays, free.
 */
function removeIfAlone(fs: FileSystem, path: string): boolean {
  try {
    if (fs.list(dirname(path)).length !== 1) return false;
    fs.unlink(path);
    return true;
  } catch {
    return false;
  }
}

function leadsTo(fs: FileSystem, path: string, file: Pick<LockedFile, "dev" | "ino">): boolean {
  const now = fs.factsAt(path);
  return now !== undefined && now.ino === file.ino && now.dev === file.dev;
}

/** A holder with the process groups of the one before: should we die at once, the next one must still end them. */
function inheriting(holder: LeaseHolder, previous: LeaseHolder | undefined): LeaseHolder {
  if (previous === undefined || previous.groups.length === 0) return holder;
  if (previous.bootId !== holder.bootId || previous.host !== holder.host) return holder;
  return { ...holder, groups: [...previous.groups, ...holder.groups] };
}

/** Written in place and not synced: it informs, and after a crash of the machine no holder is left to inform of. */
function writeHolder(fs: FileSystem, fd: number, holder: LeaseHolder): void {
  const bytes = Buffer.from(`${JSON.stringify(holder)}\n`);
  writeWhole(fs, fd, bytes, 0);
  fs.truncate(fd, bytes.length);
}

/** The note in a lock file; undefined where there is none or it is torn (being written just now). */
function readHolder(fs: FileSystem, fd: number): LeaseHolder | undefined {
  const text = Buffer.from(readWhole(fs, fd, 0, fs.facts(fd).size)).toString("utf8");
  try {
    // What stands behind the first line is of an older note that was longer.
    return parseHolder(JSON.parse(text.split("\n", 1)[0] ?? ""));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
  }
}
