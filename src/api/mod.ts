/**
 * Room `api`: Cairn as a library, and all that the command line is a client of. It joins `run`, `builtin`
 * and everything below; `wire.ts` is the one place that names every part.
 *
 * Not here: printing, flags, exit codes of refusals (room `cli`), and what plugins import (room `sdk`).
 * To add a call: a function in a file of its own with its options as one object, its export below, its
 * counterpart in examples/library/ and docs/library.md.
 */
export {
  CairnError,
  type Clock,
  type ErrorKind,
  type Finding,
  type JsonObject,
  type JsonValue,
  messageOf,
  type Place,
  placeText,
  type Random,
  type Redactor,
  systemClock,
  systemRandom,
  version,
} from "../base/mod.ts";
export type {
  Checkpoint,
  CheckpointState,
  CheckpointStatus,
  CompletedComponent,
  ComponentDecision,
  ConfigDifference,
  DecisionReason,
  RunState,
} from "../checkpoint/mod.ts";
export type { Isolation, Loaded, PipelineConfig } from "../config/mod.ts";
export type { ContractDescription, PluginDescription, PluginProblem, ResolvedType } from "../plugin/mod.ts";
export {
  type ComponentOutcome,
  type ComponentStatus,
  Interrupt,
  type InterruptSignal,
  type LogLine,
  type PipelinePlan,
  type PlannedComponent,
  type ProgressReport,
  type ResultError,
  type RunObserver,
  type RunResult,
} from "../run/mod.ts";
export type { LogLevel, PipelineHooks, RunStatus } from "../sdk/mod.ts";
export type {
  AppendResult,
  CheckpointStore,
  Lease,
  LeaseAnswer,
  LeaseHolder,
  StoredRecord,
} from "../store/mod.ts";
export {
  deleteCheckpoint,
  type DeleteRequest,
  listCheckpoints,
  type ListRequest,
  listResumableCheckpoints,
  pruneCheckpoints,
  type Pruned,
  type PruneRequest,
  readCheckpoint,
  type CheckpointInFull,
  type Verification,
  verifyCheckpoint,
} from "./checkpoints.ts";
export {
  type ConfigOrigin,
  explainConfig,
  type Explanation,
  readHoconFile,
  showConfig,
} from "./show-config.ts";
export { checkpointHooks } from "./checkpoint-hooks.ts";
export { composeHooks } from "../run/mod.ts";
export { auditHooks, loggingHooks, metricsFileHooks, metricsHooks } from "./built-in-hooks.ts";
export { type GraphComponent, graphPipeline, type PipelineGraph } from "./graph-pipeline.ts";
export { initProject } from "./init-project.ts";
export { type DoctorCheck, type DoctorReport, type DoctorRequest, examine } from "./doctor.ts";
export { RACER_COMMAND, racerMain } from "./doctor-racer.ts";
export { leaseKeeperMain } from "./lease-keeper.ts";
export { loadConfig, readConfig } from "./load-config.ts";
export type * from "./options.ts";
export { planFile, planPipeline, type PlanOptions } from "./plan-pipeline.ts";
export { checkPlugins, listPlugins, type PluginRequest, showPlugin } from "./plugins.ts";
export {
  type ClosedRun,
  type HeldKey,
  reapCheckpoints,
  type ReapReport,
  type ReapRequest,
  type ToldEnd,
} from "./reap.ts";
export { type ResumeRequest, resume, runFile, runPipeline, runWithCheckpointing } from "./run-pipeline.ts";
export {
  defaultLocation,
  fileSystemCheckpointStore,
  memoryCheckpointStore,
  openStore,
  type OpenStoreRequest,
} from "./stores.ts";
export { type ShownOverride, shownOverrides } from "./shown-overrides.ts";
export { type FileValidation, type ValidateOptions, type Validation, validateFiles } from "./validate.ts";
export { WORKER_COMMAND, workerMain } from "./worker.ts";
