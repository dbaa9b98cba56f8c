import { FFIType, ptr } from "bun:ffi";
import { openCLibrary } from "../../program/mod.ts";

const PR_SET_PDEATHSIG = 1;
const PR_SET_CHILD_SUBREAPER = 36;
const SIGKILL = 9;
const F_GETFL = 3;
const F_SETFL = 4;
const F_SETOWN = 8;
const F_SETSIG = 10;
const O_ASYNC = 0o20000;
const P_ALL = 0;
const WNOHANG = 1;
/** WNOHANG | WEXITED | WNOWAIT: look, don't wait, don't reap. */
const LOOK_ONLY = 0x1 | 0x4 | 0x0100_0000;
/** On pipes: bytes that are there to be read, whichever end asks. */
const FIONREAD = 0x541b;
/** On sockets: bytes that the other side has not read. */
const TIOCOUTQ = 0x5411;
/** Larger than a siginfo_t. */
const SIGINFO_BYTES = 128;

/** The few system calls that are made directly, all of them Linux's. */
export interface Libc {
  /** Asks for SIGKILL at the death of the parent; reaches this process alone. */
  dieWithParent(): void;
  /** Asks for SIGKILL of our whole process group when the other end of a socket is closed. False where that can't be had. */
  endGroupAtClose(fd: number): boolean;
  /** Makes orphans of our children our own children, so that none is lost sight of. */
  adoptOrphans(): void;
  /** True where there is any child process, dead ones that nobody waited for included. */
  hasChildren(): boolean;
  /** Fetches the exit status of a dead child, so that nothing is left of it. Not for children that Bun waits for. */
  reap(pid: number): void;
  /** Bytes written to a pipe or socket that the other side has not read yet; 0 where that can't be told. */
  unreadBytes(fd: number): number;
}

/** What the system call answers where there is none: nothing is known, nothing done. */
const NO_LIBC: Libc = {
  dieWithParent: () => undefined,
  endGroupAtClose: () => false,
  adoptOrphans: () => undefined,
  hasChildren: () => false,
  reap: () => undefined,
  unreadBytes: () => 0,
};

const SYMBOLS = {
  prctl: {
    args: [FFIType.i32, FFIType.u64, FFIType.u64, FFIType.u64, FFIType.u64],
    returns: FFIType.i32,
  },
  waitid: { args: [FFIType.i32, FFIType.i32, FFIType.ptr, FFIType.i32], returns: FFIType.i32 },
  fcntl: { args: [FFIType.i32, FFIType.i32, FFIType.i64], returns: FFIType.i32 },
  waitpid: { args: [FFIType.i32, FFIType.ptr, FFIType.i32], returns: FFIType.i32 },
  ioctl: { args: [FFIType.i32, FFIType.u64, FFIType.ptr], returns: FFIType.i32 },
} as const;

/** Opens the C library; where there is none (another system), everything answers "nothing known". */
export function openLibc(): Libc {
  const symbols = openCLibrary(SYMBOLS);
  if (symbols === undefined) return NO_LIBC;
  const siginfo = new Uint8Array(SIGINFO_BYTES);
  const count = new Int32Array(1);
  const ask = (fd: number, request: number): number =>
    symbols.ioctl(fd, request, ptr(count)) === 0 ? (count[0] ?? 0) : -1;
  return {
    dieWithParent: () => void symbols.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0),
    endGroupAtClose: (fd) => {
      // The kernel's signal-driven I/O, with a signal that no busy loop and no child can overlook.
      const flags = symbols.fcntl(fd, F_GETFL, 0);
      if (flags < 0 || symbols.fcntl(fd, F_SETOWN, -process.pid) !== 0) return false;
      if (symbols.fcntl(fd, F_SETSIG, SIGKILL) !== 0) return false;
      return symbols.fcntl(fd, F_SETFL, flags | O_ASYNC) === 0;
    },
    adoptOrphans: () => void symbols.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0),
    hasChildren: () => symbols.waitid(P_ALL, 0, ptr(siginfo), LOOK_ONLY) === 0,
    reap: (pid) => void symbols.waitpid(pid, null, WNOHANG),
    unreadBytes: (fd) => {
      const outgoing = ask(fd, TIOCOUTQ);
      return outgoing >= 0 ? outgoing : Math.max(0, ask(fd, FIONREAD));
    },
  };
}
