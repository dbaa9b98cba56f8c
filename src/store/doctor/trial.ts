import type { Clock, JsonObject } from "../../base/mod.ts";
import type { CheckpointStore } from "../store.ts";
import type { Racer } from "./race.ts";

/** What the checks of a store are given. */
export interface Trial {
  readonly store: CheckpointStore;
  /** A second handle on the same place, as another process has one. */
  readonly other: CheckpointStore;
  /** Who races: handles of this process and of others. */
  readonly racers: readonly Racer[];
  /** All logs of the trial begin with this; what lies there is removed afterwards. */
  readonly folder: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** Something that is wrong, or may become so. */
export interface DoctorFinding {
  /** Name of the check. */
  readonly check: string;
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What came of one check. */
export interface CheckOutcome {
  /** In a line, what was done or found. */
  readonly summary: string;
  /** Figures, by name. */
  readonly facts: JsonObject;
  readonly findings: readonly Omit<DoctorFinding, "check">[];
}

/** One check of a store. Where it throws, the error is the finding. */
export interface StoreCheck {
  readonly name: string;
  run(trial: Trial): Promise<CheckOutcome>;
}

/** The text of a record of a trial. */
export function trialText(seq: number, by: string): string {
  return JSON.stringify({ seq, by });
}

/** The error for a promise that a store has broken. */
export function broken(message: string): Omit<DoctorFinding, "check"> {
  return {
    severity: "error",
    code: "STORE_BROKEN_PROMISE",
    message,
    hint: "Don't keep checkpoints there: two runners could both own a run, or what was completed could be lost.",
  };
}
