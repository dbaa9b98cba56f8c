import type { ComponentDecision, ConfigDifference, Poisoned } from "../checkpoint/mod.ts";
import type { LeaseHolder } from "../store/mod.ts";
import type { Selection } from "./selection.ts";

export interface PlannedComponent extends ComponentDecision {
  readonly name: string;
  readonly type: string;
  /** Names of the components it comes after. */
  readonly after: readonly string[];
}

/** The document of `plan --format json`: what a run would do now. */
export interface PipelinePlan {
  readonly version: 1;
  readonly pipelineName: string;
  readonly runKey: string | null;
  /** The run it would resume; null: a new run. */
  readonly resumes: string | null;
  /** True: nothing would run, the run key's (or run ID's) run has completed. */
  readonly alreadyCompleted: boolean;
  /** Resolved location; null without checkpointing. */
  readonly location: string | null;
  /** Which components were asked for, now or when the run to resume was started; null: all. */
  readonly selection: Partial<Selection> | null;
  readonly components: readonly PlannedComponent[];
  /** What changed since the completed components ran. */
  readonly differences: readonly ConfigDifference[];
  /** True: `run` would refuse with exit 4 because of `differences`. */
  readonly refused: boolean;
  /** Components that were started too often without completing: `run` would refuse with exit 8, unless told otherwise. */
  readonly poisoned: readonly Poisoned[];
  /** Who runs this pipeline and run key now: `run` would exit with 5, or wait; null: nobody. */
  readonly holder: Pick<LeaseHolder, "host" | "pid" | "since"> | null;
  readonly warnings: readonly string[];
}
