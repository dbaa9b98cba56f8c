import { isSecretReference, type JsonObject, type JsonValue } from "../base/mod.ts";
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

/** What a schema says of secrets themselves, as `exec` does of those in its arguments, stays. */
const ABOUT_SECRETS = /\bsecrets?\b(?!:\/\/)/iu;

/** Whether a reference to a secret stands at a path: what a schema says of it says nothing of the secret. */
function isReferenceAt(value: JsonValue, path: readonly (string | number)[]): boolean {
  let at: unknown = value;
  for (const step of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return false;
    at = Reflect.get(at, step);
  }
  return typeof at === "string" && isSecretReference(at);
}

/**
 * Reads a plugin's configuration with its schema; without one it is given as it is, keys as written. Where the schema
 * refuses nothing but references to secrets, the configuration passes: it is judged again once they are resolved.
 */
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
  if (!decoded.ok) {
    const issues = decoded.issues.filter(
      ({ path, message }) => ABOUT_SECRETS.test(message) || !isReferenceAt(input.value, path),
    );
    const settings = issues.length === 0 ? asObject(settingsJson(input.value)) : undefined;
    return { type, issues, settings, config: undefined };
  }
  return { type, issues: [], settings: asObject(settingsJson(decoded.config)), config: decoded.config };
}
