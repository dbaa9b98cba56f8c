import { CairnError, messageOf } from "../base/mod.ts";
import type { RunStatus } from "../sdk/mod.ts";
import type { Interrupt } from "./interrupt.ts";
import type { WireError } from "./worker/protocol.ts";

/** Why a run takes no more components on before all are through. */
export type StopReason =
  | { readonly kind: "interrupt"; readonly interrupt: Interrupt }
  /** A component failed and `fail-fast` holds. */
  | { readonly kind: "failure"; readonly component: string }
  | { readonly kind: "timeout"; readonly timeoutMs: number }
  /** The journal is not ours any more, or its store failed for good. */
  | { readonly kind: "lost"; readonly error: Error }
  /** A critical hook failed. */
  | { readonly kind: "hook"; readonly error: WireError };

/** The journal is lost because of what was thrown. */
export function lostBecause(thrown: unknown): StopReason {
  return { kind: "lost", error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
}

/** What a run's end says in the result document. */
export interface EndFacts {
  readonly status: RunStatus;
  readonly reason: string | null;
  readonly exitCode: number;
}

/** Codes of errors that mean that somebody else has the run now. */
const TAKEN_OVER: ReadonlySet<string> = new Set(["CHECKPOINT_FENCED", "CHECKPOINT_HELD"]);

/** Whether somebody else has the run now. */
export function isTakenOver(error: Error): boolean {
  return error instanceof CairnError && TAKEN_OVER.has(error.code);
}

/** The end of a run that was stopped, or in which components failed. */
export function endFacts(stop: StopReason | undefined, failed: boolean): EndFacts {
  if (stop === undefined) {
    if (failed) return { status: "partial", reason: "partial", exitCode: 3 };
    return { status: "completed", reason: null, exitCode: 0 };
  }
  switch (stop.kind) {
    case "interrupt":
      return { status: "interrupted", reason: stop.interrupt.signal, exitCode: stop.interrupt.exitCode };
    case "failure":
      return { status: "failed", reason: "component", exitCode: 1 };
    case "timeout":
      return { status: "failed", reason: "timeout", exitCode: 9 };
    case "hook":
      return { status: "failed", reason: "hook", exitCode: 1 };
    case "lost": {
      return isTakenOver(stop.error)
        ? { status: "failed", reason: "fenced", exitCode: 5 }
        : { status: "failed", reason: "store", exitCode: 6 };
    }
  }
}

/** What a component that is told to stop gets as the reason of its signal. */
export function stopError(stop: StopReason): WireError {
  const made = (name: string, code: string, message: string): WireError => ({
    name,
    code,
    message,
    classes: [name, "Error"],
  });
  switch (stop.kind) {
    case "interrupt":
      return made("Interrupt", "RUN_INTERRUPTED", `the run was interrupted by ${stop.interrupt.signal}`);
    case "failure":
      return made(
        "Cancelled",
        "RUN_CANCELLED",
        `the run stops because ${JSON.stringify(stop.component)} failed`,
      );
    case "timeout":
      return made("PipelineTimeout", "RUN_TIMEOUT", "the pipeline took longer than its timeout");
    case "hook":
      return made(
        "Cancelled",
        "RUN_CANCELLED",
        `the run stops because a critical hook failed: ${stop.error.message}`,
      );
    case "lost":
      return made("CheckpointLost", "RUN_CHECKPOINT_LOST", messageOf(stop.error));
  }
}

/** Why a component that was stopped, or never started, did not complete. */
export function stopWord(stop: StopReason | undefined): string {
  switch (stop?.kind) {
    case "interrupt":
      return "interrupted";
    case "timeout":
      return "timeout";
    case "lost":
      return "checkpoint-lost";
    case "failure":
    case "hook":
      return "cancelled";
    case undefined:
      return "not-reached";
  }
}
