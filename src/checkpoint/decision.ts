import type { Poisoned } from "./budget.ts";
import type { Artifact, Carried, ComponentHeader } from "./events.ts";
import type { RunState } from "./state.ts";

/** Why a component runs or is restored; the same words in plan, log, journal and report. */
export type DecisionReason =
  | "first-run"
  | "completed"
  | "not-completed"
  | "failed-before"
  | "interrupted-before"
  | "config-changed"
  | "config-change-accepted"
  | "code-changed"
  | "code-change-accepted"
  | "artifact-missing"
  | "artifact-changed"
  | "after-rerun"
  | "publish-unfinished"
  | "new-component"
  | "not-selected"
  | "disabled"
  | "poisoned";

export interface ComponentDecision {
  readonly index: number;
  readonly action: "run" | "restore" | "skip";
  readonly reason: DecisionReason;
  /** One plain sentence, e.g. `completed in run 0192… at 2026-11-23T20:11:02.113Z`. */
  readonly explanation: string;
  /** Its index in the run that is resumed. */
  readonly previousIndex?: number | undefined;
}

/** One difference between a completed component and the present configuration. */
export interface ConfigDifference {
  readonly component: string;
  /** `inserted`: before completed components; `added`: after all of them, where the number of components differs. */
  readonly kind: "changed" | "removed" | "inserted" | "added" | "reordered" | "code";
  /** Of a removed one: it had completed, so that neither `rerun` nor `accept` lets the run be resumed. */
  readonly lost?: true;
  /** The policy does not let it pass. */
  readonly refused?: true;
  /** Keys that differ, dotted, with both values as JSON text where they may be shown. */
  readonly keys: readonly {
    readonly path: string;
    readonly before?: string | undefined;
    readonly now?: string | undefined;
  }[];
}

export interface DecisionPolicy {
  readonly onConfigChange: "refuse" | "rerun" | "accept";
  readonly onCodeChange: "warn" | "refuse" | "rerun";
  /** Runs of the chain that may start a component and end without completing it; 0: no bound; default 20. */
  readonly maxResumes?: number | undefined;
}

export interface DecisionRequest {
  readonly previous: RunState | undefined;
  readonly components: readonly ComponentHeader[];
  readonly policy: DecisionPolicy;
  /**
   * The present, in ms since the epoch. Given by an auto-resume without a run key: it is warned about where it
   * restores work of an earlier calendar day (of the machine's time zone), which may be another day's data.
   */
  readonly now?: number | undefined;
  /** Looks at the world; throws where it can't be checked (which is not "missing"). */
  checkArtifact(artifact: Artifact): Promise<"same" | "changed" | "missing">;
}

export interface Decision {
  readonly components: readonly ComponentDecision[];
  readonly differences: readonly ConfigDifference[];
  /** True: `differences` may not pass under the policy; the caller refuses with exit 4. */
  readonly refused: boolean;
  /** Components that would run and have used up their budget; the caller refuses with exit 8, unless told otherwise. */
  readonly poisoned: readonly Poisoned[];
  readonly warnings: readonly string[];
  readonly carried: Carried | undefined;
}
