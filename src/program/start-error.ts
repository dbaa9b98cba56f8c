import { CairnError } from "../base/mod.ts";
import type { LaunchProblem } from "./launch.ts";

/** Numbers of the system's errors that say more than their words; the same on all of Linux's processors. */
const EPERM = 1;
const ENOENT = 2;
const E2BIG = 7;
const ENOEXEC = 8;
const EACCES = 13;
const ETXTBSY = 26;

/** A program that can't be started: action, thing, state and remedy. */
export function startError(program: string, code: string, state: string, hint: string): CairnError {
  return new CairnError(`Cannot start program ${JSON.stringify(program)}: ${state}`, {
    code,
    kind: "world",
    hint,
  });
}

/** What the system's refusal means for a file that looked as if it could be started, in the folder `cwd`. */
export function launchError(
  program: string,
  file: string,
  { call, errno, text }: LaunchProblem,
  cwd: string,
): CairnError {
  if (call === "chdir") {
    return startError(
      program,
      "PROGRAM_FOLDER",
      `its working directory ${cwd} can't be entered: ${text}`,
      "Name another with cwd, or let this user enter it.",
    );
  }
  switch (errno) {
    case ENOENT:
      return startError(
        program,
        "PROGRAM_INTERPRETER_MISSING",
        `${file} is there, but what the system needs to load it is not`,
        "It was built for another system (another C library, or a loader that is not installed): take the build for this one.",
      );
    case EACCES:
    case EPERM:
      return startError(
        program,
        "PROGRAM_NOT_ALLOWED",
        `the system does not let this user run ${file} (${text}), although it has the run bit`,
        "Its file system may be mounted with noexec, or a security policy forbids it: put it elsewhere.",
      );
    case ENOEXEC:
      return startError(
        program,
        "PROGRAM_WRONG_FORMAT",
        `${file} is no program for this machine`,
        "Take the build for this system and processor.",
      );
    case E2BIG:
      return startError(
        program,
        "PROGRAM_ARGUMENTS_TOO_LONG",
        "its arguments and environment are longer than the system takes",
        "Give large values in a file or on stdin.",
      );
    case ETXTBSY:
      return startError(
        program,
        "PROGRAM_BUSY",
        `${file} is still being written to`,
        "Start it once whoever writes it has closed it.",
      );
    default:
      return startError(
        program,
        "PROGRAM_NOT_STARTED",
        `the system says: ${text}`,
        "See the system's words.",
      );
  }
}
