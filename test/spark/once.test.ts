import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { openSession } from "../../src/spark/mod.ts";
import { type CairnResult, runCairn, seeded, startCairn, type TempDir, tempDir } from "../kit/mod.ts";
import { childrenOf, killHard } from "../kill/processes.ts";
import { TARGETS } from "../kill/start.ts";
import { until } from "../run/pipeline-kit.ts";
import { runningJobs } from "../servers/spark/running-jobs.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";

const server = await sharedSpark();
const url = server?.url ?? "sc://127.0.0.1:1";
const ROUNDS = process.env["CAIRN_TEST_LONG"] === "1" ? 30 : 3;
/** A busy machine starts Cairn and Spark's tasks late. */
const TIMEOUT_MS = 240_000;
const ROWS = 12;
/** Each row sleeps, two at a time: a write takes this long, whatever the machine. */
const ROW_MS = 250;
const WRITE_MS = (ROWS / 2) * ROW_MS;

const LOAD = `import { writeFileSync } from "node:fs";
import { defineComponent, sparkOnce, v } from "cairn";

export default defineComponent({
  config: v.object({ table: v.string(), mark: v.string() }),
  async run(ctx) {
    const { table, mark } = ctx.config;
    await sparkOnce(ctx, "load", async (spark, operation) => {
      const rows = await spark.sql("SELECT id, java_method('java.lang.Thread', 'sleep', ${ROW_MS}L) AS slept FROM range(0, ${ROWS}, 1, 2)");
      writeFileSync(mark, spark.sessionId + " " + operation.operationId);
      await rows.write.insertInto(table, operation);
    });
    return { loaded: true };
  },
});
`;

/** One table and a run that appends to it. */
class Load implements AsyncDisposable {
  readonly table = `once_${crypto.randomUUID().replaceAll("-", "")}`;
  readonly dir: TempDir = tempDir("cairn-once-");
  readonly spark = openSession(url);

  constructor() {
    this.dir.write("plugins/t/Load.ts", LOAD);
    this.dir.write(
      "p.conf",
      `spark { connect-string = "${url}" }
pipeline {
  pipeline-name = "once"
  plugins = ["plugins"]
  checkpoint { enabled = true, location = "cp", auto-resume = true, cleanup-on-success = false, intent-settle = 200 ms }
  pipeline-components = [ { instance-type = "t.Load", instance-name = Load, instance-config { table = ${this.table}, mark = "${this.dir.join("mark")}" } } ]
}
`,
    );
  }

  async createTable(): Promise<void> {
    await this.spark.sql(`CREATE TABLE ${this.table} (id BIGINT, slept STRING) USING parquet`);
  }

  run(...more: readonly string[]): Promise<CairnResult> {
    const args = ["run", "p.conf", "--run-key=once", "--format=json", ...more];
    return runCairn(args, { cwd: this.dir.path, timeoutMs: TIMEOUT_MS });
  }

  /** Starts a run, and kills `target` so long after the write was sent. */
  async killed(target: (typeof TARGETS)[number], afterMs: number | "when it runs"): Promise<void> {
    const args = ["run", "p.conf", "--run-key=once"];
    const cairn = startCairn(args, { cwd: this.dir.path });
    await until("the write", () => existsSync(this.dir.join("mark")) || cairn.exitCode !== null, TIMEOUT_MS);
    if (afterMs === "when it runs") await this.#runs();
    else await Bun.sleep(afterMs);
    const workers = childrenOf(cairn.pid);
    if (target !== "worker") killHard(cairn.pid);
    if (target !== "runner") for (const worker of workers) killHard(worker);
    await cairn.exited;
  }

  /** Tells a run to stop in the middle of the write. */
  async stopped(): Promise<number> {
    const cairn = startCairn(["run", "p.conf", "--run-key=once"], { cwd: this.dir.path });
    await until("the mark", () => existsSync(this.dir.join("mark")), TIMEOUT_MS);
    await this.#runs();
    cairn.kill("SIGTERM");
    return cairn.exited;
  }

  /** Waits for the write's tasks; before that Spark may not heed an interrupt. */
  #runs(): Promise<void> {
    const running = (): Promise<number> => runningJobs(server, this.mark().session);
    return until("the write's tasks", async () => (await running()) > 0, TIMEOUT_MS);
  }

  mark(): { readonly session: string; readonly operation: string } {
    const [session = "", operation = ""] = readFileSync(this.dir.join("mark"), "utf8").split(" ");
    return { session, operation };
  }

  async ids(): Promise<number[]> {
    // A session remembers the files of a table that it has read.
    await this.spark.sql(`REFRESH TABLE ${this.table}`);
    const rows = await this.spark.table(this.table).collect();
    return rows.map((row) => Number(row["id"])).toSorted((one, other) => one - other);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.spark.sql(`DROP TABLE IF EXISTS ${this.table}`);
    await this.spark.stop();
    this.dir[Symbol.dispose]();
  }
}

const ALL = Array.from({ length: ROWS }, (_, id) => id);

describe.skipIf(server === undefined)("sparkOnce", () => {
  test(
    "killed at any moment of a write, the runs after it leave each row once",
    async () => {
      const random = seeded("kills of a Spark write");
      for (let round = 0; round < ROUNDS; round++) {
        await using load = new Load();
        await load.createTable();
        const target = TARGETS[round % TARGETS.length] ?? "both";
        const afterMs = random.int(WRITE_MS + 500);
        await load.killed(target, afterMs);
        const first = load.mark().operation;
        const resumed = await load.run();
        const what = `round ${round}: ${target} after ${afterMs} ms\n${resumed.stdout}${resumed.stderr}`;
        expect(resumed.code, what).toBe(0);
        expect(await load.ids(), what).toEqual(ALL);
        expect(load.mark().operation, what).toBe(first);
      }
    },
    TIMEOUT_MS * 4,
  );

  test(
    "what the server has forgotten is told as unknown and never run again, until someone says that it didn't happen",
    async () => {
      await using load = new Load();
      await load.createTable();
      await load.killed("both", "when it runs");
      const other = openSession(url, { sessionId: load.mark().session });
      await other.version();
      await other.stop();
      const unknown = await load.run();
      expect(unknown.code, unknown.stderr).toBe(1);
      expect(unknown.json()).toMatchObject({
        components: [
          {
            status: "failed",
            error: {
              code: "OUTCOME_UNKNOWN",
              hint: expect.stringContaining('--declare="Load/load"=absent') as string,
            },
          },
        ],
      });
      expect(await load.ids()).toEqual([]);
      const declared = await load.run("--declare=Load/load=absent");
      expect(declared.code, declared.stdout + declared.stderr).toBe(0);
      expect(await load.ids()).toEqual(ALL);
    },
    TIMEOUT_MS,
  );

  test(
    "told to stop in the middle, it is interrupted, and nobody takes that for an outcome",
    async () => {
      await using load = new Load();
      await load.createTable();
      expect(await load.stopped()).not.toBe(0);
      const running = (): Promise<number> => runningJobs(server, load.mark().session);
      await until("the end of the tasks", async () => (await running()) === 0, TIMEOUT_MS);
      const resumed = await load.run();
      expect(resumed.code, resumed.stdout).toBe(1);
      expect(resumed.stdout).toContain("it was cancelled while it ran");
      expect(await load.ids()).toEqual([]);
      const declared = await load.run("--declare=Load/load=absent");
      expect(declared.code, declared.stdout + declared.stderr).toBe(0);
      expect(await load.ids()).toEqual(ALL);
    },
    TIMEOUT_MS,
  );

  test(
    "what Spark says has failed is run anew, by another operation",
    async () => {
      await using load = new Load();
      const failed = await load.run();
      expect(failed.code).toBe(1);
      expect(failed.stdout).toContain("TABLE_OR_VIEW_NOT_FOUND");
      const first = load.mark().operation;
      await load.createTable();
      const resumed = await load.run();
      expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
      expect(load.mark().operation).not.toBe(first);
      expect(await load.ids()).toEqual(ALL);
    },
    TIMEOUT_MS,
  );
});
