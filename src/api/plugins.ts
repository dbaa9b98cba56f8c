import { CairnError } from "../base/mod.ts";
import type { Inspection, PluginDescription, PluginProblem } from "../plugin/mod.ts";
import { loadConfig } from "./load-config.ts";
import { withOpened } from "./open-run.ts";
import type { LoadOptions, PluginOptions } from "./options.ts";
import { foldersOf } from "./wire.ts";

/** Whose plugins: those of a configuration where one is given. */
export interface PluginRequest extends LoadOptions, PluginOptions {
  readonly config?: string | undefined;
}

/** What instance-types resolve to: all types of all folders, and the built-ins; problems of those that don't load. */
export async function listPlugins(
  request: PluginRequest = {},
): Promise<{ readonly plugins: readonly PluginDescription[]; readonly problems: readonly PluginProblem[] }> {
  const { plugins, problems } = await inspect(request, undefined);
  return { plugins, problems };
}

/** One of them. @throws CairnError PLUGIN_NOT_FOUND, … */
export async function showPlugin(type: string, request: PluginRequest = {}): Promise<PluginDescription> {
  const { plugins, problems } = await inspect(request, type);
  const [found] = plugins;
  if (found !== undefined) return found;
  const finding = problems[0]?.finding;
  throw new CairnError(finding?.message ?? `Cannot show "${type}": it is no plugin`, {
    code: finding?.code ?? "PLUGIN_WRONG_KIND",
    kind: "config",
    hint: finding?.hint,
  });
}

/** Loads all; answers the problems. */
export async function checkPlugins(
  request: PluginRequest = {},
): Promise<{ readonly checked: number; readonly problems: readonly PluginProblem[] }> {
  const { checked, problems } = await inspect(request, undefined);
  return { checked, problems };
}

/** Plugins are loaded in a worker process: their code may do anything. */
async function inspect(request: PluginRequest, type: string | undefined): Promise<Inspection> {
  return withOpened(request, async (opened) => {
    const warned: PluginProblem[] = [];
    const { config: path, ...options } = request;
    const config =
      path === undefined ? undefined : await loadConfig(path, { ...options, allowUnsetEnv: true });
    // Without a configuration, what lies beside one lies in the working directory.
    const around = config ?? { pluginFolders: [], folder: opened.lookup.cwd, file: undefined };
    const folders = await foldersOf(around, opened.lookup, (message) =>
      warned.push({ type: "", finding: { severity: "warning", code: "PLUGIN_FOLDER_WRITABLE", message } }),
    );
    const inspection = await opened.pools.describing().inspect({ folders, type });
    return { ...inspection, problems: [...warned, ...inspection.problems] };
  });
}
