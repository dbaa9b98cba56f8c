import type { Clock, Random, Redactor } from "../base/mod.ts";
import type { ComponentDecision, RunJournal } from "../checkpoint/mod.ts";
import type { Isolation, PipelineConfig } from "../config/mod.ts";
import type { OpenFiles } from "../files/mod.ts";
import type { PipelineHooks } from "../sdk/mod.ts";
import type { DeclaredOutcome } from "./declared-outcome.ts";
import type { Prepared } from "./prepare.ts";
import type { RunLog } from "./run-log.ts";
import type { SecretMask } from "./secret-mask.ts";
import type { WorkerPool } from "./worker-pool.ts";
import type { RunFacts } from "./worker/protocol.ts";

/** What a run is made of, once it is known what runs and what is restored. */
export interface ExecuteRequest {
  readonly facts: RunFacts;
  readonly config: PipelineConfig;
  readonly prepared: Prepared;
  /** One for each component. */
  readonly decisions: readonly ComponentDecision[];
  /** Undefined: the run keeps no checkpoint. */
  readonly journal: RunJournal | undefined;
  /** Workers in processes of their own, and in the runner. */
  readonly processes: WorkerPool;
  readonly inRunner: WorkerPool;
  readonly hooks: readonly PipelineHooks[];
  /** Of the caller's own view: told of this run's end also where another process tells it to all others. */
  readonly watch: PipelineHooks | undefined;
  readonly log: RunLog;
  readonly redactor: Redactor;
  readonly secrets: SecretMask;
  readonly failFast: boolean;
  readonly maxParallel: number;
  readonly timeoutMs: number | undefined;
  readonly graceMs: number;
  /** Over that of the components. */
  readonly isolation: Isolation | undefined;
  /** Data as components reach it; closed by the caller. */
  readonly files: () => Promise<OpenFiles>;
  /** Outcomes of external actions that a person found out. */
  readonly declared: readonly DeclaredOutcome[];
  /** Named instants for crash tests; absent in the shipped path. */
  readonly point?: ((name: string) => void | Promise<void>) | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Interrupts the run. */
  readonly signal: AbortSignal | undefined;
  /** Kills what runs at once. */
  readonly kill: AbortSignal | undefined;
}
