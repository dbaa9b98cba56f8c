import type { PipelineConfig } from "../config/mod.ts";
import type { RunResult } from "../run/mod.ts";
import type { FileRunOptions, RunOptions } from "./options.ts";
import { unfinished } from "./unfinished.ts";

/**
 * Runs a pipeline. Checkpoints are kept where the configuration, `options` or a `checkpointHooks(store)` among
 * the hooks says so. What went wrong once components could run is in the result (`status`, `exitCode`).
 * @throws CairnError for what refuses the run before anything ran: kind `config` (exit 2), CHECKPOINT_… (exit 4, 5, 6)
 */
export function runPipeline(config: PipelineConfig, options: RunOptions = {}): Promise<RunResult> {
  return unfinished();
}

/** `runPipeline` of a file (or, with `-`, of `options.text`); `--set` of the run that is resumed is restored. The CLI's `run`. */
export function runFile(path: string, options: FileRunOptions = {}): Promise<RunResult> {
  return unfinished();
}

/** Runs a file with checkpoints as its configuration says (the source page's call). */
export function runWithCheckpointing(path: string, options: FileRunOptions = {}): Promise<RunResult> {
  return runFile(path, options);
}

export interface ResumeRequest extends FileRunOptions {
  readonly configPath: string;
  /** The ID, a unique prefix of it, or `latest`. */
  readonly runId: string;
}

/** Resumes one given run. Implies checkpointing. */
export function resume(request: ResumeRequest): Promise<RunResult> {
  return unfinished();
}
