import { appendFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  auditHooks,
  composeHooks,
  loggingHooks,
  type LogLevel,
  metricsFileHooks,
  type PipelineHooks,
  type RunObserver,
} from "../api/mod.ts";
import { messageOf, systemClock } from "../base/mod.ts";
import type { CommandContext } from "./context.ts";
import { extraOutput } from "./extra-output.ts";
import { LOG_FORMATS, LOG_LEVELS } from "./flags.ts";
import { liveArea } from "./live-area.ts";
import { createLog, type Log, logRecord } from "./log.ts";
import { liveView } from "./live-view.ts";
import { jsonView, plainView, quietView, type RunView } from "./run-view.ts";

/** A view that is open, and what a run is given of it. */
export interface OpenView {
  readonly log: Log;
  readonly hooks: PipelineHooks;
  /** The extra files: part of what is told each run's end once. */
  readonly extra: PipelineHooks;
  readonly observer: RunObserver;
  close(): void;
}

/** The view that flags and terminal ask for, with the extra files joined in. */
export function openView(context: CommandContext): OpenView {
  const { given, output } = context;
  const { err } = output;
  // A terminal that can't move its cursor gets the plain lines of a file.
  const canRedraw = err.isTerminal && context.env["TERM"] !== "dumb";
  const format = given.choice("log-format", LOG_FORMATS) ?? (canRedraw ? "pretty" : "plain");
  const quiet = given.on("quiet") === true;
  const level: LogLevel =
    given.choice("log-level", LOG_LEVELS) ??
    (quiet ? "error" : given.on("verbose") === true ? "debug" : "info");
  const area = format === "pretty" && canRedraw && !quiet ? liveArea(err) : undefined;
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
  const observer: RunObserver = {
    log(line) {
      view.observer.log?.(line);
      extra.line?.(JSON.stringify(logRecord(line)));
    },
    ready: () => err.ready(),
    progress: (report) => view.observer.progress?.(report),
  };
  return { log, hooks: view.hooks, extra: composeHooks(...extra.hooks), observer, close: () => view.close() };
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
    const failed = (thrown: unknown): void =>
      log.say("warn", `--${flag}=${path} can't be written: ${messageOf(thrown)}`);
    try {
      hooks.push(extraOutput(open(resolve(cwd, path)), failed));
    } catch (thrown) {
      failed(thrown);
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
