import { readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../base/mod.ts";
import { errnoOf, storeError } from "../errors.ts";
import { parseHadoopXml } from "./hadoop-xml.ts";

/** Settings of Hadoop by name, values expanded on reading. */
export interface HadoopConfig {
  /** The trimmed value; undefined where it is unset or empty. @throws CairnError STORE_BAD_SETTINGS where its variables have no end. */
  get(name: string): string | undefined;
  /** All names, sorted. */
  names(): readonly string[];
}

export interface HadoopConfigOptions {
  /** The folder of the files (HADOOP_CONF_DIR); none are read without it. */
  readonly folder?: string | undefined;
  /** Names of files in it, each later one over the ones before; those that are missing are left out. */
  readonly files: readonly string[];
  /** Settings over those of files, as `spark.hadoop.*` gives them: without that prefix. */
  readonly over?: Readonly<Record<string, string>> | undefined;
  /** For `${env.NAME}`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a file as UTF-8; undefined where there is none. The machine's files by default. */
  readonly read?: ((path: string) => string | undefined) | undefined;
}

/** How many variables one value may need, one inside the other: Hadoop's own limit. */
const DEEPEST = 20;

const VARIABLE = /\$\{([^{}$\s]+)\}/;

/**
 * The settings of Hadoop's configuration files and of `over`, as Hadoop reads them: a later file wins, unless an
 * earlier one said `<final>`; `${name}` stands for another property, `${env.NAME}` for an environment variable
 * (`${env.NAME-default}` where it may be unset, `${env.NAME:-default}` where it may be empty, too). What has no value
 * stays as it is written. `over` wins over files, even over a final property: Spark sets it after loading them.
 *
 * @throws CairnError STORE_BAD_SETTINGS
 */
export function readHadoopConfig(options: HadoopConfigOptions): HadoopConfig {
  const { folder, files, over = {}, env, read = readText } = options;
  const values = new Map<string, string>();
  const final = new Set<string>();
  for (const file of folder === undefined ? [] : files) {
    const path = join(folder ?? "", file);
    const text = read(path);
    for (const property of text === undefined ? [] : parseHadoopXml(text, path)) {
      if (final.has(property.name)) continue;
      values.set(property.name, property.value);
      if (property.final) final.add(property.name);
    }
  }
  for (const [name, value] of Object.entries(over)) values.set(name, value);
  return {
    get(name) {
      const value = values.get(name);
      const expanded = value === undefined ? undefined : expand(name, value, values, env).trim();
      return expanded === "" ? undefined : expanded;
    },
    names: () => [...values.keys()].toSorted(),
  };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (thrown) {
    if (errnoOf(thrown) === "ENOENT" || errnoOf(thrown) === "ENOTDIR") return undefined;
    throw storeError("STORE_BAD_SETTINGS", `Cannot read "${path}": ${messageOf(thrown)}`, {
      cause: thrown,
      hint: "Make the file readable for the user that runs Cairn, or unset HADOOP_CONF_DIR.",
    });
  }
}

function expand(
  name: string,
  value: string,
  values: ReadonlyMap<string, string>,
  env: HadoopConfigOptions["env"],
): string {
  let expanded = value;
  const seen = new Set<string>();
  for (let depth = 0; depth < DEEPEST; depth++) {
    const match = VARIABLE.exec(expanded);
    if (match === null) return expanded;
    const [written, variable = ""] = match;
    const found = variable.startsWith("env.") ? ofEnvironment(variable.slice(4), env) : values.get(variable);
    // As Hadoop does: what stands for nothing, or for itself, stays.
    if (found === undefined || seen.has(expanded)) return expanded;
    seen.add(expanded);
    expanded = expanded.slice(0, match.index) + found + expanded.slice(match.index + written.length);
  }
  throw storeError(
    "STORE_BAD_SETTINGS",
    `Cannot read the Hadoop setting "${name}": its variables need each other more than ${DEEPEST} times`,
    { hint: "Write the value in full." },
  );
}

function ofEnvironment(reference: string, env: HadoopConfigOptions["env"]): string | undefined {
  const [, name = "", sign, fallback] = /^([^:-]+)(:?-)?(.*)$/.exec(reference) ?? [];
  const value = env[name];
  if (sign === undefined) return value;
  return value === undefined || (sign === ":-" && value === "") ? fallback : value;
}
