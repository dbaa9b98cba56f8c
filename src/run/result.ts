import type { JsonValue } from "../base/mod.ts";
import type { RunStatus } from "../sdk/mod.ts";

export type ComponentStatus = "completed" | "restored" | "failed" | "skipped" | "not-run";

export interface ResultError {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  readonly hint: string | null;
}

/** One attempt of this run that failed. */
export interface FailedAttemptOutcome {
  readonly attempt: number;
  readonly durationMs: number;
  readonly error: ResultError;
}

export interface ComponentOutcome {
  readonly index: number;
  readonly name: string;
  readonly type: string;
  readonly status: ComponentStatus;
  /** From the closed list of decision reasons, or why it failed or was not run. */
  readonly reason: string;
  /** Attempts in this run; 0 for restored and not-run ones. */
  readonly attempts: number;
  readonly durationMs: number;
  readonly outputs: JsonValue;
  readonly error: ResultError | null;
  /** In the order of attempts; empty where the first one completed. */
  readonly failedAttempts: readonly FailedAttemptOutcome[];
}

/** The result document of `run --format json` and of `runPipeline`; only grows. */
export interface RunResult {
  readonly version: 1;
  readonly runId: string;
  readonly rootRunId: string;
  readonly runKey: string | null;
  readonly pipelineName: string;
  readonly status: RunStatus;
  /** Why it did not complete: component, partial, timeout, store, poisoned, fenced, signal name …; null where it completed, `already-completed` where nothing was to do. */
  readonly reason: string | null;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly durationMs: number;
  readonly resumedFrom: string | null;
  readonly components: readonly ComponentOutcome[];
  /** Null where the run kept no checkpoint. */
  readonly checkpoint: {
    readonly location: string;
    readonly kept: boolean;
    /** There, and true, where this run used up what `max-resumes` allows a component: it is resumed with `--retry-poisoned` alone. */
    readonly poisoned?: boolean;
    /** There, and true, where the store failed and the run went on without records (`on-store-failure = continue`). */
    readonly storeFailed?: boolean;
  } | null;
  readonly warnings: readonly string[];
  readonly exitCode: number;
}
