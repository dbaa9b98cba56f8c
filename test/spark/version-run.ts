import { join } from "node:path";
import type { DoctorReport } from "../../src/api/mod.ts";
import { type CairnResult, root, runCairn, startCairn, type TempDir } from "../kit/mod.ts";
import { childrenOf, killHard } from "../kill/processes.ts";
import { until } from "../run/pipeline-kit.ts";

const TIMEOUT_MS = 240_000;

const LOAD = `import { defineComponent, sparkOnce, v } from "cairn";

export default defineComponent({
  config: v.object({ query: v.string() }),
  async run(ctx) {
    await sparkOnce(ctx, "load", async (spark, operation) => {
      const rows = await spark.sql(ctx.config.query);
      await rows.write.insertInto("once", operation);
    });
    return { loaded: true };
  },
});
`;
const CHECK = `{ instance-type = sql, instance-name = Make, instance-config {
      engine = spark, statements = ["SELECT id, id * 2 AS twice FROM range(2) WHERE id < :most"], args { most = 5 }
      target { path = "made", format = parquet, mode = overwrite } } }
    { instance-type = quality.check, instance-name = Check, instance-config {
      engine = spark, source { path = "made", format = parquet }
      checks = [ { type = row-count, min = 2, max = 2 }, { type = nulls, columns = [twice] } ] } }`;

/** Cairn run beside a Spark server of some version, in a folder of its own. */
export class VersionRun implements Disposable {
  readonly #url: string;
  readonly #dir: TempDir;

  constructor(url: string, dir: TempDir) {
    this.#url = url;
    this.#dir = dir;
    dir.write("plugins/t/Load.ts", LOAD);
  }

  /** What doctor says is the server's version, and the warnings of validate --resources. */
  async reached(): Promise<{ readonly version: unknown; readonly warnings: readonly string[] }> {
    this.#write("{ instance-type = t.Load, instance-name = Load, instance-config { query = x } }");
    const options = { cwd: this.#dir.path, timeoutMs: TIMEOUT_MS };
    const [doctor, validate] = await Promise.all([
      runCairn(["doctor", "--config=p.conf", "--format=json"], options),
      runCairn(["validate", "--resources", "--format=json", "p.conf"], options),
    ]);
    const found = (doctor.json() as DoctorReport).checks.find(({ name }) => name === "spark-connect");
    const { files } = validate.json() as { files: { findings: { code: string; message: string }[] }[] };
    return {
      version: found?.facts["version"],
      warnings: (files[0]?.findings ?? []).map(({ message }) => message),
    };
  }

  /** Rows that `sql` wrote, and checks of them that passed. */
  async sqlAndChecks(): Promise<{ readonly rows: unknown; readonly passed: unknown }> {
    this.#write(CHECK, [join(root, "plugins")]);
    const done = await this.#run();
    const { components = [] } = done.json() as { components?: { outputs?: Record<string, unknown> }[] };
    const [made, checked] = components;
    if (done.code !== 0) throw new Error(done.stdout + done.stderr);
    return { rows: made?.outputs?.["rows"], passed: checked?.outputs?.["passed"] };
  }

  /** Inserts a query's rows into the table `once` by sparkOnce. */
  once(query: string, key: string): Promise<CairnResult> {
    this.#writeLoad(query);
    return this.#run(`--run-key=${key}`);
  }

  /** The same, killed when `isDue`. */
  async killed(query: string, isDue: () => boolean): Promise<void> {
    this.#writeLoad(query);
    const cairn = startCairn(["run", "p.conf", "--run-key=second"], { cwd: this.#dir.path });
    await until("the write", () => isDue() || cairn.exitCode !== null, TIMEOUT_MS);
    const workers = childrenOf(cairn.pid);
    killHard(cairn.pid);
    for (const worker of workers) killHard(worker);
    await cairn.exited;
  }

  [Symbol.dispose](): void {
    this.#dir[Symbol.dispose]();
  }

  #writeLoad(query: string): void {
    this.#write(
      `{ instance-type = t.Load, instance-name = Load, instance-config { query = ${JSON.stringify(query)} } }`,
    );
  }

  #run(...more: readonly string[]): Promise<CairnResult> {
    const options = { cwd: this.#dir.path, timeoutMs: TIMEOUT_MS };
    return runCairn(["run", "p.conf", "--format=json", ...more], options);
  }

  #write(components: string, plugins: readonly string[] = ["plugins"]): void {
    this.#dir.write(
      "p.conf",
      `spark { connect-string = "${this.#url}" }
pipeline {
  pipeline-name = "version"
  plugins = ${JSON.stringify(plugins)}
  checkpoint { enabled = true, location = "cp", auto-resume = true, intent-settle = 200 ms }
  pipeline-components = [
    ${components}
  ]
}
`,
    );
  }
}
