/**
 * Room `checkpoint`: what a run leaves behind and what that means: events and their fold, records
 * and their chain, the key log, the start and delete protocols, fingerprints, resume decisions.
 *
 * Not here: where bytes lie (room `store`) and running anything (room `run`).
 * To add an event: its shape in `events.ts`, its fold in `fold.ts`, its line in docs/reference/journal.md.
 */
export { isPoisoned, type Poisoned } from "./budget.ts";
export { completedRun } from "./completed-run.ts";
export { decide } from "./decide.ts";
export type * from "./decision.ts";
export * from "./events.ts";
export { fingerprintId, fingerprintOf, REDACTED_VALUE } from "./fingerprint.ts";
export { deleteRun, type DeleteTools, type Deletion } from "./delete.ts";
export { foldRun } from "./fold.ts";
export {
  type Intent,
  type IntentEnd,
  type IntentEvent,
  IntentFold,
  type IntentName,
  intentKey,
  type Launcher,
  leftStaged,
  type PublishIntent,
  type StageIntent,
  stageIntent,
  type StartIntent,
} from "./intents.ts";
export { keepLast } from "./keep-last.ts";
export {
  findRun,
  listCheckpoints,
  readCheckpoint,
  type CheckpointDetails,
  type ListOptions,
} from "./list.ts";
export type { KnownRun, Scope } from "./known-runs.ts";
export { prune, type Pruned, type PruneOptions } from "./prune.ts";
export { checkRunId, type KeyNames, keyNames, pipelineFolder } from "./names.ts";
export { Outbox, type UntoldEnd } from "./outbox.ts";
export { reap, type ReapedKey, type ReapedRun, type ReapTools } from "./reap.ts";
export type { Damage } from "./record.ts";
export type * from "./start.ts";
export { previewStart, startRun, type StartPreview } from "./start-run.ts";
export type * from "./state.ts";
export { withCheckpointErrors } from "./store-failure.ts";
export { verifyRun, type Verification } from "./verify.ts";
