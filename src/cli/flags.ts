import { delimiter } from "node:path";
import type { FlagDefinition } from "./definition.ts";

/** Words of `--color`. */
export const COLORS = ["auto", "always", "never"] as const;
/** Words of `--on-config-change`. */
export const ON_CONFIG_CHANGE = ["refuse", "rerun", "accept"] as const;
/** Words of `--on-code-change`. */
export const ON_CODE_CHANGE = ["warn", "refuse", "rerun"] as const;
/** Words of `--if-held`. */
export const IF_HELD = ["fail", "wait", "skip"] as const;
/** Words of `--isolation`. */
export const ISOLATIONS = ["process", "fresh", "none"] as const;
/** Words of `--log-format`. */
export const LOG_FORMATS = ["pretty", "plain", "json"] as const;
/** Words of `--log-level`. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error"] as const;

/** Flags that every command takes. */
export const generalFlags: readonly FlagDefinition[] = [
  {
    name: "directory",
    short: "C",
    type: "text",
    value: "DIR",
    group: "General",
    summary: "Work as if started in DIR; relative paths count from there",
    completes: "folder",
  },
  {
    name: "quiet",
    short: "q",
    type: "boolean",
    group: "General",
    summary: "Say nothing on success; errors are still said",
  },
  {
    name: "verbose",
    short: "v",
    type: "boolean",
    group: "General",
    summary: "Say more: log lines of level debug, causes of errors",
  },
  {
    name: "color",
    type: "choice",
    choices: COLORS,
    group: "General",
    summary: "Colours: on terminals (auto, unless NO_COLOR is set), always or never",
    fallback: "auto",
  },
  {
    name: "help",
    short: "h",
    type: "boolean",
    group: "General",
    summary: "Show this help",
    variable: null,
  },
  {
    name: "version",
    short: "V",
    type: "boolean",
    group: "General",
    summary: "Show the version",
    variable: null,
  },
];

/** `--format=text|json`. */
export const format: FlagDefinition = {
  name: "format",
  type: "choice",
  choices: ["text", "json"],
  group: "Output",
  summary: "What standard output gets: text for people, or one JSON document and nothing else",
  fallback: "text",
};

export const plugins: FlagDefinition = {
  name: "plugins",
  type: "text",
  value: "DIR",
  group: "Configuration and plugins",
  summary:
    "A plugin folder, looked through before those of CAIRN_PLUGINS, of the configuration, `plugins/` beside it and `plugins/` beside the executable",
  repeatable: { variable: "after", separator: delimiter },
  completes: "folder",
};

/** How the text of the configuration is read. */
export const configFlags: readonly FlagDefinition[] = [
  {
    name: "set",
    type: "text",
    value: "PATH=VALUE",
    group: "Configuration and plugins",
    summary: "Override a value of the configuration; VALUE is HOCON",
    repeatable: { variable: "before", separator: "\n" },
  },
  {
    name: "env-file",
    type: "text",
    value: "FILE",
    group: "Configuration and plugins",
    summary: "Variables for `${NAME}` substitutions, one NAME=VALUE a line; no `.env` is read by itself",
    completes: "file",
  },
  {
    name: "allow-url-includes",
    type: "boolean",
    group: "Configuration and plugins",
    summary: "Allow `include url(…)` over http and https",
  },
];

/** What decides where a run starts and what it restores; the same for `run`, `resume` and `plan`. */
export const resumeFlags: readonly FlagDefinition[] = [
  {
    name: "checkpoint",
    type: "location",
    value: "LOCATION",
    group: "Checkpoint and resume",
    summary:
      "Checkpointing on (at LOCATION, else where the configuration says) or off, over the configuration",
  },
  {
    name: "auto-resume",
    type: "boolean",
    group: "Checkpoint and resume",
    summary: "Resume the last run if it did not complete, else start a new one; over the configuration",
  },
  {
    name: "resume",
    type: "text",
    value: "RUN_ID",
    group: "Checkpoint and resume",
    summary: "Resume that run: its ID, a unique prefix of it, or `latest`; implies checkpointing",
  },
  {
    name: "fresh",
    type: "boolean",
    group: "Checkpoint and resume",
    summary: "Start anew and retire the run that could be resumed",
  },
  {
    name: "run-key",
    type: "text",
    value: "KEY",
    group: "Checkpoint and resume",
    summary: "The logical run (a date, a batch): a key that has completed is not run again under auto-resume",
  },
  {
    name: "run-id",
    type: "text",
    value: "ID",
    group: "Checkpoint and resume",
    summary: "Your own ID for this run; must be new, or, with auto-resume, names the run to go on with",
    fallback: "a UUID of version 7",
  },
  {
    name: "on-config-change",
    type: "choice",
    choices: ON_CONFIG_CHANGE,
    group: "Checkpoint and resume",
    summary:
      "When the configuration of a completed component changed: stop, run it and what follows again, or keep it",
    fallback: "the configuration's, else refuse",
  },
  {
    name: "on-code-change",
    type: "choice",
    choices: ON_CODE_CHANGE,
    group: "Checkpoint and resume",
    summary: "When the code of a completed component changed: keep it with a warning, stop, or run it again",
    fallback: "the configuration's, else warn",
  },
  {
    name: "retry-poisoned",
    type: "boolean",
    group: "Checkpoint and resume",
    summary:
      "Run a poisoned checkpoint all the same: one with a component that many runs started and none completed",
  },
];

/** Which components a run is about; the same for `run`, `resume` and `plan`. */
export const selectionFlags: readonly FlagDefinition[] = (
  [
    [
      "from",
      "Run only this component and all that come after it, by instance-name; a resume remembers the selection",
    ],
    ["to", "Run only this component and all that it comes after"],
    ["only", "Run only this component"],
    ["skip", "Leave this component out"],
  ] as const
).map(([name, summary]) => ({
  name,
  type: "text",
  value: "NAME",
  group: "Selection",
  summary,
  repeatable: { variable: "before", separator: "\n" },
}));

/** Selections that exclude each other. */
export const selectionExclusive: readonly (readonly string[])[] = [
  ["only", "from"],
  ["only", "to"],
];

/** What only a real run needs from a checkpoint. */
export const holdFlags: readonly FlagDefinition[] = [
  {
    name: "if-held",
    type: "choice",
    choices: IF_HELD,
    group: "Checkpoint and resume",
    summary: "When another live runner holds the checkpoint: exit 5, wait for it, or leave with exit 0",
    fallback: "fail",
  },
  {
    name: "wait",
    type: "duration",
    value: "DURATION",
    group: "Checkpoint and resume",
    summary: "Longest wait for another runner; implies --if-held=wait",
    fallback: "no bound",
  },
  {
    name: "skip-exit-code",
    type: "integer",
    value: "N",
    max: 255,
    group: "Checkpoint and resume",
    summary: "The exit code of --if-held=skip (Airflow reads 99 as skipped); implies --if-held=skip",
    fallback: "0",
  },
  {
    name: "cleanup-on-success",
    type: "boolean",
    group: "Checkpoint and resume",
    summary: "Remove the checkpoint after a success, or keep it; over the configuration",
  },
];

/** How components are run. */
export const runFlags: readonly FlagDefinition[] = [
  {
    name: "fail-fast",
    type: "boolean",
    group: "Running",
    summary: "Stop at the first failure, or go on with --no-fail-fast (exit 3); over the configuration",
  },
  {
    name: "max-parallel",
    type: "integer",
    value: "N",
    min: 1,
    group: "Running",
    summary: "How many components may run side by side; over the configuration",
  },
  {
    name: "timeout",
    type: "duration",
    value: "DURATION",
    min: 1,
    group: "Running",
    summary: "End the whole run after this time (exit 9); over the configuration",
  },
  {
    name: "grace",
    type: "duration",
    value: "DURATION",
    group: "Running",
    summary: "Time that components get between the abort of their signal and being killed",
    fallback: "10s",
  },
  {
    name: "isolation",
    type: "choice",
    choices: ISOLATIONS,
    group: "Running",
    summary: "Components in reused worker processes, each in a fresh one, or in the runner itself",
    fallback: "the configuration's, else process",
  },
  {
    name: "declare",
    type: "text",
    value: "COMPONENT/KEY=OUTCOME",
    group: "Checkpoint and resume",
    summary:
      "Say what came of an external action whose outcome is unknown: absent (start it), done, or done:JSON (its result)",
    repeatable: { variable: "before", separator: "\n" },
  },
];

/** The log and extra files of a run. */
export const logFlags: readonly FlagDefinition[] = [
  {
    name: "log-format",
    type: "choice",
    choices: LOG_FORMATS,
    group: "Output",
    summary: "The log on standard error: a live view, plain lines, or one JSON object a line",
    fallback: "pretty on a terminal, else plain",
  },
  {
    name: "log-level",
    type: "choice",
    choices: LOG_LEVELS,
    group: "Output",
    summary: "The lowest level that is logged",
    fallback: "info; debug with -v",
  },
  {
    name: "log-file",
    type: "text",
    value: "FILE",
    group: "Output",
    summary: "Also append the log, as JSON lines, to FILE",
    completes: "file",
  },
  {
    name: "metrics",
    type: "text",
    value: "FILE",
    group: "Output",
    summary: "Write metrics as OpenMetrics text to FILE at the end (atomically)",
    completes: "file",
  },
  {
    name: "audit",
    type: "text",
    value: "FILE",
    group: "Output",
    summary: "Append audit events as JSON lines, each chained to the one before, to FILE",
    completes: "file",
  },
];

/** Where the commands on a location look. */
export const locationFlags: readonly FlagDefinition[] = [
  {
    name: "location",
    type: "text",
    value: "URI",
    group: "Location",
    summary: "The checkpoint location",
    fallback: "the default location in the system's temp folder",
    completes: "folder",
  },
  {
    name: "config",
    type: "text",
    value: "CONFIG",
    group: "Location",
    summary: "Take the location (and the pipeline) from this configuration",
    completes: "file",
  },
];

/** `-n, --dry-run` with the given meaning. */
export function dryRun(summary: string): FlagDefinition {
  return { name: "dry-run", short: "n", type: "boolean", group: "Running", summary };
}
