import { type ComponentContext, defineComponent } from "cairn";
import type { SqlResult, WritePlace } from "./engine.ts";
import { openEngine, sparkUri } from "./open-engine.ts";
import { formatOf, type SqlConfig, sqlConfig, type Target } from "./sql-config.ts";
import { recordedSession } from "./recorded-session.ts";
import { localPath } from "./source-files.ts";
import { readStatements } from "./statements.ts";

type Context = ComponentContext<SqlConfig>;

/** `sql`: statements over files and tables, on DuckDB in this process or on Spark (docs/components/sql.md). */
export default defineComponent({
  description: "Runs SQL over files and tables, on the embedded DuckDB or on Spark.",
  config: sqlConfig,
  files: ({ files = [] }) => files,
  async run(ctx) {
    const { config, log, progress } = ctx;
    const folder = ctx.run.configFolder ?? process.cwd();
    const statements = await readStatements(config, folder, { backslash: config.engine === "spark" });
    await using session = config.engine === "spark" ? await recordedSession(ctx) : undefined;
    await using engine = await openEngine(ctx, session?.spark);
    for (const [name, given] of Object.entries(config.sources)) {
      const source = typeof given === "string" ? { path: given } : given;
      await engine.sql.source(name, await engine.files(source, name));
    }
    let result: SqlResult = { rows: 0, schema: [] };
    for (const [at, statement] of statements.entries()) {
      progress(at, statements.length, statement.source);
      const isLast = at === statements.length - 1;
      if (!isLast || config.target === undefined) result = await engine.sql.run(statement);
      else {
        const output = await openTarget(ctx, config.target, folder);
        await session?.writesTo(output.place.stagingUri);
        result = await engine.sql.write(statement, output.place);
        log.info(`wrote ${result.rows} rows to ${output.uri}`);
      }
    }
    progress(statements.length, statements.length);
    return { rows: result.rows, schema: result.schema.map((column) => ({ ...column })) };
  },
});

/** Where the result is written until it is published. */
async function openTarget(
  ctx: Context,
  target: Target,
  folder: string,
): Promise<{ readonly uri: string; readonly place: WritePlace }> {
  const { partitionBy, mode, path } = target;
  const format = target.format ?? formatOf(path) ?? "parquet";
  const uri = localPath(path, folder) ?? path;
  // Only DuckDB writes one file; Spark's writers make several.
  const isFile =
    ctx.config.engine === "duckdb" &&
    partitionBy.length === 0 &&
    mode !== "append" &&
    formatOf(path) !== undefined;
  const output = await ctx.output(uri, { mode, folder: !isFile, ...(!isFile && { name: "data" }) });
  const place: WritePlace = {
    format,
    file: isFile ? output.path : undefined,
    folder: output.path,
    stagingUri:
      localPath(output.stagingUri, folder) === undefined ? output.stagingUri : sparkUri(output.stagingUri),
    partitionBy,
  };
  return { uri: output.uri, place };
}
