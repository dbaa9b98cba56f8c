import {
  type FileRunOptions,
  Interrupt,
  type PipelineHooks,
  type RunResult,
  composeHooks,
  runFile,
  shownOverrides,
} from "../api/mod.ts";
import { CairnError, systemClock } from "../base/mod.ts";
import { programName, resumeCommand, type ShownCommand } from "./command-line.ts";
import { type CommandContext, commandName, configOf, loadOptions, startOptions } from "./context.ts";
import { EXIT } from "./exit.ts";
import { ISOLATIONS } from "./flags.ts";
import { type Held, heldOptions } from "./held-options.ts";
import { runFailedRecord } from "./json-log.ts";
import { type Log, logRecord } from "./log.ts";
import { openView } from "./open-view.ts";
import { printJson, printText } from "./output.ts";
import { errorDocument } from "./print-error.ts";
import { endText, failureText, resultText } from "./result-text.ts";
import { usageError } from "./usage-error.ts";
import { withWaysOut } from "./ways-out.ts";

/** What hooks are told of why a run ended. */
type EndError =
  | { readonly name: string; readonly message: string; readonly hint: string | undefined }
  | undefined;

/** `run` and `resume`: runs the pipeline, shows it, prints the result, says how to go on. Resolves to the exit code. */
export async function runAndReport(context: CommandContext): Promise<number> {
  const config = configOf(context);
  const { resume } = startOptions(context);
  if (
    resume !== undefined &&
    context.given.location("checkpoint") === false &&
    context.given.onLine("checkpoint")
  ) {
    throw usageError("A run can't be resumed with --no-checkpoint", undefined, commandName(context));
  }
  const held = heldOptions(context);
  const options = await runOptions(context, config, held);
  const view = openView(context);
  const interrupt = new AbortController();
  const kill = new AbortController();
  const listening = context.signals.listen((signal, count) => {
    if (count === 1) view.log.say("warn", `${signal}: stopping; a second signal kills at once`);
    (count === 1 ? interrupt : kill).abort(new Interrupt(signal));
  });
  // What ended a run besides failed components (its store, its timeout) is told to hooks only.
  let endError: EndError;
  const ending: PipelineHooks = {
    name: "cairn.end",
    afterPipeline(run) {
      endError = run.error;
    },
  };
  try {
    const result = await runFile(config, {
      ...options,
      hooks: view.extra,
      watch: composeHooks(view.hooks, ending),
      observer: view.observer,
      signal: interrupt.signal,
      kill: kill.signal,
    });
    view.close();
    const command = await resumeLine(context, config, options, result);
    return report(context, result, endError, command);
  } catch (thrown) {
    view.close();
    if (thrown instanceof Interrupt) return reportInterrupted(context, thrown, view.log);
    if (thrown instanceof CairnError && thrown.code === "CHECKPOINT_HELD" && held.ifHeld === "skip") {
      return reportSkipped(context, thrown, held.skipExitCode, view.log);
    }
    throw withWaysOut(thrown, await shownCommand(context, config, options), context.path);
  } finally {
    listening.release();
  }
}

/** What a command that is shown repeats of this one; read only where one is shown. */
async function shownCommand(
  context: CommandContext,
  config: string,
  options: FileRunOptions,
): Promise<ShownCommand> {
  return {
    program: programName(process.execPath, context.env),
    config,
    given: context.given,
    sets: await shownOverrides(config, options),
  };
}

/** The command that goes on with a run; null where there is nothing to go on with, or nobody may. */
async function resumeLine(
  context: CommandContext,
  config: string,
  options: FileRunOptions,
  result: RunResult,
): Promise<string | null> {
  // A run that somebody else went on with can't be resumed.
  const resumable = result.checkpoint?.kept === true && result.reason !== "fenced";
  if (result.exitCode === EXIT.success || !resumable) return null;
  const again = result.checkpoint?.poisoned === true ? ["--retry-poisoned"] : [];
  return resumeCommand(await shownCommand(context, config, options), result.runId, again);
}

async function runOptions(context: CommandContext, config: string, held: Held): Promise<FileRunOptions> {
  const { given } = context;
  return {
    ...(await loadOptions(context, config)),
    ...startOptions(context),
    plugins: given.list("plugins"),
    ifHeld: held.ifHeld === "wait" ? "wait" : "fail",
    waitMs: held.waitMs,
    cleanupOnSuccess: given.on("cleanup-on-success"),
    failFast: given.on("fail-fast"),
    maxParallel: given.number("max-parallel"),
    timeoutMs: given.number("timeout"),
    graceMs: given.number("grace"),
    isolation: given.choice("isolation", ISOLATIONS),
    declare: given.list("declare"),
  };
}

/** Prints the result, what failed, warnings, and as the last line how to go on. */
function report(
  context: CommandContext,
  result: RunResult,
  endError: EndError,
  command: string | null,
): number {
  const { given, output } = context;
  const { err, errStyle } = output;
  const success = result.exitCode === EXIT.success;
  const quiet = given.on("quiet") === true && success;
  if (given.text("format") === "json") printJson(output, result);
  else if (!quiet) printText(output, resultText(result, output.style));
  if (success) {
    sayUnrecorded(context, result);
    return result.exitCode;
  }
  if (given.text("log-format") === "json") {
    err.write(`${JSON.stringify(runFailedRecord(result, endError?.message, command, systemClock.now()))}\n`);
  } else {
    err.write(failureText(result, errStyle) || endText(result, endError, errStyle));
    if (command !== null) err.write(`${howToGoOn(result)}\n`);
    if (result.checkpoint === null) {
      err.write("No checkpoint was kept, so the next run starts anew; --checkpoint keeps one.\n");
    }
  }
  if (command !== null) {
    // Behind a sign for shells, so that the line can still be copied as it is.
    const unrecorded = result.checkpoint?.storeFailed === true ? `   # ${UNRECORDED}` : "";
    err.write(`${command}${unrecorded}\n`);
  } else sayUnrecorded(context, result);
  return result.exitCode;
}

/** What stands before the command that goes on. */
function howToGoOn({ checkpoint }: RunResult): string {
  return checkpoint?.poisoned === true
    ? "The run is poisoned: a component has failed as often as max-resumes allows. Once it is mended, or to run it once more as it is:"
    : "Resume it with:";
}

/** The last line of a run that went on without its checkpoint store, or a part of it. */
const UNRECORDED = "the checkpoint store failed: not all that completed is recorded";

/** Also where nothing else is said: who relies on checkpoints has none of this run's end. */
function sayUnrecorded({ given, output }: CommandContext, result: RunResult): void {
  if (result.checkpoint?.storeFailed !== true) return;
  const line = { at: systemClock.now(), level: "warn", source: "runner", message: UNRECORDED } as const;
  const text =
    given.text("log-format") === "json"
      ? JSON.stringify(logRecord({ ...line, component: undefined, fields: undefined }))
      : `${output.errStyle.yellow("warning:")} ${UNRECORDED}`;
  output.err.write(`${text}\n`);
}

/** A signal came before anything ran: there is nothing to record and nothing to resume. */
function reportInterrupted(context: CommandContext, interrupt: Interrupt, log: Log): number {
  const error = new CairnError(interrupt.message, {
    code: "RUN_INTERRUPTED",
    kind: "world",
    cause: interrupt,
  });
  const { exitCode } = interrupt;
  if (context.given.text("format") === "json")
    printJson(context.output, { ...errorDocument(error), exitCode });
  log.say("error", `${interrupt.message} before any component ran`);
  return exitCode;
}

/** `--if-held=skip`: somebody else runs it, and that is fine. */
function reportSkipped(context: CommandContext, held: CairnError, exitCode: number, log: Log): number {
  const { given, output } = context;
  if (given.text("format") === "json") printJson(output, { ...errorDocument(held), skipped: true, exitCode });
  log.say("info", `skipped with exit ${exitCode}: ${held.message}`);
  return exitCode;
}
