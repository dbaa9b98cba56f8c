import type { JsonValue } from "../base/mod.ts";

/** Facts that every hook is given. */
export interface HookRun {
  readonly runId: string;
  readonly rootRunId: string;
  readonly runKey: string | undefined;
  readonly pipelineName: string;
  readonly resumedFrom: string | undefined;
  readonly totalComponents: number;
}

export interface HookComponent extends HookRun {
  readonly name: string;
  readonly type: string;
  /** 0-based. */
  readonly index: number;
  /** `instance-config`, redacted. */
  readonly config: JsonValue;
}

export interface HookError {
  /** Error class name. */
  readonly name: string;
  readonly message: string;
  readonly code: string | undefined;
  readonly hint: string | undefined;
  readonly stack: string | undefined;
}

/** An end that is told by another process than the run's own, which died before it could. */
export interface LateEnd {
  /** When the run ended, ISO 8601. */
  readonly endedAt: string;
  /** True: a process died while it told this, so that this hook may have been told before. */
  readonly again: boolean;
}

/** A run whose process went without a word (a kill, a lost machine), told by whoever closed it. */
export interface AbandonedRun extends HookRun {
  readonly startedAt: string;
  /** When it last recorded anything, ISO 8601; it went at some time after that. */
  readonly lastSeenAt: string;
  /** From `startedAt` to `lastSeenAt`. */
  readonly durationMs: number;
  /** Components that had completed, restored ones included. */
  readonly completed: number;
  readonly failed: number;
  /** Who closed it: a start that resumed it, retired it (`--fresh`) or left it behind (`new`); `checkpoints reap`; a deletion. */
  readonly closedBy: "resume" | "fresh" | "new" | "reap" | "delete";
  /** True: a process died while it told this, so that this hook may have been told before. */
  readonly again: boolean;
}

export type RunStatus = "completed" | "partial" | "failed" | "interrupted";

/**
 * Points at which code may look on. Hooks are awaited, in order; one that throws is logged and changes nothing,
 * unless it says `critical: true`. `afterComponent` and later points come after the durable record; nothing delays it.
 */
export interface PipelineHooks {
  readonly name?: string | undefined;
  /** True: an error thrown by one of these hooks fails the run. Default false. */
  readonly critical?: boolean | undefined;
  beforePipeline?(run: HookRun & { readonly failFast: boolean }): void | Promise<void>;
  afterPipeline?(
    run: HookRun & {
      readonly status: RunStatus;
      readonly durationMs: number;
      readonly completed: number;
      readonly failed: number;
      readonly error: HookError | undefined;
      /** There where it is told late. */
      readonly late?: LateEnd | undefined;
    },
  ): void | Promise<void>;
  /**
   * Instead of `afterPipeline`, for a run that could not tell its end itself. With a checkpoint each run that began is
   * told as ended once, by one of the two (docs/ends.md).
   */
  onAbandoned?(run: AbandonedRun): void | Promise<void>;
  /** Before each attempt. */
  beforeComponent?(component: HookComponent & { readonly attempt: number }): void | Promise<void>;
  /** After a completion is durable; also, with `restored`, for each one that a resume takes from the checkpoint. */
  afterComponent?(
    component: HookComponent & {
      readonly attempt: number;
      readonly durationMs: number;
      readonly status: "completed" | "restored" | "skipped";
      readonly outputs: JsonValue | undefined;
    },
  ): void | Promise<void>;
  /** After the last attempt of a component failed. */
  onComponentFailure?(
    component: HookComponent & {
      readonly attempt: number;
      readonly durationMs: number;
      readonly error: HookError;
    },
  ): void | Promise<void>;
  onRetryAttempt?(
    component: HookComponent & {
      readonly attempt: number;
      readonly maxAttempts: number;
      readonly delayMs: number;
      readonly error: HookError;
    },
  ): void | Promise<void>;
  onCircuitBreakerStateChange?(
    component: HookComponent & { readonly from: BreakerState; readonly to: BreakerState },
  ): void | Promise<void>;
  /** After each durable record. */
  onCheckpoint?(
    run: HookRun & {
      readonly seq: number;
      readonly events: readonly string[];
      readonly bytes: number;
      readonly durationMs: number;
    },
  ): void | Promise<void>;
}

export type BreakerState = "closed" | "open" | "half-open";

/** The functions of {@link PipelineHooks}. */
export type HookPoint = Exclude<keyof PipelineHooks, "name" | "critical">;

/** Every point, in the order in which a run comes to them. */
export const HOOK_POINTS: readonly HookPoint[] = [
  "beforePipeline",
  "afterPipeline",
  "onAbandoned",
  "beforeComponent",
  "afterComponent",
  "onComponentFailure",
  "onRetryAttempt",
  "onCircuitBreakerStateChange",
  "onCheckpoint",
];
