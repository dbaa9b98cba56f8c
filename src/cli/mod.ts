/**
 * Room `cli`: the command line. One definition per command (`commands/`) from which come the strict reading of
 * arguments (`args.ts`), help, completions and the reference page; the one table from errors to exit codes
 * (`exit.ts`); what is printed, where, and how it looks.
 *
 * Not here: anything that a program could want too: that is in room `api`, whose client this room is.
 * To add a command: a file in `commands/`, its line in `definitions.ts`. To add a flag: its definition in
 * `flags.ts` or the command's file; parsing, help, completions and docs/reference/cli.md follow.
 */
export { definitions } from "./definitions.ts";
export { main, type World } from "./main.ts";
export { processSink } from "./output.ts";
export { tellRunnerExited } from "./runner-exited.ts";
export { wantsJson } from "./wants-json.ts";
export { cliReference, exitCodesReference } from "./reference.ts";
