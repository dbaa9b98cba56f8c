import { type ProgramEnd, type ProgramLine, type ProgramRequest, runProgram } from "../../src/program/mod.ts";

/** A program that was run to its end, and what it printed. */
export interface Ran {
  readonly end: ProgramEnd;
  readonly lines: readonly ProgramLine[];
  /** The lines of one stream. */
  text(stream: ProgramLine["stream"]): readonly string[];
}

/** Runs a program with nothing but PATH in its environment. */
export async function ran(
  command: readonly [string, ...string[]],
  options: Partial<ProgramRequest> = {},
): Promise<Ran> {
  const lines: ProgramLine[] = [];
  const end = await runProgram({
    command,
    env: { PATH: process.env["PATH"] ?? "" },
    cwd: "/",
    graceMs: 200,
    lines: (some) => void lines.push(...some),
    ...options,
  });
  return {
    end,
    lines,
    text: (stream) => lines.filter((line) => line.stream === stream).map(({ text }) => text),
  };
}

/** Runs a script of `sh`. */
export function ranScript(script: string, options: Partial<ProgramRequest> = {}): Promise<Ran> {
  return ran(["/bin/sh", "-c", script], options);
}
