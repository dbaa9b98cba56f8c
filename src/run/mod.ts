/**
 * Room `run`: plan, scheduler, worker processes, retries and results: the library's way of one run.
 *
 * Not here: finding plugins (room `plugin`), what a checkpoint means (room `checkpoint`), printing (room `cli`).
 * To add a way to isolate components: a file beside `process-worker.ts` that gives a `WorkerHandle`, and its
 * place in `worker-pools.ts`.
 */
export { checkComponents } from "./check-components.ts";
export { composeHooks, partsOf } from "./compose-hooks.ts";
export { type DeclaredOutcome, parseDeclared } from "./declared-outcome.ts";
export { type Decided, type DecideSettings, invalidConfig } from "./decide-run.ts";
export { dependenciesOf } from "./graph.ts";
export { Interrupt, type InterruptSignal } from "./interrupt.ts";
export type * from "./observer.ts";
export type * from "./plan-document.ts";
export { planRun, type PlanRequest } from "./plan.ts";
export type { SetOption } from "./remembered-options.ts";
export type * from "./result.ts";
export { selectionOf } from "./selection.ts";
export { RunLog } from "./run-log.ts";
export { reapRuns } from "./reap-runs.ts";
export { DEFAULT_GRACE_MS, runOnce, type RunRequest } from "./run-once.ts";
export { SecretMask } from "./secret-mask.ts";
export { WorkerPools } from "./worker-pools.ts";
export { runWorkerProcess, type WorkerParts } from "./worker/process-main.ts";
