import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import { CairnError, messageOf, systemClock } from "../base/mod.ts";
import {
  auditHooks,
  composeHooks,
  type FileRunOptions,
  Interrupt,
  loggingHooks,
  type LogLevel,
  metricsFileHooks,
  type PipelineHooks,
  type RunObserver,
  type RunResult,
  runFile,
} from "../api/mod.ts";
import { resumeCommand, type ShownCommand, programName, repeatCommand } from "./command-line.ts";
import {
  type CommandContext,
  commandName,
  configOf,
  loadOptions,
  overrides,
  startOptions,
} from "./context.ts";
import { EXIT } from "./exit.ts";
import { IF_HELD, ISOLATIONS, LOG_FORMATS, LOG_LEVELS } from "./flags.ts";
import { liveArea } from "./live-area.ts";
import { createLog, type Log, logRecord } from "./log.ts";
import { printJson, printText } from "./output.ts";
import { errorDocument } from "./print-error.ts";
import { failureText, resultText } from "./result-text.ts";
import { jsonView, liveView, plainView, quietView, type RunView } from "./run-view.ts";
import { visible } from "./style.ts";
import { usageError } from "./usage-error.ts";

/** What `--if-held`, `--wait` and `--skip-exit-code` together say. */
interface Held {
  readonly ifHeld: "fail" | "wait" | "skip";
  readonly waitMs: number | undefined;
  readonly skipExitCode: number;
}

function heldOptions(context: CommandContext): Held {
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
  const shown: ShownCommand = {
    program: programName(process.execPath, context.env),
    config,
    given: context.given,
    sets: overrides(context),
  };
  const interrupt = new AbortController();
  const listening = context.signals.listen((signal, count) => {
    if (count === 1) view.log.say("warn", `${signal}: stopping; a second signal kills at once`);
    interrupt.abort(new Interrupt(signal));
  });
  try {
    const result = await runFile(config, { ...options, ...view.parts, signal: interrupt.signal });
    view.close();
    return report(context, result, shown);
  } catch (thrown) {
    view.close();
    if (thrown instanceof CairnError && thrown.code === "CHECKPOINT_HELD" && held.ifHeld === "skip") {
      return reportSkipped(context, thrown, held.skipExitCode);
    }
    throw withWaysOut(thrown, shown, context.path);
  } finally {
    listening.release();
  }
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
  };
}

interface OpenView {
  readonly log: Log;
  readonly parts: { readonly hooks: PipelineHooks; readonly observer: RunObserver };
  close(): void;
}

/** The view that flags and terminal ask for, with the extra files joined in. */
function openView(context: CommandContext): OpenView {
  const { given, output } = context;
  const { err } = output;
  const format = given.choice("log-format", LOG_FORMATS) ?? (err.isTerminal ? "pretty" : "plain");
  const quiet = given.on("quiet") === true;
  const level: LogLevel =
    given.choice("log-level", LOG_LEVELS) ??
    (quiet ? "error" : given.on("verbose") === true ? "debug" : "info");
  const area = format === "pretty" && err.isTerminal && !quiet ? liveArea(err) : undefined;
  const write = (text: string): void => (area ? area.print(text) : err.write(text));
  const now = (): number => systemClock.now();
  const log = createLog({ format, level, style: output.errStyle, write, now });
  const view: RunView = quiet
    ? quietView(log)
    : area
      ? liveView({ area, log, style: output.errStyle, steady: () => systemClock.steady() })
      : format === "json"
        ? jsonView(log, loggingHooks.structured({ write: (line) => err.write(`${line}\n`) }))
        : plainView(log);
  const extra = extraFiles(context, log);
  const hooks = composeHooks(view.hooks, ...extra.hooks);
  const observer: RunObserver = {
    log(line) {
      view.observer.log?.(line);
      extra.line?.(JSON.stringify(logRecord(line)));
    },
    progress: (report) => view.observer.progress?.(report),
  };
  return { log, parts: { hooks, observer }, close: () => view.close() };
}

/** `--audit`, `--metrics`, `--log-file`: extra outputs; one that can't be written is a warning. */
function extraFiles(
  context: CommandContext,
  log: Log,
): { readonly hooks: PipelineHooks[]; readonly line: ((text: string) => void) | undefined } {
  const { given, cwd } = context;
  const hooks: PipelineHooks[] = [];
  const tried = (flag: string, path: string | undefined, open: (path: string) => PipelineHooks): void => {
    if (path === undefined) return;
    try {
      hooks.push(open(resolve(cwd, path)));
    } catch (thrown) {
      log.say("warn", `--${flag}=${path} can't be written: ${messageOf(thrown)}`);
    }
  };
  tried("audit", given.text("audit"), (path) => auditHooks.toFile(path));
  tried("metrics", given.text("metrics"), (path) => metricsFileHooks(path));
  const logFile = given.text("log-file");
  if (logFile === undefined) return { hooks, line: undefined };
  const path = resolve(cwd, logFile);
  let failed = false;
  const line = (text: string): void => {
    if (failed) return;
    try {
      appendFileSync(path, `${text}\n`, { mode: 0o600 });
    } catch (thrown) {
      failed = true;
      log.say("warn", `--log-file=${logFile} can't be written: ${messageOf(thrown)}`);
    }
  };
  hooks.push(loggingHooks.structured({ write: line }));
  return { hooks, line };
}

/** Prints the result, what failed, warnings, and as the last line how to go on. */
function report(context: CommandContext, result: RunResult, shown: ShownCommand): number {
  const { given, output } = context;
  const { err, errStyle } = output;
  const success = result.exitCode === EXIT.success;
  const quiet = given.on("quiet") === true && success;
  if (given.text("format") === "json") printJson(output, result);
  else if (!quiet) printText(output, resultText(result, output.style));
  if (!quiet) {
    for (const warning of result.warnings) err.write(`${errStyle.yellow("warning:")} ${visible(warning)}\n`);
  }
  if (success) return result.exitCode;
  err.write(failureText(result, errStyle));
  const kept = result.checkpoint?.kept === true;
  if (kept && result.reason !== "fenced") {
    err.write(`Resume it with:\n${resumeCommand(shown, result.runId)}\n`);
  } else if (result.checkpoint === null) {
    err.write("No checkpoint was kept, so the next run starts anew; --checkpoint keeps one.\n");
  }
  return result.exitCode;
}

/** `--if-held=skip`: somebody else runs it, and that is fine. */
function reportSkipped(context: CommandContext, held: CairnError, exitCode: number): number {
  const { given, output } = context;
  if (given.text("format") === "json") printJson(output, { ...errorDocument(held), skipped: true, exitCode });
  if (given.on("quiet") !== true) output.err.write(`Skipped (exit ${exitCode}): ${visible(held.message)}\n`);
  return exitCode;
}

/** The three ways out of a refusal because of changes, as commands that can be copied. */
function withWaysOut(thrown: unknown, shown: ShownCommand, path: readonly string[]): unknown {
  if (!(thrown instanceof CairnError)) return thrown;
  const flag = { CHECKPOINT_CONFIG_CHANGED: "config", CHECKPOINT_CODE_CHANGED: "code" }[thrown.code];
  if (flag === undefined) return thrown;
  const ways = [
    { flag: `--on-${flag}-change=rerun`, does: "run them and everything that follows again" },
    flag === "config"
      ? { flag: "--on-config-change=accept", does: "keep what they did" }
      : { flag: "--on-code-change=warn", does: "keep what they did" },
    { flag: "--fresh", does: "start anew" },
  ];
  const lines = ways.map((way) => `  ${repeatCommand(shown, path, way.flag)}    # ${way.does}`);
  const { code, kind, findings, details } = thrown;
  const hint = `Nothing was run. Choose:\n${lines.join("\n")}`;
  return new CairnError(thrown.message, { code, kind, hint, findings, details, cause: thrown });
}
