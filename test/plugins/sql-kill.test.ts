import { describe, expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { openSession } from "../../src/spark/mod.ts";
import { root, runCairn, seeded, startCairn, tempDir } from "../kit/mod.ts";
import { childrenOf, killHard } from "../kill/processes.ts";
import { TARGETS } from "../kill/start.ts";
import { until } from "../run/pipeline-kit.ts";
import { runningJobs } from "../servers/spark/running-jobs.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";

const server = await sharedSpark();
const ROUNDS = process.env["CAIRN_TEST_LONG"] === "1" ? 12 : 1;
/** A busy machine starts Cairn and Spark's tasks late. */
const TIMEOUT_MS = 240_000;
const ROWS = 12;
/** Each row sleeps, two at a time: a write takes three seconds, whatever the machine. */
const QUERY = `SELECT id, java_method('java.lang.Thread', 'sleep', 500L) AS slept FROM range(0, ${ROWS}, 1, 2)`;

/** All files and folders below a folder but Spark's sums. */
function below(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => !name.endsWith(".crc"));
}

describe.skipIf(server === undefined)("sql on Spark", () => {
  test(
    "killed in the middle of a write, the next run ends what still runs, and publishes each row once and nothing else",
    async () => {
      const random = seeded("kills of sql on Spark");
      await using spark = openSession(server?.url ?? "");
      for (let round = 0; round < ROUNDS; round++) {
        using dir = tempDir("cairn-sql-kill-");
        const name = `Kill${crypto.randomUUID()}`;
        dir.write(
          "p.conf",
          `spark { connect-string = "${server?.url}" }
pipeline {
  pipeline-name = "killed"
  plugins = [${JSON.stringify(join(root, "plugins"))}]
  checkpoint { enabled = true, location = "cp", auto-resume = true }
  pipeline-components = [ { instance-type = sql, instance-name = ${name}, instance-config {
    engine = spark, statements = [${JSON.stringify(QUERY)}], target { path = "lake/rows" } } } ]
}
`,
        );
        const target = TARGETS[random.int(TARGETS.length)] ?? "both";
        const cairn = startCairn(["run", "p.conf"], { cwd: dir.path });
        await until("the write", async () => (await runningJobs(server, name)) > 0, TIMEOUT_MS);
        await Bun.sleep(random.int(1000));
        const workers = childrenOf(cairn.pid);
        if (target !== "worker") killHard(cairn.pid);
        if (target !== "runner") for (const worker of workers) killHard(worker);
        await cairn.exited;
        const resumed = await runCairn(["run", "p.conf"], { cwd: dir.path, timeoutMs: TIMEOUT_MS });
        const what = `round ${round}: ${target}\n${resumed.stdout}${resumed.stderr}`;
        expect(resumed.code, what).toBe(0);
        expect(await runningJobs(server, name), what).toBe(0);
        const found = below(dir.join("lake"));
        expect(
          found.filter((path) => path.includes(".cairn") || path.includes("_temporary")),
          what,
        ).toEqual([]);
        const datasets = found.filter((path) => /^rows\/[^/_]+$/.test(path));
        expect(datasets, found.join("\n")).toHaveLength(1);
        const rows = await spark.read.parquet(dir.join("lake", datasets[0] ?? "")).collect();
        const ids = rows.map((row) => Number(row["id"])).toSorted((one, other) => one - other);
        expect(ids, what).toEqual(Array.from({ length: ROWS }, (_, id) => id));
      }
    },
    TIMEOUT_MS * 2,
  );
});
