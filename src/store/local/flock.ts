import { dlopen, read, type Pointer } from "bun:ffi";
import { storeError } from "../errors.ts";

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;

/** Errors that say that the file system has no such locks (ENOSYS, EOPNOTSUPP, ENOLCK, EINVAL), by Linux numbers. */
const UNSUPPORTED: ReadonlySet<number> = new Set([38, 95, 37, 22]);

/** Where the C library lies: glibc, musl (Alpine) on both processors, macOS. The first that opens is taken. */
const LIBRARIES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1", "libSystem.B.dylib"];

interface Flock {
  call(fd: number, operation: number): number;
  errno(): number;
}

function openFlock(): Flock {
  const errnoName = process.platform === "darwin" ? "__error" : "__errno_location";
  const failures: unknown[] = [];
  for (const library of LIBRARIES) {
    try {
      const { symbols } = dlopen(library, {
        flock: { args: ["i32", "i32"], returns: "i32" },
        [errnoName]: { args: [], returns: "ptr" },
      });
      const flock = symbols["flock"] as (fd: number, operation: number) => number;
      const errnoAt = symbols[errnoName] as () => Pointer | null;
      return {
        call: (fd, operation) => flock(fd, operation),
        errno() {
          const at = errnoAt();
          return at === null ? 0 : read.i32(at, 0);
        },
      };
    } catch (thrown) {
      failures.push(thrown);
    }
  }
  throw storeError(
    "STORE_UNSUPPORTED",
    `Cannot lock files: no C library was found (tried ${LIBRARIES.join(", ")})`,
    {
      hint: "Please report your operating system; a store on S3 or HDFS works without locks.",
      cause: new AggregateError(failures),
    },
  );
}

let opened: Flock | undefined;

/**
 * Tries for the lock of an open file (`flock`), without waiting. The lock belongs to the open file, not to the
 * process: two descriptors of one process exclude each other, and the system frees it when the last copy of the
 * descriptor is closed, however the process ends. Costs about half a microsecond.
 */
export function tryFlock(fd: number, shared: boolean): boolean {
  opened ??= openFlock();
  if (opened.call(fd, (shared ? LOCK_SH : LOCK_EX) | LOCK_NB) === 0) return true;
  const errno = opened.errno();
  if (!UNSUPPORTED.has(errno)) return false;
  throw storeError(
    "STORE_UNSUPPORTED",
    `Cannot lock a file of the checkpoint store: the file system has no locks (errno ${errno})`,
    {
      hint: "Choose a location on a local disk, or on S3 or HDFS.",
    },
  );
}

/** Frees the lock of an open file. */
export function unlockFlock(fd: number): void {
  opened ??= openFlock();
  opened.call(fd, LOCK_UN);
}
