import { ownCommand, type Redactor, systemRandom } from "../base/mod.ts";
import { type PipelineConfig, runRedactor } from "../config/mod.ts";
import { parseDeclared, runOnce, type RunResult, SecretMask } from "../run/mod.ts";
import type { PipelineHooks } from "../sdk/mod.ts";
import type { Lease } from "../store/mod.ts";
import { markedStore } from "./checkpoint-hooks.ts";
import { tellingAll } from "./config-findings.ts";
import {
  closeRunStore,
  countInRunner,
  decideSettings,
  loadSource,
  type Opened,
  openRunStore,
  readyRunner,
  type RunStore,
  type Source,
  withOpened,
} from "./open-run.ts";
import { entrustLease, KEEPER_COMMAND } from "./lease-keeper.ts";
import { maskedError } from "./masked-error.ts";
import type { FileRunOptions, RunOptions } from "./options.ts";
import { runnerSecrets } from "./runner-secrets.ts";
import { secretProvidersOf } from "./secret-providers.ts";
import { foldersOf, openConfiguredHooks } from "./wire.ts";

/**
 * Runs a pipeline. Checkpoints are kept where the configuration, `options` or a `checkpointHooks(store)` among
 * the hooks says so. What went wrong once components could run is in the result (`status`, `exitCode`).
 *
 * ```ts
 * const result = await runPipeline(await loadConfig("daily.conf"), { hooks: loggingHooks.structured() });
 * ```
 *
 * @throws CairnError for what refuses the run before anything ran: kind `config` (exit 2), CHECKPOINT_… (exit 4, 5, 6)
 */
export async function runPipeline(config: PipelineConfig, options: RunOptions = {}): Promise<RunResult> {
  return withOpened(options, (opened) => runOpened({ config, reload: undefined }, options, opened));
}

/** `runPipeline` of a file (or, with `-`, of `options.text`); `--set` of the run that is resumed is restored. The CLI's `run`. */
export async function runFile(path: string, options: FileRunOptions = {}): Promise<RunResult> {
  return withOpened(options, (opened) =>
    tellingAll(path, options, opened, async () => {
      return runOpened(await loadSource(path, options, opened.warnings), options, opened);
    }),
  );
}

/** Runs a file with checkpoints as its configuration says (the source page's call). */
export async function runWithCheckpointing(path: string, options: FileRunOptions = {}): Promise<RunResult> {
  return runFile(path, options);
}

export interface ResumeRequest extends FileRunOptions {
  readonly configPath: string;
  /** The ID, a unique prefix of it, or `latest`. */
  readonly runId: string;
}

/** Resumes one given run. Implies checkpointing. */
export async function resume(request: ResumeRequest): Promise<RunResult> {
  const { configPath, runId, ...options } = request;
  return runFile(configPath, { ...options, runId: undefined, resume: runId });
}

/** No secret that became known leaves a run with its result or its error. */
async function runOpened(source: Source, options: FileRunOptions, opened: Opened): Promise<RunResult> {
  const redactor = runRedactor(source.config, opened.lookup.env);
  opened.log.redactor = redactor;
  try {
    const result = await runRedacted(source, options, opened, redactor);
    return { ...result, warnings: result.warnings.map((warning) => redactor.known(warning)) };
  } catch (thrown) {
    throw maskedError(thrown, redactor);
  }
}

/** What the run needs besides its components, once it is decided what runs: secret providers, hooks. */
async function openHooks(
  config: PipelineConfig,
  options: FileRunOptions,
  { lookup, pools, clock }: Opened,
  redactor: Redactor,
): Promise<readonly PipelineHooks[]> {
  const find = (): Promise<readonly string[]> => foldersOf(config, lookup, () => undefined);
  pools.useSecrets(await secretProvidersOf(config, find));
  const configured = await openConfiguredHooks({
    config,
    folders: config.hooks.length === 0 ? [] : await find(),
    env: lookup.env,
    secrets: runnerSecrets(config, lookup, redactor),
    clock,
    redactor,
    write: (line) => void process.stderr.write(`${line}\n`),
  });
  return options.hooks === undefined ? configured : [...configured, options.hooks];
}

async function runRedacted(
  source: Source,
  options: FileRunOptions,
  opened: Opened,
  redactor: Redactor,
): Promise<RunResult> {
  const { config } = source;
  const { clock, log, pools, warnings } = opened;
  await readyRunner(config, options, opened);
  const marked = options.store ?? markedStore(options.hooks);
  const { store, owned, place } = await openRunStore(
    config,
    { ...options, store: marked },
    { ...opened, redactor, signal: options.signal, graceMs: options.graceMs },
  );
  if (store !== undefined) {
    log.say("info", `checkpoint location: ${store.location}`);
    // A runner that is silent for longer may be taken for dead soon.
    pools.setSilence(config.checkpoint.leaseMs / 2);
  }
  try {
    return await runOnce({
      ...decideSettings(source, options, opened, redactor),
      store,
      resume: options.resume,
      fresh: options.fresh ?? false,
      retryPoisoned: options.retryPoisoned ?? false,
      declared: (options.declare ?? []).map(parseDeclared),
      point: options.point,
      autoResume: options.autoResume ?? config.checkpoint.autoResume,
      runKey: options.runKey,
      runId: options.runId,
      ifHeld: options.ifHeld ?? "fail",
      waitMs: options.waitMs,
      cleanupOnSuccess: options.cleanupOnSuccess,
      maxParallel: options.maxParallel,
      timeoutMs: options.timeoutMs,
      graceMs: options.graceMs,
      isolation: options.isolation,
      hooks: (decided) => openHooks(decided, options, opened, redactor),
      entrust: entrusting(source, options, opened, { store, place }),
      watch: options.watch,
      pools,
      log,
      secrets: new SecretMask(redactor),
      clock,
      random: options.random ?? systemRandom,
      signal: options.signal,
      kill: options.kill,
      warnings,
    });
  } finally {
    await closeRunStore({ store, owned }, opened.log);
  }
}

/** How the run's lease is given to a keeper: where it has to be renewed while a component keeps this process busy. */
function entrusting(
  { config, path }: Source,
  options: FileRunOptions,
  { lookup, log }: Opened,
  { store, place }: Pick<RunStore, "store" | "place">,
): ((lease: Lease) => Promise<void>) | undefined {
  if (store?.can.lease !== "timed" || place === undefined || path === undefined) return undefined;
  if (countInRunner(config, options) === 0) return undefined;
  const { envFile, set, allowUrlIncludes, allowUnsetEnv } = options;
  const text = options.text === undefined ? undefined : Buffer.from(options.text).toString("utf8");
  const { plugins, cwd, env } = lookup;
  const load = { text, envFile, set, allowUrlIncludes, allowUnsetEnv };
  const request = {
    command: ownCommand(KEEPER_COMMAND),
    env,
    order: { place, path, cwd, plugins, options: load },
    warn: (message: string): void => log.say("warn", message),
  };
  return (lease) => entrustLease(lease, request);
}
