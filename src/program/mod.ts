/**
 * Room `program`: starting outside programs, so that nothing of them outlives what started them: finding the
 * program and saying why it can't be started, a process group of its own tied to our life, its output as lines,
 * its end.
 *
 * Not here: what a component makes of a program (rooms `builtin` and `plugin`), worker processes (room `run`).
 * To add a way in which a start can fail: a case in `start-error.ts`, its row in docs/components/exec.md.
 */
export { type CFunctions, openCLibrary } from "./c-library.ts";
export { type EndText, endText } from "./end-text.ts";
export { findProgram, headOf } from "./find-program.ts";
export { forwardLines, type LevelLog } from "./forward-lines.ts";
export { LastLines } from "./last-lines.ts";
export { launch } from "./launch.ts";
export { contextVariables, type ProgramRun } from "./context-variables.ts";
export { isLasting, ProgramError } from "./program-error.ts";
export { allowedEnv, BASE_VARIABLES } from "./allowed-env.ts";
export { allProcesses, isDead, membersOf, statFields } from "./process-table.ts";
export type { ProgramLine } from "./output-lines.ts";
export type { LineSink } from "./read-output.ts";
export {
  MAX_LINE,
  type ProgramEnd,
  type ProgramInput,
  type ProgramRequest,
  runProgram,
} from "./run-program.ts";
