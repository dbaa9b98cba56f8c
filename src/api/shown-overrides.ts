import { holdsSecret } from "../config/mod.ts";
import type { Override } from "../hocon/mod.ts";
import { readConfig } from "./load-config.ts";
import type { LoadOptions } from "./options.ts";

/** An override, and whether it holds a secret: then it may not be shown, and no run remembers it. */
export interface ShownOverride extends Override {
  readonly secret: boolean;
}

/** Tells which of the overrides in `options` hold secrets, by the key names of the configuration too (`pipeline.redact`). */
export async function shownOverrides(path: string, options: LoadOptions): Promise<readonly ShownOverride[]> {
  const { set = [] } = options;
  if (set.length === 0) return [];
  const { readable } = await readConfig(path, options);
  return set.map(({ path: at, value }) => {
    return { path: at, value, secret: holdsSecret({ path: at, value }, readable?.redact ?? []) };
  });
}
