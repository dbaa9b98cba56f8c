import { FFIType } from "bun:ffi";
import { openCLibrary } from "./c-library.ts";
import { membersOf } from "./process-table.ts";

const WNOHANG = 1;
/** Longest wait for a killed group to be gone, in ms, and the time between two looks. */
const GONE_TIMEOUT_MS = 2000;
const GONE_INTERVAL_MS = 5;

const SYMBOLS = {
  waitpid: { args: [FFIType.i32, FFIType.ptr, FFIType.i32], returns: FFIType.i32 },
} as const;

/** Sends a signal to a whole process group. False where there is nobody in it. */
export function signalGroup(pgid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-pgid, signal);
    return true;
  } catch (thrown) {
    const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
    if (code === "ESRCH") return false;
    // Somebody is there whom we may not signal: a program with other rights, such as sudo.
    if (code === "EPERM") return true;
    throw thrown;
  }
}

/**
 * Kills what is left of a group whose leader has ended and been waited for, and waits until it is gone. A worker
 * adopts orphans, so their exit status is fetched here; nobody else waits for them. Answers whether any process
 * was still at work.
 */
export async function endGroup(pgid: number): Promise<boolean> {
  const library = openCLibrary(SYMBOLS);
  const reap = (): void => {
    if (library === undefined) return;
    while (library.waitpid(-pgid, null, WNOHANG) > 0);
  };
  // Those that have ended by themselves are no leftovers.
  reap();
  if (!signalGroup(pgid, 0) || membersOf(pgid).length === 0) return false;
  signalGroup(pgid, "SIGKILL");
  const until = performance.now() + GONE_TIMEOUT_MS;
  for (;;) {
    reap();
    if (!signalGroup(pgid, 0) || membersOf(pgid).length === 0 || performance.now() > until) return true;
    await Bun.sleep(GONE_INTERVAL_MS);
  }
}
