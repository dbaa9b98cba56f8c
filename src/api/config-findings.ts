import { CairnError, type Finding, sortFindings } from "../base/mod.ts";
import { type Loaded, type ReadablePipeline, redactorFor } from "../config/mod.ts";
import { checkComponents, invalidConfig } from "../run/mod.ts";
import { readConfig } from "./load-config.ts";
import type { Opened } from "./open-run.ts";
import type { LoadOptions } from "./options.ts";
import { findSecretProviders } from "./secret-providers.ts";
import { builtinComponents, checkConfiguredHooks, foldersOf } from "./wire.ts";

export interface ConfigFindingsOptions extends LoadOptions {
  /** Import plugins and check each component's configuration. Default true. */
  readonly loadPlugins?: boolean | undefined;
}

/**
 * Everything that is wrong in a file: its text, its keys, its plugins and hooks, its components' configurations. What
 * is wrong in one place keeps nothing else from being checked.
 */
export async function configFindings(
  path: string,
  options: ConfigFindingsOptions,
  opened: Opened,
): Promise<{ readonly loaded: Loaded; readonly findings: readonly Finding[] }> {
  const loaded = await readConfig(path, options);
  const { readable } = loaded;
  if (readable === undefined || options.loadPlugins === false) return { loaded, findings: loaded.findings };
  return {
    loaded,
    findings: sortFindings([...loaded.findings, ...(await pluginFindings(readable, loaded, opened))]),
  };
}

async function pluginFindings(
  config: ReadablePipeline,
  { root }: Pick<Loaded, "root">,
  opened: Opened,
): Promise<readonly Finding[]> {
  const warnings: Finding[] = [];
  const redactor = redactorFor(config);
  opened.log.redactor = redactor;
  try {
    const folders = await foldersOf(config, opened.lookup, (message) =>
      warnings.push({ severity: "warning", code: "PLUGIN_FOLDER_WRITABLE", message }),
    );
    const { placeholders } = config;
    const { findings } = await checkComponents({
      config,
      folders,
      builtins: [...builtinComponents.keys()],
      placeholders,
      worker: () => opened.pools.describing(),
    });
    const { env } = opened.lookup;
    const hooks = await checkConfiguredHooks({ config, folders, env, redactor, placeholders });
    const secrets = await findSecretProviders({ ...config, ...(root && { root }) }, () =>
      Promise.resolve(folders),
    );
    return [...warnings, ...findings, ...hooks, ...secrets.findings];
  } catch (thrown) {
    return [...warnings, ...findingsOf(thrown)];
  }
}

/** The findings that an error stands for, or itself as one. Throws what is no CairnError. */
export function findingsOf(thrown: unknown): readonly Finding[] {
  if (!(thrown instanceof CairnError)) throw thrown;
  if (thrown.findings.length > 0) return thrown.findings;
  const { code, message, hint } = thrown;
  return [{ severity: "error", code, message, hint }];
}

/**
 * Does `work` with a file; where its configuration is refused, the error tells all that `validate` finds in it, not
 * only what the first check met.
 */
export async function tellingAll<T>(
  path: string,
  options: LoadOptions,
  opened: Opened,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (!(thrown instanceof CairnError) || thrown.code !== "CONFIG_INVALID") throw thrown;
    const { findings } = await configFindings(path, options, opened);
    // What only the resumed run's own options make wrong is not found in the file.
    if (!findings.some(({ severity }) => severity === "error")) throw thrown;
    throw invalidConfig(findings);
  }
}
