import { type ComponentContext, defineComponent } from "cairn";
import type { SqlResult } from "./engine.ts";
import { openEngine } from "./open-engine.ts";
import { runOnSpark } from "./run-on-spark.ts";
import { type SqlConfig, sqlConfig } from "./sql-config.ts";
import { readStatements, type Statement } from "./statements.ts";
import { openTarget } from "./target.ts";

/** `sql`: statements over files and tables, on DuckDB in this process or on Spark (docs/components/sql.md). */
export default defineComponent({
  description: "Runs SQL over files and tables, on the embedded DuckDB or on Spark.",
  config: sqlConfig,
  files: ({ files = [] }) => files,
  async run(ctx) {
    const isSpark = ctx.config.engine === "spark";
    const folder = ctx.run.configFolder ?? process.cwd();
    const statements = await readStatements(ctx.config, folder, { backslash: isSpark });
    const result = await (isSpark ? runOnSpark : runHere)(ctx, statements, folder);
    ctx.progress(statements.length, statements.length);
    return { rows: result.rows, schema: result.schema.map((column) => ({ ...column })) };
  },
});

/** On DuckDB all is in this process, and gone with it: an attempt begins with the first statement. */
async function runHere(
  ctx: ComponentContext<SqlConfig>,
  statements: readonly Statement[],
  folder: string,
): Promise<SqlResult> {
  const { config, log, progress } = ctx;
  await using engine = await openEngine(ctx);
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
      const target = await openTarget(ctx, config.target, folder);
      result = await engine.sql.write(statement, target.place);
      log.info(`wrote ${result.rows} rows to ${target.uri}`);
    }
  }
  return result;
}
