import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openSession, type SparkSession } from "../../src/spark/mod.ts";
import { type CairnResult, root, runCairn, startCairn, type TempDir, tempDir } from "../kit/mod.ts";
import { childrenOf, killHard } from "../kill/processes.ts";
import type { TARGETS } from "../kill/start.ts";
import { until } from "../run/pipeline-kit.ts";
import { Gate } from "../servers/spark/gate.ts";

/** A busy machine starts Cairn and Spark's tasks late. */
export const TIMEOUT_MS = 240_000;

/** What a component of `sql` on Spark is told besides its engine. */
export interface SqlWork {
  /** The table or folder that its rows are in. */
  readonly rowsIn: "table" | "folder";
  /** Whether the table is there before. */
  readonly hasTable?: boolean;
  /** Lines of its configuration. */
  config(query: string, table: string): string;
}

/** What `sql` may be killed in. */
export const WORK: Readonly<Record<"overwritten" | "appended" | "inserted" | "created", SqlWork>> = {
  overwritten: {
    rowsIn: "folder",
    config: (query) => `statements = [${JSON.stringify(query)}], target { path = "lake/rows" }`,
  },
  appended: {
    rowsIn: "folder",
    config: (query) =>
      `statements = [${JSON.stringify(query)}], target { path = "lake/rows", mode = append }`,
  },
  // What is inserted comes from a view of the session, which a later attempt needs again only where it inserts anew.
  inserted: {
    rowsIn: "table",
    hasTable: true,
    config: (query, table) =>
      `statements = [${JSON.stringify(`CREATE TEMPORARY VIEW gated AS ${query}`)}, "INSERT INTO ${table} SELECT * FROM gated"]`,
  },
  created: {
    rowsIn: "table",
    config: (query, table) =>
      `statements = [${JSON.stringify(`CREATE TABLE ${table} USING parquet AS ${query}`)}]`,
  },
};

/** One pipeline of one `sql` component on Spark, whose query waits at a gate. */
export class SqlRun implements AsyncDisposable {
  readonly gate: Gate = new Gate();
  readonly dir: TempDir = tempDir("cairn-sql-kill-");
  readonly #spark: SparkSession;
  readonly #work: SqlWork;
  readonly #table = `sql_${crypto.randomUUID().replaceAll("-", "")}`;

  /** @param checkpoint settings besides its location, `pipeline` of the pipeline */
  constructor(
    url: string,
    work: SqlWork,
    settings: { readonly checkpoint?: string; readonly pipeline?: string } = {},
  ) {
    this.#work = work;
    this.#spark = openSession(url);
    this.dir.write(
      "p.conf",
      `spark { connect-string = "${url}" }
pipeline {
  pipeline-name = "killed"
  plugins = [${JSON.stringify(join(root, "plugins"))}, "plugins"]
  checkpoint { enabled = true, location = "cp", auto-resume = true, cleanup-on-success = false, ${settings.checkpoint ?? ""} }
  ${settings.pipeline ?? ""}
  pipeline-components = [ { instance-type = sql, instance-name = Load, instance-config {
    engine = spark, ${work.config(this.gate.query, this.#table)} } } ]
}
`,
    );
  }

  async prepare(): Promise<void> {
    this.dir.write("plugins/.keep", "");
    if (this.#work.hasTable === true)
      await this.#spark.sql(`CREATE TABLE ${this.#table} (id BIGINT) USING parquet`);
  }

  run(...more: readonly string[]): Promise<CairnResult> {
    return runCairn(["run", "p.conf", "--run-key=one", ...more], {
      cwd: this.dir.path,
      timeoutMs: TIMEOUT_MS,
    });
  }

  start(): ReturnType<typeof startCairn> {
    return startCairn(["run", "p.conf", "--run-key=one"], { cwd: this.dir.path });
  }

  /** Starts a run, and waits until its query is at the gate. */
  async started(): Promise<ReturnType<typeof startCairn>> {
    const before = this.gate.begun;
    const cairn = this.start();
    const isAtGate = (): boolean => this.gate.begun >= before + Gate.tasks || cairn.exitCode !== null;
    await until("the query at the gate", isAtGate, TIMEOUT_MS);
    return cairn;
  }

  /** Starts a run, and kills `target` while the query is at the gate. */
  async killed(target: (typeof TARGETS)[number]): Promise<void> {
    const cairn = await this.started();
    const workers = childrenOf(cairn.pid);
    if (target !== "worker") killHard(cairn.pid);
    if (target !== "runner") for (const worker of workers) killHard(worker);
    await cairn.exited;
  }

  /** What is on record of all runs. */
  journal(): string {
    const files = readdirSync(this.dir.join("cp"), {
      recursive: true,
      encoding: "utf8",
      withFileTypes: true,
    });
    return files
      .filter((file) => file.isFile())
      .map((file) => readFileSync(join(file.parentPath, file.name), "latin1"))
      .join("\n");
  }

  /** Waits until this many attempts have a session on Spark. */
  async attempts(number: number): Promise<void> {
    const isThere = (): boolean => this.journal().includes(`"spark session ${number}"`);
    await until(`attempt ${number}`, isThere, TIMEOUT_MS);
  }

  /** Names of the sessions on record. */
  #sessions(): readonly string[] {
    return [...this.journal().matchAll(/"spark session \d+".{0,40}?"name":"([0-9a-f-]{36})"/g)].map(
      ([, name = ""]) => name,
    );
  }

  /** The rows that are to be seen, in order. */
  async rows(): Promise<readonly number[]> {
    const folder = this.dir.join("lake/rows");
    if (this.#work.rowsIn === "folder") {
      if (!existsSync(folder)) return [];
      const parts = readdirSync(folder).filter((name) => !/^[._]/.test(name));
      const rows = await Promise.all(
        parts.map((part) => this.#spark.read.parquet(join(folder, part)).collect()),
      );
      return sorted(rows.flat());
    }
    const [there] = await this.#spark
      .sql(`SHOW TABLES LIKE '${this.#table}'`)
      .then((tables) => tables.collect());
    if (there === undefined) return [];
    // A session remembers the files of a table that it has read.
    await this.#spark.sql(`REFRESH TABLE ${this.#table}`);
    return sorted(await this.#spark.table(this.#table).collect());
  }

  /** Temporary places that are still there. */
  left(): readonly string[] {
    if (!existsSync(this.dir.join("lake"))) return [];
    const found = readdirSync(this.dir.join("lake"), { recursive: true, encoding: "utf8" });
    return found.filter((name) => name.includes(".cairn") || name.includes("_temporary"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.gate.open();
    await this.#spark.sql(`DROP TABLE IF EXISTS ${this.#table}`);
    await this.#spark.stop();
    this.gate[Symbol.dispose]();
    this.dir[Symbol.dispose]();
  }
}

function sorted(rows: readonly Readonly<Record<string, unknown>>[]): readonly number[] {
  return rows.map((row) => Number(row["id"])).toSorted((one, other) => one - other);
}
