import type { JsonObject, JsonValue } from "../base/mod.ts";
import { type ConfigInput, decodeConfig } from "../sdk/mod.ts";
import type { PluginDefinition } from "./load.ts";
import type { CheckedConfig } from "./plugin.ts";
import { settingsJson } from "./settings-json.ts";

/** A checked configuration, with the value itself for the process that runs the plugin. */
export interface PluginConfig extends CheckedConfig {
  /** What `run` or `open` is given; undefined where there are issues. It need not cross a process. */
  readonly config: unknown;
}

/** Settings are an object; a schema may make something else of the configuration. */
function asObject(value: JsonValue): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : { config: value };
}

/** Reads a plugin's configuration with its schema; without one it is given as it is, keys as written. */
export function decodePluginConfig(
  type: string,
  definition: PluginDefinition,
  input: ConfigInput,
): PluginConfig {
  if (definition.config === undefined) {
    const settings = asObject(settingsJson(input.value));
    return { type, issues: [], settings, config: input.value };
  }
  const decoded = decodeConfig(definition.config, input);
  if (!decoded.ok) return { type, issues: decoded.issues, settings: undefined, config: undefined };
  return { type, issues: [], settings: asObject(settingsJson(decoded.config)), config: decoded.config };
}
