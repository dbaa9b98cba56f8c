import {
  type ContractSource,
  describeSchema,
  type InputContract,
  isFieldList,
  type SchemaContract,
} from "../sdk/mod.ts";
import type { PluginDefinition } from "./load.ts";
import type { ContractDescription, PluginDescription, ResolvedType } from "./plugin.ts";
import { settingsJson } from "./settings-json.ts";

function contractFields(contract: SchemaContract, from?: string): ContractDescription["fields"] {
  return contract.map(({ name, type, nullable = true, description }) => ({
    ...(from === undefined ? {} : { from }),
    name,
    type,
    nullable,
    description,
  }));
}

function describeContract(
  source: Pick<ContractSource<unknown, InputContract>, "fixed"> | undefined,
): ContractDescription | undefined {
  if (source === undefined) return undefined;
  const { fixed } = source;
  if (fixed === undefined) return { byConfiguration: true, fields: [] };
  const fields = isFieldList(fixed)
    ? contractFields(fixed)
    : Object.entries(fixed).flatMap(([from, contract]) => contractFields(contract, from));
  return { byConfiguration: false, fields };
}

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
    ...(definition.kind === "component"
      ? { input: describeContract(definition.input), output: describeContract(definition.output) }
      : {}),
  };
}
