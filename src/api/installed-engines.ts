import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { CairnError } from "../base/mod.ts";
import type { PipelineConfig } from "../config/mod.ts";
import { findProgram } from "../program/mod.ts";
import { scanFolders } from "../plugin/mod.ts";
import type { CheckOutcome } from "../store/mod.ts";
import type { Lookup } from "./wire.ts";

/** What is installed of an engine: an outcome, or a word on why it is not there. */
export type Installed = CheckOutcome | { readonly missing: string };

/** The `spark-submit` that `spark.submit` takes where it is told nothing else; no JVM is started. */
export function installedSparkSubmit(config: PipelineConfig | undefined, lookup: Lookup): Installed {
  const home = lookup.env["SPARK_HOME"];
  const program = home === undefined || home === "" ? "spark-submit" : join(home, "bin", "spark-submit");
  try {
    const file = realpathSync(findProgram({ program, cwd: lookup.cwd, path: lookup.env["PATH"] }));
    const version = versionAt(dirname(dirname(file)));
    return {
      summary: `${version === undefined ? "Spark of unknown version" : `Spark ${version}`}: ${file}`,
      facts: { path: file, version: version ?? null },
      findings: [],
    };
  } catch (thrown) {
    if (!(thrown instanceof CairnError)) throw thrown;
    const { message, code, hint } = thrown;
    // A component may name its own installation; one that does not would fail.
    const isNeeded = usesType(
      config,
      "spark.submit",
      (settings) => !settings.has("spark-home") && !settings.has("binary"),
    );
    if (!isNeeded)
      return {
        missing: home === undefined ? "SPARK_HOME is not set, and PATH has no spark-submit" : message,
      };
    return { summary: message, facts: {}, findings: [{ severity: "error", code, message, hint }] };
  }
}

/** A distribution says its version in the file RELEASE, and any installation in the name of its core's archive. */
function versionAt(home: string): string | undefined {
  const release = join(home, "RELEASE");
  const said = existsSync(release) ? /^Spark (\d\S*)/u.exec(readFileSync(release, "utf8"))?.[1] : undefined;
  if (said !== undefined) return said;
  const jars = join(home, "jars");
  if (!existsSync(jars)) return undefined;
  return readdirSync(jars)
    .map((name) => /^spark-core_[\d.]+-(\d.*)\.jar$/u.exec(name)?.[1])
    .find((version) => version !== undefined);
}

/** The plugin `sql` with its DuckDB, in the plugin folders. */
export async function installedDuckdb(
  config: PipelineConfig | undefined,
  folders: readonly string[],
): Promise<Installed> {
  const { types } = await scanFolders(folders);
  const found = types.find(({ type }) => type === "sql");
  const missing = found === undefined ? "no plugin folder has the plugin sql" : undefined;
  const version = found === undefined ? undefined : duckdbVersion(dirname(found.file));
  if (found !== undefined && version !== undefined)
    return {
      summary: `DuckDB ${version}: ${found.file}`,
      facts: { path: found.file, version },
      findings: [],
    };
  const why = missing ?? `${found?.file} is there, but not its package @duckdb/node-api`;
  const isNeeded = usesType(config, "sql", (settings) => settings.get("engine") !== "spark");
  if (!isNeeded) return { missing: why };
  const hint =
    "Copy plugins/sql of the release archive beside the configuration, or name its folder with --plugins.";
  const finding = { severity: "error", code: "DUCKDB_MISSING", message: why, hint } as const;
  return { summary: why, facts: {}, findings: [finding] };
}

function duckdbVersion(folder: string): string | undefined {
  const file = join(folder, "node_modules/@duckdb/node-api/package.json");
  if (!existsSync(file)) return undefined;
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { readonly version?: unknown };
  return typeof version === "string" ? version : undefined;
}

/** Whether an enabled component is of a type, and its settings (texts by key) are as asked. */
function usesType(
  config: PipelineConfig | undefined,
  type: string,
  asked: (settings: ReadonlyMap<string, string>) => boolean,
): boolean {
  return (config?.components ?? []).some(({ instanceType, enabled, instanceConfig }) => {
    if (!enabled || instanceType !== type) return false;
    const texts = [...instanceConfig.fields].map(([key, { value }]): [string, string] => [
      key.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`),
      value.kind === "string" ? value.value : "",
    ]);
    return asked(new Map(texts));
  });
}
