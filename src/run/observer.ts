import type { JsonValue } from "../base/mod.ts";
import type { LogLevel } from "../sdk/mod.ts";

/** A log line of the runner (no component) or of a component. */
export interface LogLine {
  readonly at: number;
  readonly level: LogLevel;
  readonly component: string | undefined;
  /** `log`: ctx.log; `stdout`, `stderr`: what the component's process printed. */
  readonly source: "runner" | "log" | "stdout" | "stderr";
  readonly message: string;
  readonly fields: Readonly<Record<string, JsonValue>> | undefined;
}

export interface ProgressReport {
  readonly index: number;
  readonly component: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly label: string | undefined;
}

/** Where a run tells what goes on besides hooks: for the live view and the log. Calls must not block. */
export interface RunObserver {
  log?(line: LogLine): void;
  /**
   * Asked before more of what components print is read: a promise where too much of what was told is not taken yet. It
   * delays nothing but their output, and so those that print on. Default: nothing is waited for.
   */
  ready?(): Promise<void> | undefined;
  progress?(report: ProgressReport): void;
}
