import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openSession, type SparkSession } from "../../src/spark/mod.ts";
import { type CairnResult, runCairn, startCairn, type TempDir, tempDir } from "../kit/mod.ts";
import { childrenOf, killHard } from "../kill/processes.ts";
import type { TARGETS } from "../kill/start.ts";
import { until } from "../run/pipeline-kit.ts";
import { Gate } from "../servers/spark/gate.ts";

/** A busy machine starts Cairn and Spark's tasks late. */
export const TIMEOUT_MS = 240_000;

/** What a run is made of besides its one component. */
export interface GatedSettings {
  /** Plugins by their paths. */
  readonly plugins?: Readonly<Record<string, string>>;
  /** Folders of plugins besides these. */
  readonly pluginFolders?: readonly string[];
  /** Of the checkpoint, as HOCON. */
  readonly checkpoint?: string;
  /** Text of the record after which the runner dies, once. */
  readonly diesAt?: string | undefined;
}

/** A hook that kills the runner, once, when a record with a text has just become durable. */
const DIES = `import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineHooks, v } from "cairn";

export default defineHooks({
  config: v.object({ checkpoints: v.string(), at: v.string() }),
  open: ({ checkpoints, at }) => ({
    onCheckpoint() {
      const files = readdirSync(checkpoints, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
      const isThere = files.some((file) => readFileSync(join(file.parentPath, file.name), "latin1").includes(at));
      if (!isThere || existsSync(checkpoints + ".died")) return;
      writeFileSync(checkpoints + ".died", "");
      process.kill(process.pid, "SIGKILL");
    },
  }),
});
`;

/** A pipeline of one component that has Spark run a query which waits at a gate, and the table that it may write to. */
export class GatedRun implements AsyncDisposable {
  readonly gate: Gate = new Gate();
  readonly dir: TempDir = tempDir("cairn-gated-");
  readonly spark: SparkSession;
  /** Of this run alone; not made yet. */
  readonly table: string = `gated_${crypto.randomUUID().replaceAll("-", "")}`;
  readonly #url: string;
  readonly #settings: GatedSettings;

  constructor(url: string, settings: GatedSettings = {}) {
    this.#url = url;
    this.#settings = settings;
    this.spark = openSession(url);
    const plugins = { ...settings.plugins, "t/Dies.ts": DIES };
    for (const [path, text] of Object.entries(plugins)) this.dir.write(`plugins/${path}`, text);
  }

  /** Writes the pipeline; `component` is its type and configuration as HOCON. */
  configure(component: string): void {
    const { pluginFolders = [], checkpoint = "", diesAt } = this.#settings;
    const hook = { type: "t.Dies", checkpoints: this.dir.join("cp"), at: diesAt };
    this.dir.write(
      "p.conf",
      `spark { connect-string = "${this.#url}" }
pipeline {
  pipeline-name = "gated"
  plugins = ${JSON.stringify([...pluginFolders, "plugins"])}
  checkpoint { enabled = true, location = "cp", auto-resume = true, cleanup-on-success = false, intent-settle = 200 ms, ${checkpoint} }
  hooks = [ ${diesAt === undefined ? "" : JSON.stringify(hook)} ]
  pipeline-components = [ { instance-name = Load, ${component} } ]
}
`,
    );
  }

  async createTable(): Promise<void> {
    await this.spark.sql(`CREATE TABLE ${this.table} (id BIGINT) USING parquet`);
  }

  run(...more: readonly string[]): Promise<CairnResult> {
    const args = ["run", "p.conf", "--run-key=one", ...more];
    return runCairn(args, { cwd: this.dir.path, timeoutMs: TIMEOUT_MS });
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
    await kill(await this.started(), target);
  }

  /** What is on record of all runs. */
  journal(): string {
    const below = { recursive: true, encoding: "utf8", withFileTypes: true } as const;
    const files = readdirSync(this.dir.join("cp"), below).filter((file) => file.isFile());
    return files.map((file) => textOf(join(file.parentPath, file.name))).join("\n");
  }

  /** Ends a session on the server, which then knows nothing of it any more. */
  async forget(sessionId: string): Promise<void> {
    const session = openSession(this.#url, { sessionId });
    await session.version();
    await session.stop();
  }

  /** The rows of the table in order; none where there is no table. */
  async tableRows(): Promise<readonly number[]> {
    const tables = await this.spark.sql(`SHOW TABLES LIKE '${this.table}'`);
    if ((await tables.collect()).length === 0) return [];
    // A session remembers the files of a table that it has read.
    await this.spark.sql(`REFRESH TABLE ${this.table}`);
    return idsOf(await this.spark.table(this.table).collect());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.gate.open();
    await this.spark.sql(`DROP TABLE IF EXISTS ${this.table}`);
    await this.spark.stop();
    this.gate[Symbol.dispose]();
    this.dir[Symbol.dispose]();
  }
}

/** Kills a runner, its workers, or both. */
export async function kill(
  cairn: ReturnType<typeof startCairn>,
  target: (typeof TARGETS)[number],
): Promise<void> {
  const workers = childrenOf(cairn.pid);
  if (target !== "worker") killHard(cairn.pid);
  if (target !== "runner") for (const worker of workers) killHard(worker);
  await cairn.exited;
}

/** The column `id` in order. */
export function idsOf(rows: readonly Readonly<Record<string, unknown>>[]): readonly number[] {
  return rows.map((row) => Number(row["id"])).toSorted((one, other) => one - other);
}

/** A file's text, or nothing where it has gone meanwhile. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== "ENOENT") throw thrown;
    return "";
  }
}
