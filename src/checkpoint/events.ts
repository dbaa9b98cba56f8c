import type { JsonObject, JsonValue } from "../base/mod.ts";
import type { Intent, IntentEvent } from "./intents.ts";

/** Version of the record and event format that this program writes. Version N reads N-1. */
export const FORMAT_VERSION = 1;

/** What identifies a component's work, kept in parts so that a difference can be told. */
export interface Fingerprint {
  /** SHA-256 over type and canonical configuration. */
  readonly config: string;
  /** SHA-256 over the plugin's code; empty for components without (built-ins give `builtin:<revision>`). */
  readonly code: string;
  /** The canonical configuration itself after schema defaults (secrets as references, redacted keys as a constant), where it is at most 16 KiB; for telling differences. */
  readonly settings?: JsonObject | undefined;
}

export interface ComponentHeader {
  readonly name: string;
  readonly type: string;
  readonly fingerprint: Fingerprint;
  /** Indexes of the components it comes after. */
  readonly after: readonly number[];
  /** False where `enabled = false` or a selection leaves it out of this run. */
  readonly selected?: false | undefined;
  /** True where that is because of `enabled = false`. */
  readonly disabled?: true | undefined;
}

/** A file or object that a component declared as its result. */
export interface Artifact {
  /** Absolute path or URI. */
  readonly uri: string;
  readonly size: number;
  /** Modification token: mtime in ns, etag, version; compared as text. */
  readonly token: string;
  /** SHA-256, if asked for. */
  readonly hash?: string | undefined;
  /** True: later components use it up; not checked once a later component has completed. */
  readonly consumed?: true | undefined;
}

/** The facts of one completion. Large outputs are named by hash in `outputsAt` and lie in the carry log of that name. */
export interface Completion {
  readonly index: number;
  /** The attempt that completed, from 1. */
  readonly attempt: number;
  readonly startedAt: string;
  readonly completedAt: string;
  readonly durationMs: number;
  readonly outputs?: JsonValue | undefined;
  readonly outputsAt?: string | undefined;
  readonly artifacts?: readonly Artifact[] | undefined;
  /** Why it was skipped, where it was (counts as completed). */
  readonly skipped?: string | undefined;
  /** The run in which it really ran, where that is an earlier one. */
  readonly ranIn?: string | undefined;
}

export interface ErrorFactsRecord {
  readonly name: string;
  readonly message: string;
  readonly code?: string | undefined;
  readonly hint?: string | undefined;
}

/** Runs that started a component (with this fingerprint) and ended without completing it. */
export interface ResumeCount {
  readonly index: number;
  readonly fingerprint: string;
  readonly runs: number;
}

export interface CarriedSteps {
  readonly index: number;
  readonly steps: Readonly<Record<string, JsonValue>>;
}

/** What a resumed run takes over from the one it resumes; indexes are of the new run's components. */
export interface Carried {
  readonly completions: readonly Completion[];
  readonly steps: readonly CarriedSteps[];
  readonly counts: readonly ResumeCount[];
  /** Intents that are open or done, of components that are not completed; and what is to be swept. */
  readonly intents?: readonly Intent[] | undefined;
}

export interface RunStarted {
  readonly type: "run-started";
  readonly format: number;
  readonly runId: string;
  readonly rootRunId: string;
  readonly resumedFrom?: string | undefined;
  readonly pipelineName: string;
  readonly runKey?: string | undefined;
  readonly startedAt: string;
  /** When the first run of the chain began; absent: as `startedAt`. */
  readonly rootStartedAt?: string | undefined;
  /** The resume budget that this run was started with; 0: no bound. */
  readonly maxResumes?: number | undefined;
  readonly components: readonly ComponentHeader[];
  /** The options given to the run (`--set`, selections, fail-fast), without values under redacted keys. */
  readonly options: JsonObject;
  readonly carried?: Carried | undefined;
}

export type FailureReason = "component" | "partial" | "timeout" | "store" | "poisoned";

/** Who closed a run whose process had gone: the start that came next, `checkpoints reap`, or a deletion. */
export type ClosedBy = "resume" | "fresh" | "new" | "reap" | "delete";

/**
 * How a run ended, as its hooks are to be told. It lies in the event that ends the run, because that is what outlives
 * every removal: whoever tells it needs nothing else.
 */
export interface RunEnd {
  /** `abandoned`: its process went without a word, and somebody else closed it. */
  readonly status: "completed" | "partial" | "failed" | "interrupted" | "abandoned";
  readonly startedAt: string;
  /** Of `abandoned`: when it last recorded anything. */
  readonly endedAt: string;
  readonly durationMs: number;
  readonly rootRunId: string;
  readonly resumedFrom?: string | undefined;
  readonly totalComponents: number;
  readonly completed: number;
  readonly failed: number;
  readonly error?: ErrorFactsRecord | undefined;
  /** Of `abandoned`. */
  readonly closedBy?: ClosedBy | undefined;
}

/** What an event that ends a run may carry; absent in journals of older versions, and where the run had ended before. */
interface Ending {
  readonly end?: RunEnd | undefined;
}

export type RunEvent =
  | RunStarted
  | { readonly type: "attempt-started"; readonly index: number; readonly attempt: number }
  | {
      readonly type: "step-completed";
      readonly index: number;
      readonly name: string;
      readonly result: JsonValue;
    }
  | ({ readonly type: "component-completed" } & Completion)
  | ({ readonly type: "component-skipped" } & Completion)
  | {
      readonly type: "component-failed";
      readonly index: number;
      readonly attempt: number;
      readonly durationMs: number;
      readonly error: ErrorFactsRecord;
      /** True where the runner will try again in this run. */
      readonly retrying?: true | undefined;
      /** True where the failure does not count against the resume budget (TransientError). */
      readonly transient?: true | undefined;
    }
  | IntentEvent
  | ({ readonly type: "run-completed" } & Ending)
  | ({
      readonly type: "run-failed";
      readonly reason: FailureReason;
      readonly failed?: readonly number[] | undefined;
    } & Ending)
  | ({ readonly type: "run-interrupted"; readonly reason: string } & Ending)
  | ({ readonly type: "superseded"; readonly by: string; readonly fresh: boolean } & Ending)
  | ({ readonly type: "deleted" } & Ending);

/** An entry of the key log: one per start. */
export interface KeyLogEntry {
  readonly type: "start";
  readonly runId: string;
  /** The run whose progress it takes over. */
  readonly resumedFrom?: string | undefined;
  /** The unfinished run that it retires without taking anything over (`--fresh`). */
  readonly retires?: string | undefined;
  readonly pipelineName: string;
  readonly runKey?: string | undefined;
  /** True: hooks listen to the run's end, so it is to be told once, by whoever can. */
  readonly tells?: true | undefined;
}

/** An end that is still to be told. */
export interface LeftEnd {
  /** The run's number in the key log. */
  readonly start: number;
  readonly runId: string;
  /** How often somebody set out to tell it. More than 0: a process died in the middle of that. */
  readonly tries: number;
}

/** A record of the ends log: all that is known, so that only the last one counts. */
export interface EndsEntry {
  readonly type: "ends";
  /** Runs up to this number of the key log are settled, but for those that are left. */
  readonly through: number;
  readonly left: readonly LeftEnd[];
}

/** What one record carries besides its events. */
export interface RecordEnvelope<E> {
  readonly seq: number;
  readonly nonce: string;
  /** `sum` of the record before; 64 zeros for number 1. */
  readonly prev: string;
  /** SHA-256 of the record's canonical text without `sum`. */
  readonly sum: string;
  /** ISO 8601. */
  readonly at: string;
  readonly events: readonly E[];
}
