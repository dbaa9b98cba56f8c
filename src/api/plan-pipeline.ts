import { type PipelineConfig, redactorFor } from "../config/mod.ts";
import { type PipelinePlan, planRun } from "../run/mod.ts";
import {
  decideSettings,
  loadSource,
  type Opened,
  type OpenOptions,
  openRun,
  openRunStore,
  readyRunner,
  type Source,
} from "./open-run.ts";
import type { LoadOptions, PluginOptions, ResumeOptions, RunOptions } from "./options.ts";

/** What a plan is made with: that which decides what a run restores. */
export type PlanOptions = LoadOptions &
  ResumeOptions &
  PluginOptions &
  Pick<RunOptions, "observer" | "isolation">;

/** What a run would do now. Writes nothing. @throws CairnError as `runPipeline` for what refuses a run, but for changed components (`refused`). */
export async function planPipeline(config: PipelineConfig, options: PlanOptions = {}): Promise<PipelinePlan> {
  return withOpened(options, () => Promise.resolve({ config, reload: undefined }));
}

/** `planPipeline` of a file; `--set` of the run that would be resumed is restored. */
export async function planFile(path: string, options: PlanOptions = {}): Promise<PipelinePlan> {
  return withOpened(options, ({ warnings }) => loadSource(path, options, warnings));
}

async function withOpened(
  options: OpenOptions,
  load: (opened: Opened) => Promise<Source>,
): Promise<PipelinePlan> {
  const opened = openRun(options);
  try {
    return await plan(await load(opened), options, opened);
  } finally {
    await opened.pools.close();
  }
}

async function plan(source: Source, options: OpenOptions, opened: Opened): Promise<PipelinePlan> {
  const { config } = source;
  const redactor = redactorFor(config);
  opened.log.redactor = redactor;
  await readyRunner(config, options, opened);
  const { store, owned } = await openRunStore(config, options, { ...opened, redactor });
  try {
    return await planRun({
      ...decideSettings(source, options, opened, redactor),
      worker: () => opened.pools.describing(),
      store,
      resume: options.resume,
      fresh: options.fresh ?? false,
      autoResume: options.autoResume ?? config.checkpoint.autoResume,
      runKey: options.runKey,
      runId: options.runId,
      warnings: opened.warnings,
      clock: opened.clock,
    });
  } finally {
    if (owned) await store?.close();
  }
}
