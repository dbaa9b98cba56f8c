import { CairnError, type Clock, messageOf, type Redactor, systemClock } from "../base/mod.ts";
import { type PipelineConfig, redactorFor } from "../config/mod.ts";
import {
  type DecideSettings,
  DEFAULT_GRACE_MS,
  invalidConfig,
  RunLog,
  selectionOf,
  type SetOption,
  WorkerPools,
} from "../run/mod.ts";
import { checkRunId, withCheckpointErrors } from "../checkpoint/mod.ts";
import {
  type CheckpointStore,
  localWarning,
  parseLocation,
  schemeOf,
  systemFileSystem,
  withRetry,
} from "../store/mod.ts";
import { readConfig } from "./load-config.ts";
import type { LoadOptions, PluginOptions, ResumeOptions, RunOptions } from "./options.ts";
import { retriedStoreAt, retryWords, type StorePlace } from "./store-at.ts";
import { checkStoreFailure, openOrFailing } from "./store-failure.ts";
import { defaultLocation } from "./stores.ts";
import { builtinComponents, foldersOf, type Lookup, ownWorkerCommand, workerParts } from "./wire.ts";

/** The options that every way into a run shares. */
export type OpenOptions = LoadOptions &
  ResumeOptions &
  PluginOptions &
  Pick<RunOptions, "observer" | "clock" | "isolation">;

/** Processes and log of one run or plan, started before anything else is known, because they take time. */
export interface Opened {
  readonly pools: WorkerPools;
  readonly log: RunLog;
  readonly clock: Clock;
  readonly lookup: Lookup;
  readonly warnings: string[];
}

/** Starts the first worker at once; `pools.close()` is the caller's. @throws CairnError RUN_ID_INVALID */
function openRun(options: OpenOptions): Opened {
  if (options.runId !== undefined) checkRunId(options.runId);
  const clock = options.clock ?? systemClock;
  const log = new RunLog(options.observer ?? {}, clock, redactorFor(undefined));
  const lookup: Lookup = {
    plugins: options.plugins ?? [],
    env: options.env ?? process.env,
    cwd: options.cwd ?? process.cwd(),
  };
  const pools = new WorkerPools({
    command: options.workerCommand ?? ownWorkerCommand(),
    env: lookup.env,
    cwd: lookup.cwd,
    parts: () => Promise.resolve(workerParts()),
    log,
  });
  if (options.isolation !== "none") pools.processes.prepare();
  return { pools, log, clock, lookup, warnings: [] };
}

/** Opens what a run or a plan needs for the time of `work`; its worker processes end with it. */
export async function withOpened<T>(options: OpenOptions, work: (opened: Opened) => Promise<T>): Promise<T> {
  const opened = openRun(options);
  try {
    return await work(opened);
  } finally {
    await opened.pools.close();
  }
}

/** A configuration from a file, with the way to read it again with other overrides. */
export interface Source {
  readonly config: PipelineConfig;
  readonly reload: ((set: readonly SetOption[]) => Promise<PipelineConfig>) | undefined;
  /** The file, or `-`; undefined where the configuration came as a value. */
  readonly path?: string | undefined;
}

/** Loads a file; warnings of its findings are collected. Throws CONFIG_INVALID. */
export async function loadSource(path: string, options: LoadOptions, warnings: string[]): Promise<Source> {
  const { cwd, env, text, envFile, allowUrlIncludes, allowUnsetEnv } = options;
  const load = async (set: LoadOptions["set"]): Promise<PipelineConfig> => {
    const loaded = await readConfig(path, { cwd, env, text, envFile, allowUrlIncludes, allowUnsetEnv, set });
    if (loaded.pipeline === undefined) throw invalidConfig(loaded.findings);
    for (const { severity, code, message, place } of loaded.findings) {
      // A run says itself that it had nothing to run.
      if (code === "CONFIG_NO_COMPONENTS") continue;
      if (severity === "warning") warnings.push(place ? `${place.file}:${place.line}: ${message}` : message);
    }
    return loaded.pipeline;
  };
  return { config: await load(options.set), reload: load, path };
}

/** The store of a run: undefined where no checkpoint is kept. `owned`: opened here, so to be closed here. */
export interface RunStore {
  readonly store: CheckpointStore | undefined;
  readonly owned: boolean;
  /** Where it lies, if it was opened here. */
  readonly place?: StorePlace | undefined;
}

/** What a run's store is opened with besides configuration and options. */
export interface StoreTools extends Pick<Opened, "clock" | "lookup" | "warnings"> {
  /** Is told of each failure of the store that is followed by another try. */
  readonly log?: RunLog | undefined;
  readonly redactor?: Redactor | undefined;
  /** Of a run: when it aborts, a failing store gets no more time than components do. */
  readonly signal?: AbortSignal | undefined;
  readonly graceMs?: number | undefined;
}

/**
 * Opens what configuration and options say; the options win. Its failures are retried for `store-timeout`. A store
 * that can't be opened, where the run may go on without (`on-store-failure`), is one whose calls fail.
 *
 * @throws CairnError of kind `config`, or CHECKPOINT_STORE_FAILED
 */
export async function openRunStore(
  config: PipelineConfig,
  options: ResumeOptions & Pick<LoadOptions, "cwd">,
  tools: StoreTools,
): Promise<RunStore> {
  const { log, clock, warnings } = tools;
  const warn = (message: string): void => log?.say("warn", message);
  const hurry = laterThan(tools.signal, (tools.graceMs ?? DEFAULT_GRACE_MS) + AFTER_GRACE_MS);
  if (options.store !== undefined) {
    checkStoreFailure(config, options.store);
    const retry = { timeoutMs: config.checkpoint.storeTimeoutMs, clock, hurry, ...retryWords(warn) };
    return { store: withRetry(options.store, retry), owned: false };
  }
  const wanted = options.checkpoint ?? (options.resume === undefined ? config.checkpoint.enabled : true);
  if (wanted === false) {
    refuseWithoutCheckpoint(options);
    return { store: undefined, owned: false };
  }
  const { cwd = process.cwd() } = options;
  const place = placeOf(config, wanted, cwd);
  const scheme = schemeOf(place.text) ?? "file";
  checkStoreFailure(config, scheme);
  if (scheme === "file") {
    const location = parseLocation(place.text, place.folder, []);
    const isDefault = wanted === true && config.checkpoint.location === undefined;
    const warning = localWarning(systemFileSystem, location.target, isDefault);
    if (warning !== undefined) warnings.push(warning);
  }
  const { lookup, redactor, signal } = tools;
  const open = (): Promise<CheckpointStore> =>
    retriedStoreAt({ place, config, lookup, redactor, clock, signal, hurry, warn });
  const mayFail = config.checkpoint.onStoreFailure === "continue";
  const shown = redactor?.text(place.text) ?? place.text;
  const store = await (mayFail ? openOrFailing(shown, open) : withCheckpointErrors(open));
  checkStoreFailure(config, store);
  return { store, owned: true, place };
}

/** Closes a store that was opened here. What goes wrong then is said and changes nothing: all is recorded, or known not to be. */
export async function closeRunStore({ store, owned }: RunStore, log: RunLog): Promise<void> {
  if (!owned) return;
  try {
    await store?.close();
  } catch (thrown) {
    log.say("warn", `the checkpoint store could not be closed: ${messageOf(thrown)}`);
  }
}

/** How much longer than components a failing store gets once the run is interrupted, ms: all is to be over within 2 s. */
const AFTER_GRACE_MS = 1_000;

/** Aborts `ms` after `signal` does. */
function laterThan(signal: AbortSignal | undefined, ms: number): AbortSignal | undefined {
  if (signal === undefined) return undefined;
  const later = new AbortController();
  const begin = (): void => {
    setTimeout(() => later.abort(signal.reason), ms).unref();
  };
  if (signal.aborted) begin();
  else signal.addEventListener("abort", begin, { once: true });
  return later.signal;
}

/** Where the checkpoint lies: as the call says, as the configuration says, else the default location. */
function placeOf(config: PipelineConfig, wanted: string | true, cwd: string): StorePlace {
  if (typeof wanted === "string") return { text: wanted, folder: cwd, configured: false };
  const { location } = config.checkpoint;
  if (location !== undefined) return { text: location, folder: config.folder, configured: true };
  return { text: defaultLocation(), folder: cwd, configured: false };
}

/** What only means something with a checkpoint is refused without one. */
function refuseWithoutCheckpoint(options: ResumeOptions): void {
  const flag =
    options.autoResume === true
      ? "--auto-resume"
      : options.runKey !== undefined
        ? "--run-key"
        : options.resume !== undefined
          ? "--resume"
          : undefined;
  if (flag === undefined) return;
  throw new CairnError(`Cannot use ${flag}: checkpointing is off`, {
    code: "CHECKPOINT_NOT_ENABLED",
    kind: "config",
    hint: "Add --checkpoint, or set pipeline.checkpoint.enabled = true.",
  });
}

/** What tells a run's decisions, from its parts. */
export function decideSettings(
  source: Source,
  options: OpenOptions,
  opened: Opened,
  redactor: Redactor,
): Omit<DecideSettings, "worker"> {
  return {
    config: source.config,
    reload: source.reload,
    given: { set: options.set ?? [], failFast: options.failFast, selection: selectionOf(options) },
    policy: {
      ...(options.onConfigChange === undefined ? {} : { onConfigChange: options.onConfigChange }),
      ...(options.onCodeChange === undefined ? {} : { onCodeChange: options.onCodeChange }),
    },
    builtins: [...builtinComponents.keys()],
    redactor,
    files: (spark) => opened.pools.files(spark),
    folders: (config) =>
      foldersOf(config, opened.lookup, (message) => {
        // A resume may look for them twice: with the options of the run that it resumes, and before it knows them.
        if (!opened.warnings.includes(message)) opened.warnings.push(message);
      }),
  };
}

/** How many components run in the runner itself. */
export function countInRunner(config: PipelineConfig, options: Pick<OpenOptions, "isolation">): number {
  const isolationOf = (own: string | undefined): string => options.isolation ?? own ?? "process";
  return config.components.filter(({ isolation }) => isolationOf(isolation) === "none").length;
}

/** Whether components are described, and some of them run, in the runner itself. */
export async function readyRunner(
  config: PipelineConfig,
  options: Pick<OpenOptions, "isolation">,
  opened: Opened,
): Promise<void> {
  const inRunner = countInRunner(config, options);
  if (inRunner > 0) await opened.pools.useRunner(inRunner === config.components.length);
}
