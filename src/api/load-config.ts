import { CairnError } from "../base/mod.ts";
import { type Loaded, loadPipeline, type PipelineConfig } from "../config/mod.ts";
import type { LoadOptions } from "./options.ts";

/**
 * Loads a configuration file (or, with path `-`, `options.text`).
 * @throws CairnError CONFIG_INVALID (kind config) with all findings
 */
export async function loadConfig(path: string, options: LoadOptions = {}): Promise<PipelineConfig> {
  const loaded = await readConfig(path, options);
  if (loaded.pipeline === undefined) throw invalidConfig(path, loaded.findings);
  return loaded.pipeline;
}

/** Loads a configuration file and gives all findings instead of throwing. */
export function readConfig(path: string, options: LoadOptions = {}): Promise<Loaded> {
  const { cwd = process.cwd(), env = process.env, ...rest } = options;
  return loadPipeline({ path, cwd, env, ...rest });
}

/** The error that stands for the findings of one configuration. */
export function invalidConfig(path: string, findings: Loaded["findings"]): CairnError {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const count = errors === 1 ? "1 error" : `${errors} errors`;
  return new CairnError(`Cannot use the configuration "${path}": ${count}`, {
    code: "CONFIG_INVALID",
    kind: "config",
    findings,
  });
}
