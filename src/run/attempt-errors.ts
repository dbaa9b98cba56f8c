import { durationText } from "../base/mod.ts";
import type { WireError } from "./worker/protocol.ts";

const MIB = 1024 * 1024;

function made(name: string, code: string, message: string, hint: string): WireError {
  return { name, message, code, hint, classes: [name, "Error"] };
}

/** What a component fails with that did not say so itself; docs/misbehaviour.md lists them. */
export const attemptErrors = {
  timeout: (ms: number): WireError =>
    made(
      "ComponentTimeout",
      "COMPONENT_TIMEOUT",
      `it took longer than its timeout of ${durationText(ms)}`,
      "Give it more time with `timeout`, or make it heed ctx.signal and do less.",
    ),
  memory: (limit: number, used: number): WireError =>
    made(
      "ComponentOutOfMemory",
      "COMPONENT_OUT_OF_MEMORY",
      `its process, with those that it started, used ${Math.ceil(used / MIB)} MiB of memory, more than its memory-limit of ${Math.round(limit / MIB)} MiB`,
      "Raise `memory-limit`, or let it work in smaller parts.",
    ),
  exited: (code: number | null, signal: string | null): WireError =>
    signal === null
      ? {
          ...made(
            "ComponentExited",
            "COMPONENT_EXITED",
            `it ended its process with exit code ${code ?? "unknown"} before it returned`,
            "Return to succeed and throw to fail; process.exit does neither.",
          ),
          exitCode: code ?? undefined,
        }
      : made(
          "ComponentKilled",
          "COMPONENT_KILLED",
          `its process was ended by ${signal}`,
          signal === "SIGKILL"
            ? "If it did not do so itself, the system may have run out of memory: see its log (dmesg)."
            : "Look at its last log lines for what went wrong.",
        ),
  stuck: (): WireError =>
    made(
      "ComponentStuck",
      "COMPONENT_STUCK",
      "it waits for something that can't happen any more: nothing is left in its event loop",
      "One of its promises is never settled; look for a callback that is never called.",
    ),
  killed: (graceMs: number): WireError =>
    made(
      "ComponentKilled",
      "COMPONENT_KILLED",
      `it did not end within ${durationText(graceMs)} of being told to, and was killed`,
      "Heed ctx.signal: stop when it aborts.",
    ),
};
