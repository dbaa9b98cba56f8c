import type { JsonObject, JsonValue } from "../base/mod.ts";
import type { ComponentConfig } from "../config/mod.ts";
import { type ConfigInput, type ConfigPath, pathKey } from "../sdk/mod.ts";

type ConfigObject = ComponentConfig["instanceConfig"];
type ConfigNode =
  ConfigObject["fields"] extends ReadonlyMap<string, { readonly value: infer Node }> ? Node : never;

function convert(node: ConfigNode, path: ConfigPath, texts: Record<string, string>): JsonValue {
  switch (node.kind) {
    case "object":
      return convertObject(node, path, texts);
    case "array":
      return node.items.map((item, index) => convert(item, [...path, index], texts));
    case "number":
      if (String(node.value) !== node.text) texts[pathKey(path)] = node.text;
      return node.value;
    case "null":
      return null;
    default:
      return node.value;
  }
}

function convertObject(node: ConfigObject, path: ConfigPath, texts: Record<string, string>): JsonObject {
  // Without a prototype `__proto__` is a key like any other.
  const object = Object.create(null) as Record<string, JsonValue>;
  for (const [key, field] of node.fields) object[key] = convert(field.value, [...path, key], texts);
  return object;
}

/**
 * A configuration object in a form that crosses a process: its JSON, and the texts of numbers that JavaScript
 * would write otherwise (`1.50`, `007`), which a schema that wants a text is given as written.
 */
export function configInput(node: ConfigObject): ConfigInput & { readonly value: JsonObject } {
  const numberTexts: Record<string, string> = {};
  const value = convertObject(node, [], numberTexts);
  return Object.keys(numberTexts).length === 0 ? { value } : { value, numberTexts };
}
