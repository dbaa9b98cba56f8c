import { FFIType, ptr } from "bun:ffi";
import { closeSync, readSync } from "node:fs";
import { openCLibrary } from "./c-library.ts";

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;

/** Room for what a launcher has to say, in bytes. */
const MESSAGE_BYTES = 1024;

const SYMBOLS = {
  socketpair: { args: [FFIType.i32, FFIType.i32, FFIType.i32, FFIType.ptr], returns: FFIType.i32 },
} as const;

/**
 * Two ends of a socket. When our end closes, by `cut` or by the end of this process, however it ends, the kernel sends
 * SIGKILL to the program's whole process group. For that the far end has to be open still. The program has it, but
 * may close it; so we keep a copy. Of what a dying process holds, the kernel (since 4.3) releases last what has the
 * lowest number: so the far end has the lower one.
 */
export interface Lifeline {
  /** The end that the program gets. */
  readonly far: number;
  /** What the launcher wrote before it gave up; empty where it started the program. */
  read(): string;
  /** Closes our end: what is left of the program's group is killed. */
  cut(): void;
}

/** Undefined where the system has no such thing. Throws where no more files can be opened. */
export function openLifeline(): Lifeline | undefined {
  const library = openCLibrary(SYMBOLS);
  if (library === undefined) return undefined;
  const ends = new Int32Array(2);
  if (library.socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ptr(ends)) !== 0) {
    throw new Error("no socket can be opened: too many files are open");
  }
  const [far = -1, near = -1] = ends;
  return {
    far,
    read: () => readAll(near),
    cut() {
      closeSync(near);
      closeSync(far);
    },
  };
}

function readAll(fd: number): string {
  const buffer = Buffer.alloc(MESSAGE_BYTES);
  try {
    return buffer.toString("utf8", 0, readSync(fd, buffer));
  } catch (thrown) {
    // Nothing was written, and somebody still holds the other end.
    if (thrown instanceof Error && Reflect.get(thrown, "code") === "EAGAIN") return "";
    throw thrown;
  }
}
