import { CairnError, type Finding, sortFindings } from "../base/mod.ts";
import { type PipelineConfig, redactorFor } from "../config/mod.ts";
import { withCheckpointErrors } from "../checkpoint/mod.ts";
import { prepareComponents } from "../run/mod.ts";
import { schemeOf } from "../store/mod.ts";
import { readConfig } from "./load-config.ts";
import { type Opened, openRun, openRunStore, type StoreTools } from "./open-run.ts";
import type { LoadOptions, PluginOptions } from "./options.ts";
import { checkStoreAt } from "./store-at.ts";
import { storeFailureFindings } from "./store-failure.ts";
import { builtinComponents, checkConfiguredHooks, foldersOf } from "./wire.ts";

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
  const findings: Finding[] = [];
  const loadPlugins = options.loadPlugins ?? true;
  const opened = openRun({ ...options, isolation: loadPlugins ? "process" : "none" });
  try {
    const loaded = await readConfig(path, options);
    findings.push(...loaded.findings);
    // What is wrong in one place keeps nothing else from being checked, as far as there is a pipeline.
    if (loaded.pipeline !== undefined) {
      if (loadPlugins) findings.push(...(await pluginFindings(loaded.pipeline, opened)));
      const store = await storeFindings(loaded.pipeline, options, opened, loaded.placeholders);
      findings.push(...store);
    }
  } finally {
    await opened.pools.close();
  }
  const sorted = sortFindings(findings);
  return { file: path, valid: !sorted.some(({ severity }) => severity === "error"), findings: sorted };
}

async function pluginFindings(config: PipelineConfig, opened: Opened): Promise<readonly Finding[]> {
  const warnings: Finding[] = [];
  const redactor = redactorFor(config);
  opened.log.redactor = redactor;
  try {
    const folders = await foldersOf(config, opened.lookup, (message) =>
      warnings.push({ severity: "warning", code: "PLUGIN_FOLDER_WRITABLE", message }),
    );
    const { findings } = await prepareComponents({
      config,
      folders,
      builtins: [...builtinComponents.keys()],
      redactor,
      worker: () => opened.pools.describing(),
    });
    const hooks = await checkConfiguredHooks({ config, folders, env: opened.lookup.env, redactor });
    return [...warnings, ...findings, ...hooks];
  } catch (thrown) {
    return [...warnings, ...findingsOf(thrown)];
  }
}

/** The findings that an error stands for, or itself as one. */
function findingsOf(thrown: unknown): readonly Finding[] {
  if (!(thrown instanceof CairnError)) throw thrown;
  if (thrown.findings.length > 0) return thrown.findings;
  const { code, message, hint } = thrown;
  return [{ severity: "error", code, message, hint }];
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
