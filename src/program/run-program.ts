import { closeSync, openSync } from "node:fs";
import { ownCommand, startTimer } from "../base/mod.ts";
import { findProgram } from "./find-program.ts";
import { LAUNCHER_COMMAND, type LaunchProblem, NOT_STARTED } from "./launch.ts";
import { type Lifeline, openLifeline } from "./lifeline.ts";
import { endGroup, signalGroup } from "./process-group.ts";
import { type LineSink, readOutput } from "./read-output.ts";
import { launchError, startError } from "./start-error.ts";

/** Longest line that is kept whole where nobody asks for more, in bytes; with a word of its end it is still a whole log line. */
export const MAX_LINE: number = 8 * 1024;

/** What the program reads on stdin. */
export type ProgramInput = { readonly text: string } | { readonly file: string } | undefined;

export interface ProgramRequest {
  /** The program and its arguments; no shell sees them. */
  readonly command: readonly [string, ...string[]];
  /** The whole environment: nothing else is passed on. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute path of an existing folder. */
  readonly cwd: string;
  readonly stdin?: ProgramInput;
  /** How long it may take, ms; absent: as long as it takes. */
  readonly timeoutMs?: number | undefined;
  /** Between SIGTERM and SIGKILL, ms. */
  readonly graceMs: number;
  /** Ends the program when it aborts. */
  readonly signal?: AbortSignal | undefined;
  readonly lines: LineSink;
  /** Longest line that is kept whole. Default MAX_LINE. */
  readonly keep?: number | undefined;
}

/** How a program ended. */
export interface ProgramEnd {
  /** Undefined where a signal ended it. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** Set where we ended it, and why. */
  readonly ended?: "timeout" | "stopped" | undefined;
  /** Processes of its group were still at work, and were killed. */
  readonly leftovers: boolean;
  /** A process that left its group holds its output open. */
  readonly escaped: boolean;
}

type Input = "ignore" | Blob | number;
type Spawned = Bun.Subprocess<Input, "pipe", "pipe">;

/** What is passed to `Bun.spawn` as stdin, and how it is let go of. */
function openInput(stdin: ProgramInput): { readonly stdio: Input; close(): void } {
  const nothing = (): void => undefined;
  if (stdin === undefined) return { stdio: "ignore", close: nothing };
  if ("text" in stdin) return { stdio: new Blob([stdin.text]), close: nothing };
  const fd = openSync(stdin.file, "r");
  return { stdio: fd, close: () => closeSync(fd) };
}

function spawn(request: ProgramRequest, file: string, lifeline: Lifeline | undefined): Spawned {
  const { command, env, cwd, stdin } = request;
  const input = openInput(stdin);
  const options = {
    env: { ...env },
    // A session, and so a process group, of its own.
    detached: true,
  };
  try {
    if (lifeline === undefined) {
      const stdio: [Input, "pipe", "pipe"] = [input.stdio, "pipe", "pipe"];
      return Bun.spawn([file, ...command.slice(1)], { ...options, cwd, argv0: command[0], stdio });
    }
    const launcher = [...ownCommand(LAUNCHER_COMMAND), cwd, file, ...command];
    const stdio: [Input, "pipe", "pipe", number] = [input.stdio, "pipe", "pipe", lifeline.far];
    // What configures Bun in the program's folder is none of the launcher's business.
    return Bun.spawn(launcher, { ...options, cwd: "/", stdio });
  } catch (thrown) {
    const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
    if (code === "E2BIG") throw launchError(command[0], file, { call: "execv", errno: 7, text: "" }, cwd);
    const words = thrown instanceof Error ? thrown.message : String(thrown);
    throw startError(command[0], "PROGRAM_NOT_STARTED", `the system says: ${words}`, "Mend what it names.");
  } finally {
    input.close();
  }
}

/** Ends a program's group: SIGTERM, and after the grace SIGKILL. The first reason stays. */
class Ending {
  why: "timeout" | "stopped" | undefined;
  readonly #pid: number;
  readonly #graceMs: number;
  readonly #timers: (() => void)[] = [];

  constructor(pid: number, { graceMs, timeoutMs, signal }: ProgramRequest) {
    this.#pid = pid;
    this.#graceMs = graceMs;
    if (timeoutMs !== undefined) this.#timers.push(startTimer(timeoutMs, () => this.#begin("timeout")));
    if (signal === undefined) return;
    const stop = (): void => this.#begin("stopped");
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
    this.#timers.push(() => signal.removeEventListener("abort", stop));
  }

  /** The program is over: nothing more is sent. */
  over(): void {
    for (const stop of this.#timers) stop();
  }

  #begin(why: "timeout" | "stopped"): void {
    if (this.why !== undefined) return;
    this.why = why;
    signalGroup(this.#pid, "SIGTERM");
    this.#timers.push(startTimer(this.#graceMs, () => void signalGroup(this.#pid, "SIGKILL")));
  }
}

function problemOf(lifeline: Lifeline | undefined): LaunchProblem | undefined {
  const said = lifeline?.read() ?? "";
  return said === "" ? undefined : (JSON.parse(said) as LaunchProblem);
}

/**
 * Runs a program to its end. It leads a process group of its own; nothing of that group outlives the program, nor
 * this process, however that one ends. Throws a CairnError where it can't be started (see `findProgram`; besides
 * PROGRAM_FOLDER, PROGRAM_WRONG_FORMAT, PROGRAM_ARGUMENTS_TOO_LONG, PROGRAM_BUSY, PROGRAM_NOT_STARTED), and what
 * `lines` throws, once the program is ended.
 */
export async function runProgram(request: ProgramRequest): Promise<ProgramEnd> {
  const [program] = request.command;
  const file = findProgram({ program, cwd: request.cwd, path: request.env["PATH"] });
  const lifeline = openLifeline();
  try {
    const process = spawn(request, file, lifeline);
    const ending = new Ending(process.pid, request);
    const { lines, keep = MAX_LINE } = request;
    let leftovers = false;
    const ended = process.exited.then(async () => {
      ending.over();
      leftovers = await endGroup(process.pid);
      return undefined;
    });
    const output = (name: "stdout" | "stderr"): Promise<boolean> =>
      readOutput({ stream: process[name], name, keep, lines, ended }).catch((thrown: unknown) => {
        signalGroup(process.pid, "SIGKILL");
        throw thrown;
      });
    const [out, err] = await Promise.all([output("stdout"), output("stderr"), ended]);
    const problem = process.exitCode === NOT_STARTED ? problemOf(lifeline) : undefined;
    if (problem !== undefined) throw launchError(program, file, problem, request.cwd);
    return {
      code: process.exitCode ?? undefined,
      signal: process.signalCode === null ? undefined : String(process.signalCode),
      ended: ending.why,
      leftovers,
      escaped: !(out && err),
    };
  } finally {
    lifeline?.cut();
  }
}
