import { constants } from "node:os";
import { durationText } from "../base/mod.ts";
import type { ProgramEnd } from "./run-program.ts";

/** What shells answer, and what it means. */
const NOT_RUNNABLE = 126;
const NOT_FOUND = 127;
const BY_SIGNAL = 128;

/** The last line of stderr that is quoted, in UTF-16 code units. */
const MAX_QUOTE = 1000;

/** How a failed program is told of. */
export interface EndText {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

function signalHint(signal: string): string {
  return signal === "SIGKILL"
    ? "If nobody killed it, the system may have run out of memory: see its log (dmesg)."
    : "Look at its last log lines for what went wrong.";
}

function exitHint(code: number): string {
  if (code === NOT_FOUND) return "127 is a shell's answer where it does not find a command.";
  if (code === NOT_RUNNABLE) return "126 is a shell's answer where it may not run a command.";
  const number = code - BY_SIGNAL;
  const signal = Object.entries(constants.signals).find(([, each]) => each === number)?.[0];
  if (number > 0 && signal !== undefined)
    return `${code} is a shell's answer where ${signal} ended a command. ${signalHint(signal)}`;
  return "What it printed is in the log.";
}

/** @param lastError The last line that it printed on stderr. */
export function endText(
  program: string,
  end: ProgramEnd,
  facts: { readonly lastError: string; readonly timeoutMs?: number | undefined },
): EndText {
  const name = `program ${JSON.stringify(program)}`;
  const { code, signal, ended } = end;
  const line = facts.lastError.trim();
  const said = line === "" ? "" : `: ${line.length > MAX_QUOTE ? `${line.slice(0, MAX_QUOTE)}…` : line}`;
  if (ended === "timeout") {
    const message = `${name} took longer than its timeout of ${durationText(facts.timeoutMs ?? 0)} and was ended${said}`;
    return { code: "PROGRAM_TIMEOUT", message, hint: "Give it more time with timeout, or less to do." };
  }
  if (ended === "stopped") {
    return {
      code: "PROGRAM_STOPPED",
      message: `${name} was ended because the component was told to stop`,
      hint: "See why in the log.",
    };
  }
  if (signal !== undefined) {
    return {
      code: "PROGRAM_KILLED",
      message: `${name} was ended by ${signal}${said}`,
      hint: signalHint(signal),
    };
  }
  if (/no space left on device/iu.test(line)) {
    return {
      code: "PROGRAM_DISK_FULL",
      message: `${name} ended with exit code ${code}${said}`,
      hint: "A disk is full: make room where it writes, or let it write elsewhere.",
    };
  }
  return {
    code: "PROGRAM_FAILED",
    message: `${name} ended with exit code ${code}${said}`,
    hint: exitHint(code ?? 0),
  };
}
