import { readFileSync } from "node:fs";
import { exitCodeOfSignal } from "./exit.ts";

/** The signals that end a run in order. */
export type EndSignal = "SIGHUP" | "SIGINT" | "SIGTERM";

const END_SIGNALS: readonly EndSignal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Who is told of signals. Without a listener a signal ends the process at once, as it would have without handlers. */
export interface Signals {
  /** Takes over until `release` is called. `count` is 1 for the first signal. */
  listen(onSignal: (signal: EndSignal, count: number) => void): { release(): void };
  /** Removes the handlers. */
  close(): void;
}

/** The number of SIGHUP on every system that has it. */
const SIGHUP_BIT = 1n << 0n;

/** Whether SIGHUP was ignored when we were started (nohup): then it stays ignored. Known on Linux only. */
function hangupIsIgnored(read: () => string = () => readFileSync("/proc/self/status", "utf8")): boolean {
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)$/mu.exec(read())?.[1];
    return mask !== undefined && (BigInt(`0x${mask}`) & SIGHUP_BIT) !== 0n;
  } catch {
    // No /proc: nobody can say, and a hangup then ends the run in order.
    return false;
  }
}

/**
 * Installs handlers for the signals that end a run. They are needed even where nothing listens: PID 1 is not
 * ended by a signal that it has no handler for.
 */
export function installSignals(exit: (code: number) => void): Signals {
  let listener: ((signal: EndSignal, count: number) => void) | undefined;
  let count = 0;
  const handlers = END_SIGNALS.filter((signal) => signal !== "SIGHUP" || !hangupIsIgnored()).map((signal) => {
    const handler = (): void => {
      count++;
      if (listener) listener(signal, count);
      else exit(exitCodeOfSignal(signal));
    };
    process.on(signal, handler);
    return { signal, handler };
  });
  return {
    listen(onSignal) {
      listener = onSignal;
      return {
        release() {
          listener = undefined;
        },
      };
    },
    close() {
      for (const { signal, handler } of handlers) process.off(signal, handler);
    },
  };
}
