import { type ComponentContext, defineComponent, PermanentError } from "cairn";
import { ownStatement } from "../sql/engine.ts";
import { openEngine } from "../sql/open-engine.ts";
import { CHECKED, type CheckConfig, checkConfig } from "./check-config.ts";
import { checkName, type CheckResult } from "./check-result.ts";
import { type CheckedRows, columnText, countRows, oneStatement } from "./checked-rows.ts";
import { measure } from "./measure.ts";

type Engine = Awaited<ReturnType<typeof openEngine>>;

/** `quality.check`: checks of rows, on DuckDB in this process or on Spark (docs/components/quality-check.md). */
export default defineComponent({
  description: "Checks rows: their number, nulls, uniqueness, ranges, schema, and anything SQL can say.",
  config: checkConfig,
  async run(ctx) {
    const { config, log, progress } = ctx;
    await using engine = await openEngine(ctx);
    const about = await openRows(config, engine);
    const results: CheckResult[] = [];
    for (const [index, check] of config.checks.entries()) {
      const name = checkName(check, index);
      progress(index, config.checks.length, name);
      const result = { name, type: check.type, ...(await measure(check, about, `checks[${index}]`)) };
      results.push(result);
      const { passed, message, measured } = result;
      if (passed) log.info(`${name} passed: ${message}`, { measured });
      else log.warn(`${name} failed: ${message}`, { measured });
    }
    progress(config.checks.length, config.checks.length);
    judge(config, results, log);
    const failed = results.filter(({ passed }) => !passed).length;
    return { rows: about.rows, passed: results.length - failed, failed, checks: results };
  },
});

/** Makes the view of the rows that are checked, and counts what several checks need. */
async function openRows(config: CheckConfig, engine: Engine): Promise<CheckedRows> {
  const { sql } = engine;
  for (const [name, given] of Object.entries(config.sources)) {
    const source = typeof given === "string" ? { path: given } : given;
    await sql.source(name, await engine.files(source, name));
  }
  const about = { engine: config.engine, sql };
  if (!(await makeView(config, engine))) return { ...about, columns: [], rows: 0, nulls: new Map() };
  const { schema: columns } = await sql.run(ownStatement(`SELECT * FROM ${CHECKED} LIMIT 0`, "checks"));
  const nullable = config.checks.flatMap((check) => (check.type === "nulls" ? check.columns : []));
  return { ...about, columns, ...(await countRows({ ...about, columns }, nullable)) };
}

/** False where nothing is said of rows: then all checks are queries of their own. */
async function makeView(config: CheckConfig, engine: Engine): Promise<boolean> {
  const { source, of, statement } = config;
  const { sql } = engine;
  if (source !== undefined) {
    const given = typeof source === "string" ? { path: source } : source;
    await sql.source(CHECKED, await engine.files(given, "source"));
    return true;
  }
  if (of !== undefined) {
    // A table may have a catalog and a schema before its name; a source's name is one word.
    const parts = Object.hasOwn(config.sources, of) ? [of] : of.split(".");
    const table = parts.map((part) => columnText(part, config)).join(".");
    await sql.view(CHECKED, ownStatement(`SELECT * FROM ${table}`, "of"));
    return true;
  }
  if (statement === undefined) return false;
  const query = oneStatement(statement, "statement", config.engine);
  if (query === undefined) {
    throw new PermanentError("Cannot check the rows of statement: it has to be one query", {
      code: "QUALITY_NOT_ONE_STATEMENT",
      hint: "What has to run before it can be a sql component of its own.",
    });
  }
  await sql.view(CHECKED, query);
  return true;
}

/** Fails the component where more has failed than may. */
function judge(config: CheckConfig, results: readonly CheckResult[], log: ComponentContext["log"]): void {
  const failed = results.filter(({ passed }) => !passed);
  if (failed.length === 0) return;
  const told = failed.map(({ name, message }) => `${name}: ${message}`).join("; ");
  const summary = `${failed.length} of ${results.length} quality checks failed: ${told}`;
  const allowed = config.onFailure === "fail" ? 0 : (config.maxFailures ?? Number.POSITIVE_INFINITY);
  if (failed.length > allowed) {
    throw new PermanentError(summary, {
      code: "QUALITY_FAILED",
      hint: "Mend the data and run again: what has completed is kept. on-failure = warn lets the run go on.",
    });
  }
  log.warn(`${summary} (the run goes on: on-failure = ${config.onFailure})`);
}
