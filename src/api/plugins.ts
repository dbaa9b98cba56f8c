import type { PluginDescription, PluginProblem } from "../plugin/mod.ts";
import type { LoadOptions, PluginOptions } from "./options.ts";
import { unfinished } from "./unfinished.ts";

/** Whose plugins: those of a configuration where one is given. */
export interface PluginRequest extends LoadOptions, PluginOptions {
  readonly config?: string | undefined;
}

/** What instance-types resolve to: all types of all folders, and the built-ins; problems of those that don't load. */
export function listPlugins(
  request: PluginRequest = {},
): Promise<{ readonly plugins: readonly PluginDescription[]; readonly problems: readonly PluginProblem[] }> {
  return unfinished();
}

/** One of them. @throws CairnError PLUGIN_NOT_FOUND, … */
export function showPlugin(type: string, request: PluginRequest = {}): Promise<PluginDescription> {
  return unfinished();
}

/** Loads all; answers the problems. */
export function checkPlugins(
  request: PluginRequest = {},
): Promise<{ readonly checked: number; readonly problems: readonly PluginProblem[] }> {
  return unfinished();
}
