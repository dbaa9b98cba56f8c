import type { JsonObject, JsonValue } from "../../base/mod.ts";

/** Longest value of a variable, in bytes: Linux takes no more than 128 KiB, name included. */
const MAX_VALUE_BYTES = 100 * 1024;

const PREFIX = "CAIRN_CONFIG_";

/** The configuration as variables, and the keys that can't be told so. */
export interface ConfigVariables {
  readonly variables: Readonly<Record<string, string>>;
  /** Paths of values that have no variable: too long, with NUL, or of one name with another. */
  readonly left: readonly string[];
}

function nameOf(path: readonly string[]): string {
  return PREFIX + path.map((key) => key.toUpperCase().replaceAll(/[^A-Z0-9]/gu, "_")).join("__");
}

function textOf(value: JsonValue): string {
  if (value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/**
 * One variable for each key: `CAIRN_CONFIG_` and the key in capitals, all but letters and digits as `_`, keys of inner
 * objects after `__`: `source-path` is CAIRN_CONFIG_SOURCE_PATH, `target.format` CAIRN_CONFIG_TARGET__FORMAT. Texts
 * are as they are, null is empty, all else is JSON; objects have a variable as a whole too.
 */
export function configVariables(config: JsonObject): ConfigVariables {
  const named = new Map<string, { readonly path: string; readonly text: string }[]>();
  const visit = (value: JsonValue, path: readonly string[]): void => {
    const same = named.get(nameOf(path)) ?? [];
    named.set(nameOf(path), [...same, { path: path.join("."), text: textOf(value) }]);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
  };
  for (const [key, value] of Object.entries(config)) visit(value, [key]);
  const variables: Record<string, string> = {};
  const left: string[] = [];
  for (const [name, values] of named) {
    const [only] = values;
    const fits =
      values.length === 1 &&
      only !== undefined &&
      !only.text.includes("\0") &&
      Buffer.byteLength(only.text) <= MAX_VALUE_BYTES;
    if (fits) variables[name] = only.text;
    else left.push(...values.map(({ path }) => path));
  }
  return { variables, left };
}
