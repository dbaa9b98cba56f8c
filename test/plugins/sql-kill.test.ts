import { describe, expect, test } from "bun:test";
import { childrenOf } from "../kill/processes.ts";
import { TARGETS } from "../kill/start.ts";
import { Gate } from "../servers/spark/gate.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { TIMEOUT_MS } from "../spark/gated-run.ts";
import { SqlRun } from "./sql-run.ts";

const server = await sharedSpark();
const url = server?.url ?? "sc://127.0.0.1:1";

/** All rows are to be seen once, of so many executions; nothing else is published. */
async function expectDone(sql: SqlRun, executions: number, said: string): Promise<void> {
  expect(await sql.rows(), said).toEqual(Gate.ids);
  expect(sql.gate.begun, said).toBe(executions * Gate.tasks);
  expect(sql.left(), said).toEqual([]);
}

describe.skipIf(server === undefined)("sql on Spark", () => {
  const names = ["overwritten", "appended", "inserted", "created"] as const;
  for (const [at, name] of names.entries()) {
    const target = TARGETS[at % TARGETS.length] ?? "both";
    test(
      `killed (${target}) while rows are ${name}: the next run finds the operation, and nothing runs twice`,
      async () => {
        await using sql = new SqlRun(url, name);
        await sql.prepare();
        await sql.killed(target);
        expect(await sql.rows()).toEqual([]);
        // Some find it running, some ended.
        if (at % 2 === 0) sql.gate.open();
        const resuming = sql.run();
        await sql.attempts(2);
        sql.gate.open();
        const resumed = await resuming;
        expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
        await expectDone(sql, 1, resumed.stdout + resumed.stderr);
      },
      TIMEOUT_MS,
    );
  }

  test(
    "when Spark forgot the session while rows were overwritten, they are written anew, and only these are published",
    async () => {
      await using sql = new SqlRun(url, "overwritten");
      await sql.killed("both");
      await sql.forgetSessions();
      sql.gate.open();
      const resumed = await sql.run();
      expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
      await expectDone(sql, 2, resumed.stdout + resumed.stderr);
    },
    TIMEOUT_MS,
  );

  test(
    "when Spark forgot the session while rows were inserted, the outcome is unknown until somebody says it",
    async () => {
      await using sql = new SqlRun(url, "inserted");
      await sql.prepare();
      await sql.killed("both");
      await sql.forgetSessions();
      sql.gate.open();
      const unknown = await sql.run("--format=json");
      expect(unknown.code, unknown.stderr).toBe(1);
      const [{ error }] = (unknown.json() as Failed).components;
      expect(error).toMatchObject({ code: "OUTCOME_UNKNOWN" });
      expect(error.message).toStartWith("statements[1]:1:1: outcome unknown");
      expect(sql.gate.begun).toBe(Gate.tasks);
      expect(await sql.rows()).toEqual([]);
      const declare = /--declare="([^"]+)"=absent/.exec(error.hint)?.[1];
      const declared = await sql.run(`--declare=${declare}=absent`);
      expect(declared.code, declared.stdout + declared.stderr).toBe(0);
      await expectDone(sql, 2, declared.stdout + declared.stderr);
    },
    TIMEOUT_MS,
  );

  const points = [
    ["inserted", "its session is on record", '"spark session 1"'],
    ["inserted", "the statement is on record, and not sent", '"action":"start"'],
    ["inserted", "its end is on record", '"how":"done"'],
    ["overwritten", "the write is on record, and not sent", '"spark write 1"'],
    ["overwritten", "what is to be published is on record", '"action":"publish"'],
  ] as const;
  for (const [name, point, diesAt] of points) {
    test(
      `killed when ${point}: the next run leaves each row ${name} once, by one execution`,
      async () => {
        await using sql = new SqlRun(url, name, { diesAt });
        await sql.prepare();
        sql.gate.open();
        const killed = await sql.run();
        expect(killed.code, killed.stdout + killed.stderr).toBe(137);
        const resumed = await sql.run();
        expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
        await expectDone(sql, 1, resumed.stdout + resumed.stderr);
      },
      TIMEOUT_MS,
    );
  }

  test(
    "told to stop in the middle of the write of a target, it is interrupted, and the next run writes anew",
    async () => {
      await using sql = new SqlRun(url, "overwritten");
      const cairn = await sql.started();
      cairn.kill("SIGTERM");
      expect(await cairn.exited).toBe(143);
      expect(await sql.rows()).toEqual([]);
      sql.gate.open();
      const resumed = await sql.run();
      expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
      await expectDone(sql, 2, resumed.stdout + resumed.stderr);
    },
    TIMEOUT_MS,
  );

  for (const name of ["overwritten", "inserted"] as const) {
    test(
      `a runner that slept past its lease while rows are ${name} leaves the operation to the run that took its place`,
      async () => {
        // Leases that run out by time: those of the local layout are a living process's.
        await using sql = new SqlRun(url, name, { checkpoint: "store { layout = link }, lease = 10s" });
        await sql.prepare();
        const sleeper = await sql.started();
        const all = [sleeper.pid, ...childrenOf(sleeper.pid)];
        for (const pid of all) process.kill(pid, "SIGSTOP");
        const successor = sql.run("--if-held=wait");
        await sql.attempts(2);
        for (const pid of all) process.kill(pid, "SIGCONT");
        expect(await sleeper.exited, await new Response(sleeper.stderr).text()).toBe(5);
        sql.gate.open();
        const { code, stdout, stderr } = await successor;
        expect(code, stdout + stderr).toBe(0);
        await expectDone(sql, 1, stdout + stderr);
      },
      TIMEOUT_MS,
    );
  }
});

interface Failed {
  readonly components: readonly [
    { readonly error: { readonly code: string; readonly message: string; readonly hint: string } },
  ];
}
