import type { Redactor } from "../base/mod.ts";
import { type PipelineConfig, redactorFor } from "../config/mod.ts";
import { invalidConfig, type PipelinePlan, planRun } from "../run/mod.ts";
import { tellingAll } from "./config-findings.ts";
import {
  closeRunStore,
  decideSettings,
  loadSource,
  type Opened,
  type OpenOptions,
  openRunStore,
  readyRunner,
  type Source,
  withOpened,
} from "./open-run.ts";
import { maskedError } from "./masked-error.ts";
import type { LoadOptions, PluginOptions, ResumeOptions, RunOptions } from "./options.ts";
import { secretProvidersOf } from "./secret-providers.ts";
import { checkConfiguredHooks, foldersOf } from "./wire.ts";

/** What a plan is made with: that which decides what a run restores. */
export type PlanOptions = LoadOptions &
  ResumeOptions &
  PluginOptions &
  Pick<RunOptions, "observer" | "isolation">;

/** What a run would do now. Writes nothing. @throws CairnError as `runPipeline` for what refuses a run, but for changed components (`refused`). */
export async function planPipeline(config: PipelineConfig, options: PlanOptions = {}): Promise<PipelinePlan> {
  return withOpened(options, (opened) => plan({ config, reload: undefined }, options, opened));
}

/** `planPipeline` of a file; `--set` of the run that would be resumed is restored. */
export async function planFile(path: string, options: PlanOptions = {}): Promise<PipelinePlan> {
  return withOpened(options, (opened) =>
    tellingAll(path, options, opened, async () => {
      return plan(await loadSource(path, options, opened.warnings), options, opened);
    }),
  );
}

async function plan(source: Source, options: OpenOptions, opened: Opened): Promise<PipelinePlan> {
  const { config } = source;
  const redactor = redactorFor(config);
  opened.log.redactor = redactor;
  await readyRunner(config, options, opened);
  const { store, owned } = await openRunStore(config, options, { ...opened, redactor }).catch((thrown) => {
    throw maskedError(thrown, redactor);
  });
  try {
    const planned = await planRun({
      ...decideSettings(source, options, opened, redactor),
      worker: () => opened.pools.describing(),
      store,
      resume: options.resume,
      fresh: options.fresh ?? false,
      retryPoisoned: options.retryPoisoned ?? false,
      autoResume: options.autoResume ?? config.checkpoint.autoResume,
      runKey: options.runKey,
      runId: options.runId,
      warnings: opened.warnings,
      clock: opened.clock,
    });
    await checkHooks(config, opened, redactor);
    return planned;
  } catch (thrown) {
    throw maskedError(thrown, redactor);
  } finally {
    await closeRunStore({ store, owned }, opened.log);
  }
}

/** A run opens its hooks before anything is recorded; what keeps one from being opened is told here without opening any. */
async function checkHooks(config: PipelineConfig, opened: Opened, redactor: Redactor): Promise<void> {
  const find = (): Promise<readonly string[]> => foldersOf(config, opened.lookup, () => undefined);
  await secretProvidersOf(config, find);
  if (config.hooks.length === 0) return;
  const folders = await find();
  const findings = await checkConfiguredHooks({ config, folders, env: opened.lookup.env, redactor });
  if (findings.length > 0) throw invalidConfig(findings);
}
