import { type ConsolaReporter, createConsola, LogLevels } from "consola/core";
import { isoTime, type JsonObject } from "../base/mod.ts";
import type { LogLevel, LogLine } from "../api/mod.ts";
import type { Style } from "./style.ts";
import { visible } from "./style.ts";

/** How log lines look. */
export type LogFormat = "pretty" | "plain" | "json";

/** Where log lines go. */
export interface Log {
  readonly format: LogFormat;
  line(line: LogLine): void;
  /** A line of the runner itself. */
  say(level: LogLevel, message: string): void;
  /** Whether lines of this level are shown. */
  shows(level: LogLevel): boolean;
}

export interface LogRequest {
  readonly format: LogFormat;
  /** The lowest level shown. */
  readonly level: LogLevel;
  readonly style: Style;
  /** Takes whole lines with their line feed. */
  write(text: string): void;
  now(): number;
}

/** A log on consola, with a reporter of ours per format: consola filters by level, we lay out. */
export function createLog(request: LogRequest): Log {
  const reporter: ConsolaReporter = {
    log({ args }) {
      const [line] = args as [LogLine];
      request.write(`${layOut(line, request)}\n`);
    },
  };
  const level = LogLevels[request.level];
  // Equal lines of a component are facts, not noise: no throttling.
  const consola = createConsola({ level, reporters: [reporter], throttle: 0 });
  const line = (each: LogLine): void => {
    consola[each.level].raw(each);
  };
  return {
    format: request.format,
    line,
    say: (each, message) =>
      line({
        at: request.now(),
        level: each,
        component: undefined,
        source: "runner",
        message,
        fields: undefined,
      }),
    shows: (each) => LogLevels[each] <= level,
  };
}

/** A line in its format, without a line feed. */
function layOut(line: LogLine, request: LogRequest): string {
  switch (request.format) {
    case "json":
      return JSON.stringify(logRecord(line));
    case "plain": {
      const who = line.component === undefined ? "" : `${visible(line.component)}: `;
      const from = line.source === "stdout" || line.source === "stderr" ? `${line.source}: ` : "";
      const text = visible(line.message).replaceAll("\n", "\n  ");
      return `${isoTime(line.at)} ${line.level.padEnd(5)} ${who}${from}${text}${fieldsText(line)}`;
    }
    case "pretty": {
      const { style } = request;
      const who = line.component === undefined ? "" : `${style.cyan(visible(line.component))} `;
      const text = visible(line.message).replaceAll("\n", "\n    ");
      return `  ${levelMark(line, style)}${who}${text}${style.dim(fieldsText(line))}`;
    }
  }
}

/** A line as a record of the structured log: the hooks' fields, event `log`. */
export function logRecord(line: LogLine): JsonObject {
  return {
    event: "log",
    level: line.level,
    message: line.message,
    source: line.source,
    ...(line.component === undefined ? {} : { component_name: line.component }),
    ...(line.fields === undefined ? {} : { fields: line.fields }),
    timestamp: isoTime(line.at),
  };
}

function fieldsText(line: LogLine): string {
  if (line.fields === undefined) return "";
  return Object.entries(line.fields)
    .map(([name, value]) => ` ${visible(name)}=${visible(JSON.stringify(value))}`)
    .join("");
}

function levelMark(line: LogLine, style: Style): string {
  switch (line.level) {
    case "error":
      return style.red("error ");
    case "warn":
      return style.yellow("warning ");
    case "debug":
    case "trace":
      return style.dim(`${line.level} `);
    case "info":
      return style.dim(line.source === "runner" ? "" : "│ ");
  }
}
