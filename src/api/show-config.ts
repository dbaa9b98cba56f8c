import type { JsonValue, Place } from "../base/mod.ts";
import type { LoadOptions } from "./options.ts";
import { unfinished } from "./unfinished.ts";

/** Where a value comes from. */
export interface ConfigOrigin {
  /** Dotted, quoted where needed. */
  readonly path: string;
  readonly place: Place;
  /** How it got there, nearest first, in words. */
  readonly steps: readonly {
    readonly kind: string;
    readonly place: Place;
    readonly detail?: string | undefined;
  }[];
  /** Redacted. */
  readonly value: JsonValue;
}

/** The resolved configuration, always redacted, with the origin of each value that is no object. */
export function showConfig(
  path: string,
  options: LoadOptions = {},
): Promise<{ readonly config: JsonValue; readonly origins: readonly ConfigOrigin[] }> {
  return unfinished();
}

export interface Explanation extends ConfigOrigin {
  /** The keys below, where it is an object. */
  readonly keys: readonly string[];
}

/**
 * Where the value at a path of the configuration comes from.
 * @throws CairnError CONFIG_NO_SUCH_PATH with the nearest one
 */
export function explainConfig(
  path: string,
  valuePath: string,
  options: LoadOptions = {},
): Promise<Explanation> {
  return unfinished();
}

/** Any HOCON file, resolved: no schema, no redaction. */
export function readHoconFile(
  path: string,
  options: LoadOptions & { readonly format?: "json" | "hocon" | undefined } = {},
): Promise<string> {
  return unfinished();
}
