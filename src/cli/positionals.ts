import type { PositionalDefinition } from "./definition.ts";

/** The pipeline file of a command. `summary` says what it is for, where that is not to be run or read. */
export function configPositional(
  summary = "The pipeline file, or `-` for standard input",
  required = true,
): PositionalDefinition {
  return { name: "CONFIG", summary, required, completes: "file" };
}

/** The runs that a command is about. */
export const runIds: PositionalDefinition = {
  name: "RUN_ID",
  summary: "Runs: IDs, unique prefixes, or `latest`",
  required: true,
  many: true,
};
