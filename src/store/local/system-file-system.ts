import fs from "node:fs";
import { errnoOf } from "../errors.ts";
import type { FileFacts, FileKind, FileSystem, OpenMode } from "./file-system.ts";
import { tryFlock, unlockFlock } from "./flock.ts";

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

const { O_RDONLY, O_RDWR, O_CREAT, O_TRUNC, O_NOFOLLOW } = fs.constants;

/** Bun adds O_CLOEXEC by itself: a worker that outlives its runner must not keep the runner's locks alive. */
const FLAGS: Record<OpenMode, number> = {
  read: O_RDONLY | O_NOFOLLOW,
  write: O_RDWR | O_NOFOLLOW,
  create: O_RDWR | O_CREAT | O_NOFOLLOW,
  replace: O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW,
};

/** The answer of `call`, or `otherwise` where it fails with one of these codes. */
function unless<T>(codes: readonly string[], otherwise: T, call: () => T): T {
  try {
    return call();
  } catch (thrown) {
    if (codes.includes(errnoOf(thrown) ?? "")) return otherwise;
    throw thrown;
  }
}

function kindOf(entry: fs.Dirent | fs.Stats): FileKind {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  return entry.isSymbolicLink() ? "link" : "other";
}

function factsOf(stats: fs.Stats): FileFacts {
  const { dev, ino, size, mtimeMs, mode, uid } = stats;
  return { dev, ino, size, mtimeMs, mode: mode & 0o777, uid, kind: kindOf(stats) };
}

/** The machine's own files. */
export const systemFileSystem: FileSystem = {
  open: (path, mode) => fs.openSync(path, FLAGS[mode], FILE_MODE),
  close: (fd) => fs.closeSync(fd),
  read: (fd, target, position) => fs.readSync(fd, target, 0, target.length, position),
  write: (fd, bytes, position) => fs.writeSync(fd, bytes, 0, bytes.length, position),
  truncate: (fd, length) => fs.ftruncateSync(fd, length),
  syncData: (fd) => fs.fdatasyncSync(fd),
  syncFolder(path) {
    const fd = fs.openSync(path, O_RDONLY);
    try {
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  },
  setModified: (fd, mtimeMs) => fs.futimesSync(fd, mtimeMs / 1000, mtimeMs / 1000),
  facts: (fd) => factsOf(fs.fstatSync(fd)),
  factsAt(path) {
    const stats = fs.lstatSync(path, { throwIfNoEntry: false });
    return stats === undefined ? undefined : factsOf(stats);
  },
  list: (path) =>
    unless(["ENOENT"], [], () =>
      fs
        .readdirSync(path, { withFileTypes: true })
        .map((entry) => ({ name: entry.name, kind: kindOf(entry) })),
    ),
  makeFolder: (path) =>
    unless(["EEXIST"], false, () => {
      fs.mkdirSync(path, { mode: FOLDER_MODE });
      return true;
    }),
  removeFolder: (path) =>
    unless(["ENOTEMPTY", "EEXIST", "ENOENT", "EBUSY"], false, () => {
      fs.rmdirSync(path);
      return true;
    }),
  unlink: (path) => unless(["ENOENT"], undefined, () => fs.unlinkSync(path)),
  rename: (from, to) => fs.renameSync(from, to),
  link: (from, to) =>
    unless(["EEXIST"], false, () => {
      fs.linkSync(from, to);
      return true;
    }),
  realPath: (path) => unless(["ENOENT"], undefined, () => fs.realpathSync(path)),
  tryLock: (fd, shared = false) => tryFlock(fd, shared),
  unlock: (fd) => unlockFlock(fd),
  fileSystemType: (path) => unless(["ENOENT", "ENOSYS"], 0, () => fs.statfsSync(path).type),
};
