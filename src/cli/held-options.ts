import { type CommandContext, commandName } from "./context.ts";
import { EXIT } from "./exit.ts";
import { IF_HELD } from "./flags.ts";
import { usageError } from "./usage-error.ts";

/** What `--if-held`, `--wait` and `--skip-exit-code` together say. */
export interface Held {
  readonly ifHeld: "fail" | "wait" | "skip";
  readonly waitMs: number | undefined;
  readonly skipExitCode: number;
}

/** Reads the three flags together. Throws where they contradict each other. */
export function heldOptions(context: CommandContext): Held {
  const { given } = context;
  const said = given.choice("if-held", IF_HELD);
  const waitMs = given.number("wait");
  const skip = given.number("skip-exit-code");
  const implied = given.onLine("wait") ? "wait" : given.onLine("skip-exit-code") ? "skip" : undefined;
  const conflict =
    (given.onLine("wait") && given.onLine("skip-exit-code")) ||
    (given.onLine("if-held") && implied !== undefined && implied !== said);
  if (conflict) {
    const hint = "--wait goes with --if-held=wait, --skip-exit-code with --if-held=skip.";
    throw usageError(
      "--if-held, --wait and --skip-exit-code contradict each other",
      hint,
      commandName(context),
    );
  }
  const fallback = waitMs === undefined ? (skip === undefined ? "fail" : "skip") : "wait";
  return { ifHeld: implied ?? said ?? fallback, waitMs, skipExitCode: skip ?? EXIT.success };
}
