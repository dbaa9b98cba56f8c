import type { Clock, JsonObject, JsonValue, Random } from "../base/mod.ts";
import type { CheckpointStore, Lease, LeaseHolder, ProcessGroup } from "../store/mod.ts";
import type { Carried, ComponentHeader, RunEvent } from "./events.ts";
import type { Outbox } from "./outbox.ts";
import type { RunState } from "./state.ts";

/**
 * - `new`: checkpointing on, no auto-resume: a new run; an unfinished one stays resumable by its ID (its writer is fenced by a `run-interrupted` if its turn has not ended).
 * - `auto`: resume the last run if it is unfinished, else a new run.
 * - `fresh`: a new run that supersedes an unfinished one, carrying nothing.
 * - `resume`: exactly that run (full ID).
 */
export type StartMode =
  | { readonly kind: "new" | "auto" | "fresh" }
  | { readonly kind: "resume"; readonly runId: string };

/** What to write into the new run's first record. */
export interface RunHeader {
  readonly components: readonly ComponentHeader[];
  readonly options: JsonObject;
  readonly carried?: Carried | undefined;
  /** The resume budget, for those who look at the run later. */
  readonly maxResumes?: number | undefined;
  /** True: hooks listen to the run's end; then the run's journal has `ends`. Default false. */
  readonly tells?: boolean | undefined;
}

export interface StartRequest {
  readonly store: CheckpointStore;
  readonly pipelineName: string;
  readonly runKey: string | undefined;
  readonly mode: StartMode;
  /** The caller's ID (`--run-id`): a taken one is resumed as `ID~2`, … in mode `auto`, else refused. */
  readonly runId?: string | undefined;
  readonly holder: LeaseHolder;
  readonly ifHeld: "fail" | "wait";
  /** Longest wait for a holder in ms; absent: no bound. */
  readonly waitMs?: number | undefined;
  /**
   * Decides what a resume restores. Called with the state read before anything is written (so that a refusal
   * leaves no trace) and, where that state changed until it was fenced, again with the final one.
   * Throws to refuse. Undefined previous: a run that carries nothing.
   */
  decide(previous: RunState | undefined): Promise<RunHeader>;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
  /**
   * Called, with the lease held, where nothing is to be run (`already-completed`) and ends of earlier runs may still be
   * to be told: those of starts below this number of the key log.
   */
  tellEnds?(ends: Outbox, below: number): Promise<void>;
  /** Kills what is left of a dead holder's process groups before anything goes on. */
  killGroups(groups: readonly ProcessGroup[]): Promise<void>;
  /** Waited for when the lease is held, before anything is read under it; called again where it is lost and taken again. */
  onLease?(): Promise<void>;
  /** Is given the lease once the run has begun: whoever is to renew it takes it over then. */
  entrust?(lease: Lease): Promise<void>;
  /** Called when a wait for a live holder begins. */
  onHeld?(holder: LeaseHolder | undefined): void;
  /** Named instants for crash tests; absent in the shipped path. */
  readonly point?: ((name: string) => void | Promise<void>) | undefined;
}

/** The outbox of a run's pipeline and key, for the run that holds it. */
export interface RunEnds {
  readonly outbox: Outbox;
  /** The run's own place in the key log. */
  readonly start: number;
}

/** The writer of one run's journal, from its first record on; holds the lease. */
export interface RunJournal {
  readonly runId: string;
  readonly rootRunId: string;
  readonly resumedFrom: string | undefined;
  /** The fold of everything appended so far. */
  state(): RunState;
  /**
   * Makes the events durable, in one record if possible (concurrent calls are queued and joined).
   * Throws, and aborts `lost`, when the number was taken by anybody else (CHECKPOINT_FENCED, exit 5),
   * the lease is lost or the store fails for good (CHECKPOINT_STORE_FAILED, exit 6).
   */
  append(events: readonly RunEvent[]): Promise<void>;
  /** The outputs of a completed component; read from the store where they are large. Undefined where it has none. */
  outputs(index: number): Promise<JsonValue | undefined>;
  /** Aborts when the run may not go on. */
  readonly lost: AbortSignal;
  /** The ends of runs that hooks are to be told of, this one's too; undefined where no hook listens. */
  readonly ends: RunEnds | undefined;
  /** Notes the process groups that a successor must kill. */
  noteGroups(groups: readonly ProcessGroup[]): Promise<void>;
  /** What the last append cost: for hooks and metrics. */
  readonly lastAppend:
    | { readonly seq: number; readonly bytes: number; readonly durationMs: number }
    | undefined;
  /** Removes what a success leaves behind (`cleanup-on-success`): this run's and its chain's records but the final ones. */
  cleanup(): Promise<void>;
  /** Releases the lease and closes the log. */
  close(): Promise<void>;
}

export type StartOutcome =
  | {
      readonly kind: "started";
      readonly journal: RunJournal;
      /** The run that was resumed, with its final state. */ readonly previous: RunState | undefined;
    }
  /** Mode `auto` with a run key or run ID whose run has completed. */
  | { readonly kind: "already-completed"; readonly runId: string };
