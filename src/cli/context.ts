import { isSecretKey } from "../base/mod.ts";
import type { FileRunOptions, LoadOptions } from "../api/mod.ts";
import type { CommandDefinition, Definition } from "./definition.ts";
import { ON_CODE_CHANGE, ON_CONFIG_CHANGE } from "./flags.ts";
import type { Given } from "./given.ts";
import type { Output } from "./output.ts";
import type { Signals } from "./signals.ts";
import { usageError } from "./usage-error.ts";

/** What a command is given: the command line as read, and the world as arguments. */
export interface CommandContext {
  /** Words of the command: `["checkpoints", "list"]`. */
  readonly path: readonly string[];
  readonly given: Given;
  readonly output: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute; `-C` is taken into account. */
  readonly cwd: string;
  readonly signals: Signals;
  /** All of standard input. */
  readStdin(): Promise<Uint8Array>;
  /** All commands: for help, completions. */
  readonly definitions: readonly Definition<CommandContext>[];
}

export type Command = CommandDefinition<CommandContext>;

/** The name of the command as messages have it. */
export function commandName(context: CommandContext): string {
  return ["cairn", ...context.path].join(" ");
}

/** `--set PATH=VALUE` taken apart at the first equals sign outside quotes. */
function overrides(context: CommandContext): { path: string; value: string }[] {
  return context.given.list("set").map((text) => {
    const match = /^((?:"(?:[^"\\]|\\.)*"|[^"=])+)=(.*)$/su.exec(text);
    const path = match?.[1]?.trim();
    if (path === undefined || path === "") {
      throw usageError(
        // What is meant as a secret's value must not be echoed.
        `--set ${isSecretKey(text) ? "…" : JSON.stringify(text)} is no PATH=VALUE`,
        "Write for instance `--set pipeline.max-parallel=2`.",
        commandName(context),
      );
    }
    return { path, value: match?.[2] ?? "" };
  });
}

/** How the configuration at `path` is read, from the flags of the command. */
export async function loadOptions(context: CommandContext, path: string): Promise<LoadOptions> {
  const { given } = context;
  return {
    cwd: context.cwd,
    env: context.env,
    text: path === "-" ? await context.readStdin() : undefined,
    envFile: given.text("env-file"),
    set: overrides(context),
    allowUrlIncludes: given.on("allow-url-includes"),
  };
}

type StartOptions = Pick<
  FileRunOptions,
  | "checkpoint"
  | "autoResume"
  | "resume"
  | "fresh"
  | "runKey"
  | "runId"
  | "onConfigChange"
  | "onCodeChange"
  | "retryPoisoned"
  | "from"
  | "to"
  | "only"
  | "skip"
>;

/** Where a run starts, from the flags that `run`, `resume` and `plan` share; `resume` names the run by a positional. */
export function startOptions(context: CommandContext): StartOptions {
  const { given } = context;
  const isResume = context.path[0] === "resume";
  return {
    ...(isResume
      ? { resume: given.positionals[1] }
      : { autoResume: given.on("auto-resume"), resume: given.text("resume"), fresh: given.on("fresh") }),
    checkpoint: given.location("checkpoint"),
    runKey: given.text("run-key"),
    runId: given.text("run-id"),
    onConfigChange: given.choice("on-config-change", ON_CONFIG_CHANGE),
    onCodeChange: given.choice("on-code-change", ON_CODE_CHANGE),
    retryPoisoned: given.on("retry-poisoned"),
    from: given.list("from"),
    to: given.list("to"),
    only: given.list("only"),
    skip: given.list("skip"),
  };
}

/** The CONFIG positional of commands that need one. */
export function configOf(context: CommandContext): string {
  const [path] = context.given.positionals;
  if (path === undefined) throw usageError("CONFIG is missing", undefined, commandName(context));
  return path;
}
