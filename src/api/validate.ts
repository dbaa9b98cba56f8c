import { type Finding, sortFindings } from "../base/mod.ts";
import { type PipelineConfig, redactorFor } from "../config/mod.ts";
import { withCheckpointErrors } from "../checkpoint/mod.ts";
import { schemeOf } from "../store/mod.ts";
import { configFindings, findingsOf } from "./config-findings.ts";
import { type Opened, openRunStore, type StoreTools, withOpened } from "./open-run.ts";
import type { LoadOptions, PluginOptions } from "./options.ts";
import { checkStoreAt } from "./store-at.ts";
import { storeFailureFindings } from "./store-failure.ts";

export interface ValidateOptions extends LoadOptions, PluginOptions {
  /** Import plugins (in a worker process) and check each component's configuration. Default true. */
  readonly loadPlugins?: boolean | undefined;
  /** Also reach the checkpoint location. Default false. */
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
    const store = pipeline === undefined ? [] : await storeFindings(pipeline, options, opened, placeholders);
    const sorted = sortFindings([...findings, ...store]);
    return { file: path, valid: !sorted.some(({ severity }) => severity === "error"), findings: sorted };
  });
}

/** The checkpoint location: what can be said of it without reaching it, and with `resources` what it says itself. */
async function storeFindings(
  config: PipelineConfig,
  options: ValidateOptions,
  opened: Opened,
  placeholders: ReadonlySet<string>,
): Promise<readonly Finding[]> {
  const { enabled, location } = config.checkpoint;
  if (!enabled || [...placeholders].some((each) => location?.includes(each) === true)) return [];
  const redactor = redactorFor(config);
  const place = { text: location ?? ".", folder: config.folder, configured: true };
  try {
    const failing = storeFailureFindings(config, schemeOf(place.text) ?? "file");
    if (failing.length > 0) return failing;
    if (options.resources === true) await reachStore(config, options, { ...opened, redactor, warnings: [] });
    else if (options.loadPlugins !== false)
      await checkStoreAt({ place, config, lookup: opened.lookup, redactor });
    return [];
  } catch (thrown) {
    return findingsOf(thrown);
  }
}

async function reachStore(
  config: PipelineConfig,
  options: ValidateOptions,
  tools: StoreTools,
): Promise<void> {
  const { store, owned } = await openRunStore(config, options, tools);
  try {
    await withCheckpointErrors(async () => store?.logs(""));
  } finally {
    if (owned) await store?.close();
  }
}
