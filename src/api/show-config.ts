import { CairnError, type JsonValue } from "../base/mod.ts";
import {
  type ConfigOrigin,
  configOrigins,
  type Explanation,
  explainValue,
  type Loaded,
  redactorFor,
  showConfig as show,
} from "../config/mod.ts";
import { type HoconObject, renderHocon, renderJson } from "../hocon/mod.ts";
import { invalidConfig, readConfig } from "./load-config.ts";
import type { LoadOptions } from "./options.ts";

export type { ConfigOrigin, Explanation };

/** The resolved configuration, always redacted, with the origin of each value that holds no others. */
export async function showConfig(
  path: string,
  options: LoadOptions = {},
): Promise<{ readonly config: JsonValue; readonly origins: readonly ConfigOrigin[] }> {
  const { root, loaded } = await resolved(path, options);
  const redactor = redactorFor(loaded.pipeline);
  return { config: show(root, redactor), origins: configOrigins(root, redactor) };
}

/**
 * Where the value at a path of the configuration comes from.
 * @throws CairnError CONFIG_NO_SUCH_PATH with the nearest one
 */
export async function explainConfig(
  path: string,
  valuePath: string,
  options: LoadOptions = {},
): Promise<Explanation> {
  const { root, loaded } = await resolved(path, options);
  const explained = explainValue(root, valuePath, redactorFor(loaded.pipeline));
  if (explained.ok) return explained.explanation;
  const { message, hint } = explained;
  throw new CairnError(`Cannot explain ${valuePath}: ${message}`, {
    code: "CONFIG_NO_SUCH_PATH",
    kind: "config",
    hint,
  });
}

/** Any HOCON file, resolved: no schema, no redaction. @throws CairnError CONFIG_INVALID */
export async function readHoconFile(
  path: string,
  options: LoadOptions & { readonly format?: "json" | "hocon" | undefined } = {},
): Promise<string> {
  const { format = "json", ...rest } = options;
  const { root } = await resolved(path, rest);
  return format === "json" ? renderJson(root, 2) : renderHocon(root);
}

/** The tree of a file that could be resolved, whatever its schema says: showing helps to mend. */
async function resolved(
  path: string,
  options: LoadOptions,
): Promise<{ readonly root: HoconObject; readonly loaded: Loaded }> {
  const loaded = await readConfig(path, options);
  if (loaded.root === undefined) throw invalidConfig(path, loaded.findings);
  return { root: loaded.root, loaded };
}
