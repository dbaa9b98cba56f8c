import { type Clock, CairnError, isoTime, type Random } from "../base/mod.ts";
import { completedRun, type RunHeader, type RunJournal, type RunState, startRun } from "../checkpoint/mod.ts";
import type { Isolation, PipelineConfig } from "../config/mod.ts";
import type { PipelineHooks } from "../sdk/mod.ts";
import type { CheckpointStore, Lease, LeaseHolder } from "../store/mod.ts";
import { cleanUp } from "./clean-up.ts";
import { outcomeOf } from "./component-record.ts";
import { poisonedError, withinAge } from "./budget.ts";
import { checkpointFacts, ForgivingJournal, isStoreFailure, unrecordedWarning } from "./forgiving-journal.ts";
import { checkDeclared, type DeclaredOutcome } from "./declared-outcome.ts";
import {
  changedError,
  type Decided,
  decideRun,
  type DecideSettings,
  type EarlyPreparation,
  prepareEarly,
} from "./decide-run.ts";
import { endRun } from "./end-of-run.ts";
import { Execution } from "./execution.ts";
import { interruptOf } from "./interrupt.ts";
import { leaseHolder } from "./lease-holder.ts";
import { onAbort } from "./on-abort.ts";
import { killGroups } from "./process-groups.ts";
import type { RunResult } from "./result.ts";
import type { SecretMask } from "./secret-mask.ts";
import { resumeTime, startMode } from "./start-mode.ts";
import type { EndFacts } from "./stop-reason.ts";
import { listensToEnds, tellEnds } from "./tell-ends.ts";
import type { RunLog } from "./run-log.ts";
import type { WorkerPools } from "./worker-pools.ts";
import type { RunFacts } from "./worker/protocol.ts";

/** Between abort and kill where nothing else is said, ms. */
export const DEFAULT_GRACE_MS = 10_000;

/** Everything that one run is given. */
export interface RunRequest extends Pick<
  DecideSettings,
  "config" | "reload" | "given" | "policy" | "builtins" | "redactor" | "folders"
> {
  /** Undefined: no checkpoint is kept. The caller closes it. */
  readonly store: CheckpointStore | undefined;
  readonly resume: string | undefined;
  readonly fresh: boolean;
  readonly autoResume: boolean;
  readonly runKey: string | undefined;
  readonly runId: string | undefined;
  readonly ifHeld: "fail" | "wait";
  readonly waitMs: number | undefined;
  /** Run what is poisoned all the same. */
  readonly retryPoisoned: boolean;
  /** Outcomes of external actions that a person found out. */
  readonly declared: readonly DeclaredOutcome[];
  /** Named instants for crash tests; absent in the shipped path. */
  readonly point?: ((name: string) => void | Promise<void>) | undefined;
  readonly cleanupOnSuccess: boolean | undefined;
  readonly maxParallel: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly graceMs: number | undefined;
  readonly isolation: Isolation | undefined;
  /** Opens the hooks, once it is decided what runs and before anything is recorded. */
  hooks(config: PipelineConfig): Promise<readonly PipelineHooks[]>;
  /** Has somebody else renew the run's lease; absent where nothing keeps this process from doing so. */
  readonly entrust: ((lease: Lease) => Promise<void>) | undefined;
  /** The caller's own view of this run: told of its end also where another process tells it to all others. */
  readonly watch: PipelineHooks | undefined;
  readonly pools: WorkerPools;
  readonly log: RunLog;
  readonly secrets: SecretMask;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal | undefined;
  readonly kill: AbortSignal | undefined;
  readonly warnings: readonly string[];
}

interface Started {
  readonly journal: RunJournal | undefined;
  /** Why there is no journal where there should be one. */
  readonly storeFailure?: CairnError | undefined;
  readonly decided: Decided;
  readonly runId: string;
  readonly runKey: string | undefined;
  readonly hooks: readonly PipelineHooks[];
  /** Of the start itself. */
  readonly warnings: readonly string[];
}

/** The time at which a run began, on both clocks. */
interface Begin {
  readonly at: number;
  readonly steady: number;
}

/**
 * One run, fresh or resumed: start, execution, final record, result. Throws what refuses it before any
 * component ran; whatever happens later is in the result.
 */
export async function runOnce(request: RunRequest): Promise<RunResult> {
  const begin = { at: request.clock.now(), steady: request.clock.steady() };
  // A plugin may hang while it is loaded, before anything of the run is there to be stopped.
  const release = onAbort(request.signal, () => request.pools.kill());
  let started: Awaited<ReturnType<typeof start>>;
  try {
    started = await start(request);
  } catch (thrown) {
    if (request.signal?.aborted !== true) throw thrown;
    return interruptedBefore(request, begin);
  } finally {
    release();
  }
  if ("already" in started) return alreadyCompleted(request, started, begin);
  try {
    return await execute(request, started, begin);
  } finally {
    await started.journal?.close();
  }
}

function namesOf({ components }: Decided["prepared"]): readonly string[] {
  return components.map(({ header }) => header.name);
}

interface AlreadyCompleted {
  readonly already: true;
  readonly runId: string;
  readonly runKey: string | undefined;
}

async function start(request: RunRequest): Promise<Started | AlreadyCompleted> {
  const { config, store } = request;
  try {
    return store === undefined ? await startUnrecorded(request) : await startRecorded(request, store);
  } catch (thrown) {
    // Where there may be something to go on with, running it all anew would not be going on.
    const anew = request.resume === undefined && !request.autoResume;
    if (!isStoreFailure(thrown) || !anew || config.checkpoint.onStoreFailure === "fail") throw thrown;
    return { ...(await startUnrecorded(request)), storeFailure: thrown };
  }
}

function decideSettings(request: RunRequest): DecideSettings {
  const { pools } = request;
  return { ...request, worker: () => pools.describing(), files: (spark) => pools.files(spark) };
}

async function startUnrecorded(request: RunRequest): Promise<Started> {
  const { runKey, random } = request;
  const decided = await decideRun(decideSettings(request), undefined);
  checkDeclared(request.declared, [], namesOf(decided.prepared));
  const runId = request.runId ?? random.runId();
  const hooks = await request.hooks(decided.config);
  return { journal: undefined, decided, runId, runKey, hooks, warnings: [] };
}

async function startRecorded(
  request: RunRequest,
  store: CheckpointStore,
): Promise<Started | AlreadyCompleted> {
  const { config, random } = request;
  const settings = decideSettings(request);
  let early: EarlyPreparation | undefined;
  const wished = await startMode(store, config.pipelineName, request);
  const { runKey } = wished;
  const { mode, warnings } = await withinAge(store, runKey, wished.mode, request);
  let decided: Decided | undefined;
  let hooks: readonly PipelineHooks[] | undefined;
  const decideHeader = async (previous: RunState | undefined): Promise<RunHeader> => {
    decided = await decideRun(settings, previous, resumeTime(mode, runKey, request.clock), early);
    const { decision, prepared, record } = decided;
    refuseDecided(request, decided, previous);
    hooks ??= await request.hooks(decided.config);
    return {
      components: prepared.components.map(({ header }) => header),
      options: record,
      maxResumes: decided.config.checkpoint.maxResumes,
      tells: listensToEnds(hooks),
      ...(decision.carried === undefined ? {} : { carried: decision.carried }),
    };
  };
  const outcome = await startRun({
    store,
    pipelineName: config.pipelineName,
    runKey,
    mode,
    runId: request.runId,
    holder: leaseHolder(request.clock),
    ifHeld: request.ifHeld,
    waitMs: request.waitMs,
    decide: decideHeader,
    clock: request.clock,
    random,
    signal: request.signal,
    killGroups,
    onLease: () => (early ??= prepareEarly(settings)).begun,
    ...(request.entrust && { entrust: request.entrust }),
    async tellEnds(outbox, below) {
      hooks ??= await request.hooks(config);
      await tellEnds(outbox, below, { hooks, log: request.log, signal: request.signal });
    },
    onHeld: (holder) => sayHeld(request.log, holder),
  });
  if (outcome.kind === "already-completed") return { already: true, runId: outcome.runId, runKey };
  if (decided === undefined) throw new Error("a run was started that nobody decided on");
  const { journal } = outcome;
  return { journal, decided, runId: journal.runId, runKey, hooks: hooks ?? [], warnings };
}

/** Throws where what was decided may not be done. */
function refuseDecided(
  { retryPoisoned, declared }: RunRequest,
  { decision, prepared }: Decided,
  previous: RunState | undefined,
): void {
  if (decision.refused && previous !== undefined) throw changedError(previous.runId, decision);
  if (decision.poisoned.length > 0 && previous !== undefined && !retryPoisoned) {
    throw poisonedError(previous.runId, decision.poisoned);
  }
  checkDeclared(declared, decision.carried?.intents ?? [], namesOf(prepared));
}

function sayHeld(log: RunLog, holder: LeaseHolder | undefined): void {
  const who = holder && `process ${holder.pid} on ${holder.host}`;
  const since = holder ? ` since ${holder.since}` : "";
  log.say("info", `waiting: ${who ?? "another runner"} holds this pipeline${since}`);
}

async function execute(request: RunRequest, started: Started, begin: Begin): Promise<RunResult> {
  const { decided, runId, runKey } = started;
  const { config, prepared, decision } = decided;
  const { clock, pools } = request;
  const warnings = [...request.warnings, ...started.warnings, ...decision.warnings];
  if (prepared.components.length === 0) warnings.push("The pipeline has no components: nothing was run.");
  else if (decision.components.every(({ action }) => action === "skip")) {
    warnings.push("No component is enabled and selected: nothing was run.");
  }
  for (const warning of warnings) request.log.say("warn", warning);
  const warn = (warning: string): void => {
    warnings.push(warning);
    request.log.say("warn", warning);
  };
  let storeFailed = false;
  const onStoreFailure = (error: CairnError): void => {
    storeFailed = true;
    warn(unrecordedWarning(error));
  };
  if (started.storeFailure !== undefined) onStoreFailure(started.storeFailure);
  const journal =
    started.journal === undefined || request.config.checkpoint.onStoreFailure === "fail"
      ? started.journal
      : new ForgivingJournal(started.journal, onStoreFailure);
  const facts = {
    runId,
    rootRunId: journal?.rootRunId ?? runId,
    runKey,
    pipelineName: config.pipelineName,
    resumedFrom: journal?.resumedFrom,
    total: config.components.length,
    configFolder: config.folder,
    spark: config.spark,
  };
  pools.open(facts, journal);
  const execution = executionOf(request, started, journal, facts);
  if (journal?.ends !== undefined) {
    const { outbox, start } = journal.ends;
    await tellEnds(outbox, start, { hooks: started.hooks, log: request.log, signal: request.signal });
  }
  const ran = await execution.run();
  const closing = pools.close();
  const { redactor, log } = request;
  const decisions = decision.components;
  const end = await endRun({ execution, decisions, journal, facts, begin, clock, redactor, log }, ran);
  const cleans = journal !== undefined && !storeFailed && end.status === "completed";
  const kept = cleans ? await cleanUp(request, journal, config, warn) : journal !== undefined || !storeFailed;
  await closing;
  const checkpoint = checkpointFacts(request.store, journal, kept, storeFailed);
  return resultOf(facts, end, begin, clock, {
    checkpoint,
    warnings: [...warnings, ...request.log.warnings],
    components: prepared.components.map((component, index) => {
      const record = execution.records[index];
      if (record === undefined) throw new Error(`component ${index} has no record`);
      return outcomeOf(component, record);
    }),
  });
}

/** The execution of what was decided. */
function executionOf(
  request: RunRequest,
  { decided, hooks }: Started,
  journal: RunJournal | undefined,
  facts: RunFacts,
): Execution {
  const { config, prepared, decision, options } = decided;
  const { pools, log, redactor, secrets, isolation, clock, random, signal, kill, watch } = request;
  return new Execution({
    facts,
    config,
    prepared,
    decisions: decision.components,
    journal,
    processes: pools.processes,
    inRunner: pools.inRunner,
    hooks,
    watch,
    log,
    redactor,
    secrets,
    failFast: options.failFast ?? config.failFast,
    maxParallel: request.maxParallel ?? config.maxParallel,
    timeoutMs: request.timeoutMs ?? config.timeoutMs,
    graceMs: request.graceMs ?? DEFAULT_GRACE_MS,
    isolation,
    files: pools.files(config.spark),
    declared: request.declared,
    point: request.point,
    clock,
    random,
    signal,
    kill,
  });
}

function resultOf(
  facts: Pick<RunFacts, "runId" | "rootRunId" | "runKey" | "pipelineName" | "resumedFrom">,
  end: EndFacts,
  begin: Begin,
  clock: Clock,
  rest: Pick<RunResult, "components" | "checkpoint" | "warnings">,
): RunResult {
  return {
    version: 1,
    runId: facts.runId,
    rootRunId: facts.rootRunId,
    runKey: facts.runKey ?? null,
    pipelineName: facts.pipelineName,
    status: end.status,
    reason: end.reason,
    startedAt: isoTime(begin.at),
    endedAt: isoTime(clock.now()),
    durationMs: Math.round(clock.steady() - begin.steady),
    resumedFrom: facts.resumedFrom ?? null,
    ...rest,
    exitCode: end.exitCode,
  };
}

/** The result where the run key's, or the run ID's, run has completed before. */
async function alreadyCompleted(
  request: RunRequest,
  done: { readonly runId: string; readonly runKey: string | undefined },
  begin: Begin,
): Promise<RunResult> {
  const { store, config, signal } = request;
  const end: EndFacts = { status: "completed", reason: "already-completed", exitCode: 0 };
  if (store === undefined) return nothingRan(request, done, end, begin, null);
  const { pipelineName } = config;
  const { kept, ...chain } = await completedRun(store, { ...done, pipelineName }, signal);
  return nothingRan(request, { ...done, ...chain }, end, begin, { location: store.location, kept });
}

/** The result of an interrupt that came before anything of the run was recorded. */
function interruptedBefore(request: RunRequest, begin: Begin): RunResult {
  const { signal, exitCode } = interruptOf(request.signal?.reason);
  const runId = request.runId ?? request.random.runId();
  const end: EndFacts = { status: "interrupted", reason: signal, exitCode };
  return nothingRan(request, { runId, runKey: request.runKey }, end, begin, null);
}

function nothingRan(
  request: RunRequest,
  run: Pick<RunFacts, "runId" | "runKey"> & Partial<Pick<RunFacts, "rootRunId" | "resumedFrom">>,
  end: EndFacts,
  begin: Begin,
  checkpoint: RunResult["checkpoint"],
): RunResult {
  const { config, clock } = request;
  const { pipelineName } = config;
  const facts = { rootRunId: run.runId, resumedFrom: undefined, ...run, pipelineName };
  return resultOf(facts, end, begin, clock, {
    checkpoint,
    warnings: [...request.warnings],
    components: config.components.map(({ index, instanceName, instanceType }) => ({
      index,
      name: instanceName,
      type: instanceType,
      status: "not-run",
      reason: end.status === "completed" ? "already-completed" : "interrupted",
      attempts: 0,
      durationMs: 0,
      outputs: null,
      error: null,
      failedAttempts: [],
    })),
  });
}
