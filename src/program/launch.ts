import { CString, FFIType, type Pointer, ptr, read } from "bun:ffi";
import { readSync, writeSync } from "node:fs";
import { openCLibrary } from "./c-library.ts";

/** The first argument that makes this executable a launcher. */
export const LAUNCHER_COMMAND = "__program";

/** Where the launcher is given its end of the lifeline, and the number from which it is put out of a program's way. */
const LAUNCHER_LIFELINE_FD = 3;
const KEPT_FD_FROM = 200;

const SIGKILL = 9;
/** Signals that Bun ignores; a program expects the system's default. */
const IGNORED_BY_BUN: readonly number[] = [13 /* SIGPIPE */, 25 /* SIGXFSZ */];
const SIG_DFL = 0;
const F_DUPFD = 0;
const F_SETFD = 2;
const FD_CLOEXEC = 1;
const F_GETFL = 3;
const F_SETFL = 4;
const F_SETOWN = 8;
const F_SETSIG = 10;
const O_ASYNC = 0o20000;

/** Exit code of a launcher that could not start its program, as shells have it. */
export const NOT_STARTED = 127;

const SYMBOLS = {
  fcntl: { args: [FFIType.i32, FFIType.i32, FFIType.i64], returns: FFIType.i32 },
  signal: { args: [FFIType.i32, FFIType.i64], returns: FFIType.i64 },
  chdir: { args: [FFIType.ptr], returns: FFIType.i32 },
  execv: { args: [FFIType.ptr, FFIType.ptr], returns: FFIType.i32 },
  strerror: { args: [FFIType.i32], returns: FFIType.ptr },
  __errno_location: { args: [], returns: FFIType.ptr },
} as const;

/** What a launcher writes to its lifeline before it gives up. */
export interface LaunchProblem {
  readonly call: "chdir" | "execv";
  readonly errno: number;
  /** The system's words for it. */
  readonly text: string;
}

/** Texts as C has them, kept from being collected while the call needs them. */
class CTexts {
  readonly #kept: Uint8Array[] = [];

  text(text: string): Pointer {
    return this.#keep(Buffer.from(`${text}\0`));
  }

  list(texts: readonly string[]): Pointer {
    const pointers = BigUint64Array.from([...texts.map((text) => BigInt(this.text(text))), 0n]);
    return this.#keep(new Uint8Array(pointers.buffer));
  }

  #keep(bytes: Uint8Array): Pointer {
    this.#kept.push(bytes);
    return ptr(bytes);
  }
}

/** Whether the other end of the lifeline is closed: whoever started us is gone already. */
function isBroken(): boolean {
  try {
    return readSync(LAUNCHER_LIFELINE_FD, new Uint8Array(1)) === 0;
  } catch (thrown) {
    if (thrown instanceof Error && Reflect.get(thrown, "code") === "EAGAIN") return false;
    throw thrown;
  }
}

/**
 * Turns this process into a program: argv is `__program FOLDER FILE ARGV0 ARGS…`, the environment is the program's.
 * Before that it sees to it that the program can't outlive whoever started it: the kernel kills its process group
 * when the lifeline breaks. That has to happen in the process itself, before the program's first instruction; so
 * nobody else can do it without a gap. Answers an exit code only where the program could not be started.
 */
export function launch(args: readonly string[]): number {
  const [folder = "/", file = "", ...argv] = args;
  const library = openCLibrary(SYMBOLS);
  if (library === undefined) return NOT_STARTED;
  const texts = new CTexts();
  const flags = library.fcntl(LAUNCHER_LIFELINE_FD, F_GETFL, 0);
  const fail = (call: LaunchProblem["call"]): number => {
    const at = library.__errno_location();
    const errno = at === null ? 0 : read.i32(at);
    // Nothing may fall on us while we say why.
    library.fcntl(LAUNCHER_LIFELINE_FD, F_SETFL, flags);
    const words = library.strerror(errno);
    const problem: LaunchProblem = { call, errno, text: words === null ? "" : new CString(words) };
    writeSync(LAUNCHER_LIFELINE_FD, JSON.stringify(problem));
    return NOT_STARTED;
  };
  library.fcntl(LAUNCHER_LIFELINE_FD, F_SETOWN, -process.pid);
  library.fcntl(LAUNCHER_LIFELINE_FD, F_SETSIG, SIGKILL);
  library.fcntl(LAUNCHER_LIFELINE_FD, F_SETFL, flags | O_ASYNC);
  // From here on its break kills us; before, nobody has told us of it.
  if (isBroken()) return NOT_STARTED;
  if (library.chdir(texts.text(folder)) !== 0) return fail("chdir");
  for (const signal of IGNORED_BY_BUN) library.signal(signal, SIG_DFL);
  // A script's own `exec 3>file` is about a file of its own.
  const kept = library.fcntl(LAUNCHER_LIFELINE_FD, F_DUPFD, KEPT_FD_FROM);
  // Only if the program starts is the first number closed: until then it is needed to say why not.
  if (kept >= 0) library.fcntl(LAUNCHER_LIFELINE_FD, F_SETFD, FD_CLOEXEC);
  library.execv(texts.text(file), texts.list(argv));
  return fail("execv");
}
