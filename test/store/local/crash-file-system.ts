import type { FileFacts, FileKind, FileSystem, OpenMode } from "../../../src/store/mod.ts";

/** A file or folder: what processes see of it, and what is on the disk. */
interface Inode {
  readonly ino: number;
  readonly kind: "file" | "folder";
  data: Buffer;
  diskData: Buffer;
  entries: Map<string, Inode>;
  diskEntries: Map<string, Inode>;
}

/** Every operation after this one fails: the machine has lost its power. */
class PowerLoss extends Error {}

const NOTHING = Buffer.alloc(0);

function errno(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

/**
 * A file system in memory that knows what is on the disk: written bytes are there after `syncData` of the file, names
 * after `syncFolder` of the folder, and nothing else is promised. `recover` gives the files as they may be after a
 * power loss: whatever was not synced is there, or not, or in part, as chance has it.
 */
export class CrashFileSystem implements FileSystem {
  /** Operations done so far. */
  operations = 0;
  /** The power goes before this operation. */
  lossAt: number = Infinity;
  readonly #root: Inode;
  readonly #open = new Map<number, Inode>();
  readonly #locks = new Map<Inode, number>();
  #numbers = 100;

  constructor(root?: Inode) {
    this.#root = root ?? this.#make("folder");
  }

  open(path: string, mode: OpenMode): number {
    this.#step();
    const [folder, name] = this.#parent(path);
    let inode = folder.entries.get(name);
    if (inode === undefined && (mode === "read" || mode === "write")) throw errno("ENOENT", path);
    if (inode === undefined) folder.entries.set(name, (inode = this.#make("file")));
    if (mode === "replace") inode.data = NOTHING;
    const fd = ++this.#numbers;
    this.#open.set(fd, inode);
    return fd;
  }

  close(fd: number): void {
    this.unlock(fd);
    this.#open.delete(fd);
  }

  read(fd: number, target: Uint8Array, position: number): number {
    this.#step();
    return this.#of(fd).data.copy(target, 0, position);
  }

  write(fd: number, bytes: Uint8Array, position: number): number {
    this.#step();
    const inode = this.#of(fd);
    const data = Buffer.alloc(Math.max(inode.data.length, position + bytes.length));
    inode.data.copy(data);
    data.set(bytes, position);
    inode.data = data;
    return bytes.length;
  }

  truncate(fd: number, length: number): void {
    this.#step();
    const inode = this.#of(fd);
    inode.data = Buffer.from(inode.data.subarray(0, length));
  }

  syncData(fd: number): void {
    this.#step();
    const inode = this.#of(fd);
    inode.diskData = inode.data;
  }

  syncFolder(path: string): void {
    this.#step();
    const inode = this.#at(path);
    if (inode === undefined) throw errno("ENOENT", path);
    inode.diskEntries = new Map(inode.entries);
  }

  setModified(): void {
    this.#step();
  }

  facts(fd: number): FileFacts {
    this.#step();
    return this.#factsOf(this.#of(fd));
  }

  factsAt(path: string): FileFacts | undefined {
    this.#step();
    const inode = this.#at(path);
    return inode && this.#factsOf(inode);
  }

  list(path: string): { name: string; kind: FileKind }[] {
    this.#step();
    return [...(this.#at(path)?.entries ?? [])].map(([name, { kind }]) => ({ name, kind }));
  }

  makeFolder(path: string): boolean {
    this.#step();
    const [folder, name] = this.#parent(path);
    if (folder.entries.has(name)) return false;
    folder.entries.set(name, this.#make("folder"));
    return true;
  }

  removeFolder(path: string): boolean {
    this.#step();
    const inode = this.#at(path);
    if (inode === undefined || inode.entries.size > 0) return false;
    const [folder, name] = this.#parent(path);
    return folder.entries.delete(name);
  }

  unlink(path: string): void {
    this.#step();
    const [folder, name] = this.#parent(path);
    folder.entries.delete(name);
  }

  rename(from: string, to: string): void {
    this.#step();
    const [folder, name] = this.#parent(from);
    const inode = folder.entries.get(name);
    if (inode === undefined) throw errno("ENOENT", from);
    folder.entries.delete(name);
    const [target, targetName] = this.#parent(to);
    target.entries.set(targetName, inode);
  }

  link(from: string, to: string): boolean {
    this.#step();
    const inode = this.#at(from);
    if (inode === undefined) throw errno("ENOENT", from);
    const [target, name] = this.#parent(to);
    if (target.entries.has(name)) return false;
    target.entries.set(name, inode);
    return true;
  }

  realPath(path: string): string | undefined {
    this.#step();
    return this.#at(path) === undefined ? undefined : path;
  }

  tryLock(fd: number): boolean {
    this.#step();
    const inode = this.#of(fd);
    if ((this.#locks.get(inode) ?? fd) !== fd) return false;
    this.#locks.set(inode, fd);
    return true;
  }

  unlock(fd: number): void {
    const inode = this.#open.get(fd);
    if (inode !== undefined && this.#locks.get(inode) === fd) this.#locks.delete(inode);
  }

  fileSystemType(): number {
    return 0xef53;
  }

  /** The death of all processes, the machine living on: what they wrote is there for others, and their locks are free. */
  killProcesses(): void {
    this.lossAt = Infinity;
    this.#locks.clear();
    this.#open.clear();
  }

  /** The file system after a power loss; `next` gives numbers in [0, 1) that decide what of the unsynced is there. */
  recover(next: () => number): CrashFileSystem {
    const known = new Map<Inode, Inode>();
    const recovered = (inode: Inode): Inode => {
      const found = known.get(inode);
      if (found !== undefined) return found;
      const copy = this.#make(inode.kind);
      known.set(inode, copy);
      copy.data = dataAfterLoss(inode, next);
      copy.diskData = copy.data;
      for (const name of new Set([...inode.entries.keys(), ...inode.diskEntries.keys()])) {
        const entry = next() < 0.5 ? inode.entries.get(name) : inode.diskEntries.get(name);
        if (entry !== undefined) copy.entries.set(name, recovered(entry));
      }
      copy.diskEntries = new Map(copy.entries);
      return copy;
    };
    return new CrashFileSystem(recovered(this.#root));
  }

  #step(): void {
    if (++this.operations >= this.lossAt) throw new PowerLoss("the power is gone");
  }

  #make(kind: Inode["kind"]): Inode {
    const ino = ++inodes;
    return { ino, kind, data: NOTHING, diskData: NOTHING, entries: new Map(), diskEntries: new Map() };
  }

  #of(fd: number): Inode {
    const inode = this.#open.get(fd);
    if (inode === undefined) throw errno("EBADF", String(fd));
    return inode;
  }

  #at(path: string): Inode | undefined {
    let inode: Inode | undefined = this.#root;
    for (const name of path.split("/").filter(Boolean)) inode = inode?.entries.get(name);
    return inode;
  }

  #parent(path: string): [Inode, string] {
    const end = path.lastIndexOf("/");
    const folder = this.#at(path.slice(0, end));
    if (folder === undefined) throw errno("ENOENT", path);
    return [folder, path.slice(end + 1)];
  }

  #factsOf({ ino, kind, data }: Inode): FileFacts {
    return { dev: 1, ino, size: data.length, mtimeMs: Date.now(), mode: 0o700, uid: 0, kind };
  }
}

let inodes = 0;

/** What was synced, what was written, or a part of it: a shorter file, or one whose new blocks hold zeros. */
function dataAfterLoss({ data, diskData }: Inode, next: () => number): Buffer {
  const dice = next();
  if (dice < 0.25) return diskData;
  if (dice < 0.5) return data;
  const shared = Math.min(diskData.length, data.length);
  const same = data.subarray(0, shared).equals(diskData.subarray(0, shared));
  if (!same || data.length <= shared) return next() < 0.5 ? diskData : data;
  const length = shared + Math.floor(next() * (data.length - shared + 1));
  const torn = Buffer.from(data.subarray(0, length));
  if (dice < 0.75) torn.fill(0, shared, shared + Math.floor(next() * (length - shared + 1)));
  return torn;
}
