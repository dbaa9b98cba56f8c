import { type ProgramEnd, runProgram } from "../../program/mod.ts";

/** A short question to a program. */
export interface Question {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly signal?: AbortSignal | undefined;
}

/** What it printed, on both streams, as far as it is kept. */
export interface Answer {
  readonly end: ProgramEnd;
  readonly lines: readonly string[];
}

/** A JVM that starts on a busy machine, asks, and gives up by itself after its own timeouts. */
const TIMEOUT_MS = 120_000;
const GRACE_MS = 2_000;
/** More lines than any answer has. */
const MAX_LINES = 400;

/** Runs a program to its end and gives what it printed last. */
export async function askProgram({ command, env, cwd, signal }: Question): Promise<Answer> {
  const lines: string[] = [];
  const end = await runProgram({
    command,
    env,
    cwd,
    signal,
    timeoutMs: TIMEOUT_MS,
    graceMs: GRACE_MS,
    lines(printed) {
      lines.push(...printed.map(({ text }) => text));
      lines.splice(0, Math.max(0, lines.length - MAX_LINES));
    },
  });
  return { end, lines };
}
