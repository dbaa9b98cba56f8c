import { describeSchema } from "../sdk/mod.ts";
import type { PluginDefinition } from "./load.ts";
import type { PluginDescription, ResolvedType } from "./plugin.ts";
import { settingsJson } from "./settings-json.ts";

/** What `plugins show` says of a loaded plugin. */
export function describePlugin(resolved: ResolvedType, definition: PluginDefinition): PluginDescription {
  const fields = definition.config === undefined ? [] : describeSchema(definition.config);
  return {
    type: resolved.type,
    kind: definition.kind,
    description: definition.description,
    file: resolved.file,
    fields: fields.map((field) => ({
      name: field.name,
      type: field.type,
      required: field.required,
      default: field.default === undefined ? undefined : settingsJson(field.default),
      description: field.description,
    })),
  };
}
