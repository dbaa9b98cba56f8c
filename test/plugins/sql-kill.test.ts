import { describe, expect, test } from "bun:test";
import { TARGETS } from "../kill/start.ts";
import { Gate } from "../servers/spark/gate.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { SqlRun, TIMEOUT_MS, WORK } from "./sql-run.ts";

const server = await sharedSpark();
const url = server?.url ?? "sc://127.0.0.1:1";

describe.skipIf(server === undefined)("sql on Spark, killed in the middle of", () => {
  const names = ["overwritten", "appended", "inserted", "created"] as const;
  for (const [at, name] of names.entries()) {
    const target = TARGETS[at % TARGETS.length] ?? "both";
    test(
      `rows being ${name} (${target}): the next run finds the operation, takes its rows, and nothing runs twice`,
      async () => {
        await using sql = new SqlRun(url, WORK[name]);
        await sql.prepare();
        await sql.killed(target);
        expect(await sql.rows()).toEqual([]);
        // Some find it running, some ended.
        if (at % 2 === 0) sql.gate.open();
        const resuming = sql.run();
        await sql.attempts(2);
        sql.gate.open();
        const resumed = await resuming;
        const said = resumed.stdout + resumed.stderr;
        expect(resumed.code, said).toBe(0);
        expect(sql.gate.begun, said).toBe(Gate.tasks);
        expect(await sql.rows()).toEqual(Gate.ids);
        expect(sql.left()).toEqual([]);
      },
      TIMEOUT_MS,
    );
  }
});
