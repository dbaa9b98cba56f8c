import { type Finding, sortFindings } from "../base/mod.ts";
import { type PipelineConfig, redactorFor } from "../config/mod.ts";
import { schemeOf } from "../store/mod.ts";
import { configFindings, findingsOf } from "./config-findings.ts";
import { type Opened, withOpened } from "./open-run.ts";
import type { LoadOptions, PluginOptions } from "./options.ts";
import { sparkFindings } from "./reach-spark.ts";
import { reachStore } from "./reach-store.ts";
import { checkStoreAt } from "./store-at.ts";
import { storeFailureFindings } from "./store-failure.ts";
import { defaultLocation } from "./stores.ts";

export interface ValidateOptions extends LoadOptions, PluginOptions {
  /** Import plugins (in a worker process) and check each component's configuration. Default true. */
  readonly loadPlugins?: boolean | undefined;
  /** Also reach the checkpoint location and the Spark Connect server. Default false. */
  readonly resources?: boolean | undefined;
}

/** The findings of one file. */
export interface FileValidation {
  readonly file: string;
  /** No finding is an error. */
  readonly valid: boolean;
  readonly findings: readonly Finding[];
}

/** The document of `validate --format json`. */
export interface Validation {
  readonly version: 1;
  /** No finding is an error. */
  readonly valid: boolean;
  readonly files: readonly FileValidation[];
}

/** Checks configuration files in all phases; all findings at once. */
export async function validateFiles(
  paths: readonly string[],
  options: ValidateOptions = {},
): Promise<Validation> {
  const files: FileValidation[] = [];
  for (const path of paths) files.push(await validateFile(path, options));
  return { version: 1, valid: files.every(({ valid }) => valid), files };
}

async function validateFile(path: string, options: ValidateOptions): Promise<FileValidation> {
  const isolation = options.loadPlugins === false ? "none" : "process";
  return withOpened({ ...options, isolation }, async (opened) => {
    const { loaded, findings } = await configFindings(path, options, opened);
    const { pipeline, placeholders } = loaded;
    const reached: Finding[] = [];
    if (pipeline !== undefined) {
      reached.push(...(await storeFindings(pipeline, options, opened, placeholders)));
      reached.push(...(await engineFindings(pipeline, options, opened, placeholders)));
    }
    const sorted = sortFindings([...findings, ...reached]);
    return { file: path, valid: !sorted.some(({ severity }) => severity === "error"), findings: sorted };
  });
}

/** The checkpoint location: what can be said of it without reaching it, and with `resources` what it says itself. */
async function storeFindings(
  config: PipelineConfig,
  options: ValidateOptions,
  { lookup }: Opened,
  placeholders: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const { enabled, location } = config.checkpoint;
  if (!enabled || holds(placeholders, location)) return [];
  const redactor = redactorFor(config);
  try {
    const text = location ?? (options.resources === true ? defaultLocation() : ".");
    const place = { text, folder: config.folder, configured: true };
    const failing = storeFailureFindings(config, schemeOf(place.text) ?? "file");
    if (failing.length > 0) return failing;
    const request = { place, config, lookup, redactor };
    if (options.resources === true) return await reachStore(request);
    if (options.loadPlugins !== false) await checkStoreAt(request);
    return [];
  } catch (thrown) {
    return findingsOf(thrown);
  }
}

/** The engines that the configuration names, reached. */
async function engineFindings(
  config: PipelineConfig,
  options: ValidateOptions,
  { lookup }: Opened,
  placeholders: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  if (options.resources !== true || holds(placeholders, config.spark?.connectString)) return [];
  return sparkFindings({ config, lookup, redactor: redactorFor(config) });
}

/** Whether a value is yet to come, because its variable isn't set here. */
function holds(placeholders: ReadonlySet<string>, value: string | undefined): boolean {
  return [...placeholders].some((each) => value?.includes(each) === true);
}
