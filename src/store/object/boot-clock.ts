import { dlopen, ptr } from "bun:ffi";
import { systemClock, type Clock } from "../../base/mod.ts";

/** CLOCK_BOOTTIME of Linux: as CLOCK_MONOTONIC, but it runs on while the machine sleeps. */
const CLOCK_BOOTTIME = 7;

const LIBRARIES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

type ReadClock = () => number;

function openBootTime(): ReadClock {
  if (process.platform !== "linux") return () => systemClock.steady();
  for (const library of LIBRARIES) {
    try {
      const { symbols } = dlopen(library, { clock_gettime: { args: ["i32", "ptr"], returns: "i32" } });
      const parts = new BigInt64Array(2);
      const at = ptr(parts);
      return () => {
        if (symbols.clock_gettime(CLOCK_BOOTTIME, at) !== 0) return systemClock.steady();
        return Number(parts[0]) * 1000 + Number(parts[1]) / 1e6;
      };
    } catch {
      // Another C library: the next name is tried.
      continue;
    }
  }
  return () => systemClock.steady();
}

let opened: ReadClock | undefined;

/**
 * The machine's clock with a steady time that runs on while the machine sleeps, so that a laptop or a virtual machine
 * that wakes up knows that its lease has run out. Where the system has no such clock, the ordinary one.
 */
export const bootClock: Clock = {
  now: () => systemClock.now(),
  steady() {
    opened ??= openBootTime();
    return opened();
  },
  sleep: (ms, signal) => systemClock.sleep(ms, signal),
};
