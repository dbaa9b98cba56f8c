/** What is known of a file without reading it. */
export interface FileFacts {
  readonly dev: number;
  readonly ino: number;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly mtimeMs: number;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly kind: FileKind;
}

export type FileKind = "file" | "folder" | "link" | "other";

/**
 * How a file is opened: `read`; `write` (also read; it must be there); `create` (as `write`, made where it is not
 * there); `replace` (as `create`, emptied). A link as the last part of the path is refused (ELOOP) by all of them.
 */
export type OpenMode = "read" | "write" | "create" | "replace";

/**
 * The operations on files that the local stores rest on: synchronous, because an append is far shorter than a trip
 * through a thread pool. They throw the system's errors (with `code`, as `ENOSPC`). Tests hand over one that fails
 * at a chosen call.
 */
export interface FileSystem {
  /** Opens with mode 0600; the descriptor is not inherited by children. */
  open(path: string, mode: OpenMode): number;
  /** Also frees the file's lock. */
  close(fd: number): void;
  /** Reads at `position` into `target`; returns how many bytes it got, 0 at the end. */
  read(fd: number, target: Uint8Array, position: number): number;
  /** Writes at `position`; returns how many bytes it wrote, which may be fewer than given. */
  write(fd: number, bytes: Uint8Array, position: number): number;
  truncate(fd: number, length: number): void;
  /** `fdatasync`: when it returns, content and length are on the disk. */
  syncData(fd: number): void;
  /** `fsync` of a folder: when it returns, the names in it are on the disk. */
  syncFolder(path: string): void;
  setModified(fd: number, mtimeMs: number): void;
  facts(fd: number): FileFacts;
  /** Facts of what stands at `path` itself (a link is not followed), undefined where nothing does. */
  factsAt(path: string): FileFacts | undefined;
  /** Names in a folder with their kinds; empty where there is no folder. */
  list(path: string): readonly { readonly name: string; readonly kind: FileKind }[];
  /** Makes one folder with mode 0700; false where it was there. */
  makeFolder(path: string): boolean;
  /** Removes an empty folder; false where it isn't empty or not there. */
  removeFolder(path: string): boolean;
  /** Removes a file, which may be missing. */
  unlink(path: string): void;
  /** Strict in nothing: replaces what stands at `to`. */
  rename(from: string, to: string): void;
  /** A second name for a file; false where `to` is taken. */
  link(from: string, to: string): boolean;
  /** The path without links; undefined where nothing is there. */
  realPath(path: string): string | undefined;
  /** Tries for the lock of an open file without waiting; `shared` locks exclude exclusive ones only. */
  tryLock(fd: number, shared?: boolean): boolean;
  unlock(fd: number): void;
  /** The kind of file system by its magic number (`statfs`), 0 where it can't be told. */
  fileSystemType(path: string): number;
}
