import { CairnError } from "../base/mod.ts";
import type { RunEvent } from "./events.ts";
import type { KeyLogEnd } from "./key-log.ts";
import { corruptError } from "./record.ts";
import type { RunReading } from "./run-reading.ts";
import type { RunState } from "./state.ts";

/** Steps 3 to 5 of a start: what to write, decided by step 2. */
export interface BeginPlan {
  readonly kind: "begin";
  /** N: the run to begin. */
  readonly runId: string;
  /** O: the run it comes after; read again before the key log is written. */
  readonly old: RunReading | undefined;
  /** True: `superseded` must be appended to O; false: it is there (N is adopted). */
  readonly supersede: boolean;
  /** True: N carries nothing. */
  readonly fresh: boolean;
  /** The number of N's first record: 1, or the one after void ones. */
  readonly firstSeq: number;
  /** True: N is another start's unfinished business, written down as begun and interrupted so that it keeps what it carries. */
  readonly settle: boolean;
  /** What the decision is made on: the state to resume, undefined for a run that carries nothing. */
  readonly previous: RunState | undefined;
}

/** One event to append to a run before all else; afterwards step 1 comes again. */
export interface FencePlan {
  readonly kind: "fence";
  readonly reading: RunReading;
  readonly event: RunEvent;
  readonly previous: RunState | undefined;
}

export type StartPlan =
  | BeginPlan
  | FencePlan
  | { readonly kind: "already-completed"; readonly runId: string }
  /** Somebody went on between two reads: read again. */
  | { readonly kind: "again" };

/** What is known in step 2. */
export interface Known {
  readonly end: KeyLogEnd;
  /** The last run, where there is one. */
  readonly last: RunReading | undefined;
  /** Its successor, where the last run is superseded. */
  readonly successor: RunReading | undefined;
}

/** Reason of the `run-interrupted` by which a start ends the turn of a writer that is gone or asleep. */
export const LEFT_BEHIND = "a new run was started";
/** Reason of the `run-interrupted` by which a run whose process has gone is closed, with no start after it. */
export const ABANDONED = "abandoned";
/** Reason of the `run-interrupted` of a run that another start had prepared and never begun. */
export const NEVER_BEGUN = "it was never begun";

/** A plan that begins a run after none. */
export function freshPlan(runId: string): BeginPlan {
  return begin({ runId, old: undefined, supersede: false, fresh: true });
}

/** A plan that resumes (or retires, `fresh`) an unfinished run. */
export function supersedePlan(runId: string, old: RunReading, fresh: boolean): BeginPlan {
  return begin({ runId, old, supersede: true, fresh });
}

/** A plan that goes on with a run which another start named and never began. */
export function adoptPlan(run: RunReading, old: RunReading | undefined, fresh: boolean): BeginPlan {
  return { ...begin({ runId: run.runId, old, supersede: false, fresh }), firstSeq: run.log.next };
}

/** A plan that writes down a never begun run with what it carries, for whoever resumes it later. */
export function settlePlan(run: RunReading, old: RunReading, previous: RunState | undefined): BeginPlan {
  return { ...adoptPlan(run, old, false), settle: true, previous };
}

function begin(parts: Pick<BeginPlan, "runId" | "old" | "supersede" | "fresh">): BeginPlan {
  const previous = parts.fresh ? undefined : parts.old?.state;
  return { kind: "begin", ...parts, firstSeq: 1, settle: false, previous };
}

/** Refuses a corrupt run, naming the ways out. */
export function corruptRun(reading: RunReading): Error {
  const damage = reading.damage ?? { seq: 1, why: "unreadable" };
  return corruptError(
    `Cannot resume run "${reading.runId}"`,
    damage,
    `Look at it with "cairn checkpoints show ${reading.runId}"; start anew with --fresh, or remove it with "cairn checkpoints delete ${reading.runId}".`,
  );
}

/** Refuses to resume a run (exit 4). */
export function cannotResume(runId: string, code: string, why: string, hint: string): CairnError {
  return new CairnError(`Cannot resume run "${runId}": ${why}`, {
    code,
    kind: "world",
    hint,
    details: { runId },
  });
}

/** The error for a run that the location does not know (exit 4). */
export function noSuchRun(runId: string): Error {
  return cannotResume(
    runId,
    "CHECKPOINT_NO_SUCH_RUN",
    "there is no checkpoint of it",
    'List what there is with "cairn checkpoints list"; a run key is part of the place (--run-key).',
  );
}
