import { extname } from "node:path";
import { pathToFileURL } from "node:url";
import type { ComponentContext } from "cairn";
import { openDuckDb } from "./duckdb-engine.ts";
import type { EngineOptions, SqlEngine } from "./engine.ts";
import { fetchS3 } from "./fetch-s3.ts";
import { type Looker, localLooker, localPath, sourceFiles } from "./source-files.ts";
import { type EngineSpark, SparkEngine } from "./spark-engine.ts";
import type { Source, SqlConfig } from "./sql-config.ts";

interface OpenEngine extends AsyncDisposable {
  readonly sql: SqlEngine;
  /** What a source's files are, for this engine. */
  files(source: Source, name: string): ReturnType<typeof sourceFiles>;
}

/** An engine with the ways in which it finds files; `quality.check` opens it, too. On Spark it uses the run's session. */
export async function openEngine(
  ctx: Pick<ComponentContext, "run" | "signal" | "env" | "spark"> & {
    readonly config: Pick<SqlConfig, "engine" | "args" | "memoryLimit" | "threads">;
  },
): Promise<OpenEngine> {
  const { config, signal } = ctx;
  const { args, memoryLimit, threads } = config;
  const folder = ctx.run.configFolder ?? process.cwd();
  const options: EngineOptions = { args, signal, memoryLimit, threads };
  if (config.engine === "spark") {
    const sql = new SparkEngine(ctx.spark, options);
    const files: OpenEngine["files"] = (source) => sparkFiles(ctx.spark, source, folder);
    return { sql, files, [Symbol.asyncDispose]: () => sql.close() };
  }
  const sql = await openDuckDb(options);
  const fetched: (() => Promise<void>)[] = [];
  return {
    sql,
    async files(source, name) {
      let local = localPath(source.path, folder);
      if (local === undefined) {
        const copy = await fetchS3(source.path, name, ctx);
        fetched.push(() => copy.remove());
        local = copy.path;
      }
      return sourceFiles(
        { ...source, path: local },
        localLooker,
        // Hidden files are others' notes: Spark's sums (.part-0.parquet.crc), what a writer has not finished.
        (whole, format) => `${whole}/**/[!._]*.${format}*`,
      );
    },
    async [Symbol.asyncDispose]() {
      await sql.close();
      for (const remove of fetched) await remove();
    },
  };
}

/** What a source's files are for Spark. */
export async function sparkFiles(
  spark: EngineSpark,
  source: Source,
  folder: string,
): ReturnType<typeof sourceFiles> {
  const local = localPath(source.path, folder);
  const found = await sourceFiles(
    { ...source, path: local ?? source.path },
    local === undefined ? sparkLooker(spark) : localLooker,
    (whole) => whole,
  );
  return { ...found, paths: found.paths.map((path) => (local === undefined ? path : sparkUri(path))) };
}

/** A path of the machine as Spark wants it: what is no URI is on Spark's default file system. Globs stay. */
export function sparkUri(path: string): string {
  return /[*?[{]/.test(path) ? `file://${path}` : pathToFileURL(path).href;
}

/** Looks where Spark looks. */
function sparkLooker(spark: EngineSpark): Looker {
  return {
    isFolder: (path) => Promise.resolve(extname(path) === ""),
    // Spark lists files, not folders; a glob names what was appended.
    datasetsIn: (folder) => Promise.resolve([folder]),
    async text(path) {
      try {
        const [row] = await spark.read.option("wholetext", true).text(path).collect();
        return typeof row?.["value"] === "string" ? row["value"] : undefined;
      } catch {
        // It isn't there, and the folder is what it looks like.
        return undefined;
      }
    },
  };
}
