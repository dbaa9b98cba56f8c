import type { JsonObject, JsonValue } from "../base/mod.ts";
import type { LeaseHolder } from "../store/mod.ts";
import type { Intent } from "./intents.ts";
import type { Carried, Completion, ComponentHeader, ErrorFactsRecord, FailureReason } from "./events.ts";

/** The original's three values. */
export type CheckpointStatus = "Running" | "Failed" | "Completed";

/** The whole truth about a run; derived from its journal, the key log and the lease. */
export type CheckpointState =
  | "running"
  | "interrupted"
  | "failed"
  | "partial"
  | "completed"
  | "superseded"
  | "poisoned"
  | "deleted"
  | "corrupt";

/** The fold of a run journal: pure, and all that a resume decision needs. */
export interface RunState {
  readonly runId: string;
  readonly rootRunId: string;
  readonly resumedFrom: string | undefined;
  readonly pipelineName: string;
  readonly runKey: string | undefined;
  readonly startedAt: string;
  /** Of the first run of the chain. */
  readonly rootStartedAt: string;
  /** The resume budget that this run was started with; 0: no bound; undefined in older journals. */
  readonly maxResumes: number | undefined;
  readonly components: readonly ComponentHeader[];
  readonly options: JsonObject;
  readonly carried: Carried | undefined;
  /** By component index; carried ones included. */
  readonly completions: ReadonlyMap<number, Completion>;
  /** Step results of components, by index and name. */
  readonly steps: ReadonlyMap<number, ReadonlyMap<string, JsonValue>>;
  /** Attempts started in this run, by index. */
  readonly attempts: ReadonlyMap<number, number>;
  /** The last failure of components that have not completed, by index. */
  readonly failures: ReadonlyMap<
    number,
    { readonly error: ErrorFactsRecord; readonly attempt: number; readonly transient: boolean }
  >;
  /** What is under way outside, or was staged and is still to be published or swept; by {@link intentKey}. */
  readonly intents: ReadonlyMap<string, Intent>;
  /** How the writer's turn ended, undefined while it has not. */
  readonly end:
    | { readonly type: "run-completed" }
    | { readonly type: "run-failed"; readonly reason: FailureReason }
    | { readonly type: "run-interrupted"; readonly reason: string }
    | undefined;
  readonly supersededBy: { readonly runId: string; readonly fresh: boolean } | undefined;
  readonly deleted: boolean;
  /** Time of the last record, ISO 8601. */
  readonly lastAt: string;
}

/** A completed component as the source page lists it. */
export interface CompletedComponent {
  readonly index: number;
  readonly name: string;
  readonly instanceType: string;
  readonly startedAt: string;
  readonly completedAt: string;
  readonly durationMs: number;
}

/** A checkpoint as `checkpoints list` and `listResumableCheckpoints` give it. */
export interface Checkpoint {
  readonly runId: string;
  readonly rootRunId: string;
  readonly runKey: string | null;
  readonly pipelineName: string;
  readonly state: CheckpointState;
  readonly status: CheckpointStatus;
  readonly startedAt: string;
  /** In index order. */
  readonly completedComponents: readonly CompletedComponent[];
  /** 0-based end of the completed prefix, -1 when none. */
  readonly lastCheckpointedIndex: number;
  readonly totalComponents: number;
  readonly resumedFrom: string | null;
  /** The first component that is not completed, of runs that are not completed. */
  readonly failedAt: {
    readonly index: number;
    readonly name: string;
    readonly error?: ErrorFactsRecord | undefined;
  } | null;
  readonly holder: LeaseHolder | null;
}
