import type { Loaded, PipelineConfig } from "../config/mod.ts";
import type { LoadOptions } from "./options.ts";
import { unfinished } from "./unfinished.ts";

/**
 * Loads a configuration file (or, with path `-`, `options.text`).
 * @throws CairnError CONFIG_INVALID (kind config) with all findings
 */
export function loadConfig(path: string, options: LoadOptions = {}): Promise<PipelineConfig> {
  return unfinished();
}

/** Loads a configuration file and gives all findings instead of throwing. */
export function readConfig(path: string, options: LoadOptions = {}): Promise<Loaded> {
  return unfinished();
}
