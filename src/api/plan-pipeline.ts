import type { PipelineConfig } from "../config/mod.ts";
import type { PipelinePlan } from "../run/mod.ts";
import type { LoadOptions, PluginOptions, ResumeOptions } from "./options.ts";
import { unfinished } from "./unfinished.ts";

/** What a run would do now. Writes nothing. @throws CairnError as `runPipeline` for what refuses a run, but for changed components (`refused`). */
export function planPipeline(
  config: PipelineConfig,
  options: ResumeOptions &
    PluginOptions & { readonly env?: LoadOptions["env"]; readonly cwd?: LoadOptions["cwd"] } = {},
): Promise<PipelinePlan> {
  return unfinished();
}

/** `planPipeline` of a file; `--set` of the run that would be resumed is restored. */
export function planFile(
  path: string,
  options: LoadOptions & ResumeOptions & PluginOptions = {},
): Promise<PipelinePlan> {
  return unfinished();
}
