import { afterAll, describe, expect, test } from "bun:test";
import { CairnError } from "../../src/base/mod.ts";
import {
  type OpenOptions,
  openSession,
  type QueryProgress,
  SparkError,
  type SparkSession,
} from "../../src/spark/mod.ts";
import { steeringOf } from "../../src/sdk/mod.ts";
import { freePort } from "../servers/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";

const server = await sharedSpark();
const sessions: SparkSession[] = [];

function open(options: OpenOptions = {}): SparkSession {
  const session = openSession(server?.url ?? "", options);
  sessions.push(session);
  return session;
}

afterAll(async () => {
  await Promise.all(sessions.map((session) => session.stop()));
});

async function failureOf<E extends Error>(
  of: abstract new (...args: never[]) => E,
  promise: Promise<unknown>,
): Promise<E> {
  const thrown = await promise.then(
    () => new Error("it didn't fail"),
    (reason: unknown) => reason,
  );
  if (thrown instanceof of) return thrown;
  throw thrown;
}

/** Runs for an hour, in steps so small that an interrupt is heeded at once. */
const LONG = "SELECT sum(id % 7 * id % 11) AS s FROM range(0, 100000000000000, 1, 4)";

/** How many jobs with a tag the driver says that it runs. */
async function runningJobs(tag: string): Promise<number> {
  const api = `${server?.ui}/api/v1/applications`;
  const [application] = (await (await fetch(api)).json()) as { id: string }[];
  const jobs = (await (await fetch(`${api}/${application?.id}/jobs?status=running`)).json()) as {
    jobTags: string[];
  }[];
  return jobs.filter(({ jobTags }) => jobTags.some((job) => job.includes(tag))).length;
}

async function until(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await Bun.sleep(50);
}

describe.skipIf(server === undefined)("a Spark session", () => {
  test("tells the server's version", async () => {
    expect(await open().version()).toStartWith(`${server?.version}.`);
  });

  test("takes arguments by name and by place, and they are never part of the text", async () => {
    const spark = open();
    const query =
      "SELECT :text AS text, :number + 1 AS number, :day AS day, :list[1] AS second, :none AS none";
    const args = {
      text: "x' OR '1'='1 :number -- ?",
      number: 41,
      day: Temporal.PlainDate.from("2026-02-28"),
      list: [1n, 2n],
      none: null,
    };
    expect(await (await spark.sql(query, args)).collect()).toEqual([
      { text: args.text, number: 42, day: args.day, second: 2n, none: null },
    ]);
    expect(await (await spark.sql("SELECT ? || ? AS s", ["a?", ":b"])).collect()).toEqual([{ s: "a?:b" }]);
  });

  test("sets, reads and unsets settings; those of the server are left, and it says so", async () => {
    const warnings: string[] = [];
    const spark = open({
      settings: { "spark.sql.shuffle.partitions": "3", "spark.executor.memory": "9g" },
      onWarning: (warning) => warnings.push(warning),
    });
    expect(await spark.conf.get("spark.sql.shuffle.partitions")).toBe("3");
    expect(warnings).toEqual([expect.stringContaining("spark.executor.memory is fixed")]);
    await spark.conf.set("spark.sql.ansi.enabled", false);
    expect(await (await spark.sql("SELECT 1/0 AS x")).collect()).toEqual([{ x: null }]);
    await spark.conf.unset("spark.sql.ansi.enabled");
    expect(await spark.conf.get("spark.sql.ansi.enabled")).toBe("true");
    expect(await spark.conf.get("no.such", "fallback")).toBe("fallback");
    expect((await spark.conf.getAll("spark.sql.shuffle."))["spark.sql.shuffle.partitions"]).toBe("3");
    expect((await failureOf(SparkError, spark.conf.set("spark.executor.memory", "9g"))).errorClass).toContain(
      "CANNOT_MODIFY",
    );
  });

  test("is its own: views and settings of another one aren't there", async () => {
    const [one, other] = [open(), open()];
    await one.range(3).createOrReplaceTempView("only_mine");
    expect(await one.table("only_mine").count()).toBe(3);
    expect((await failureOf(SparkError, other.table("only_mine").count())).errorClass).toBe(
      "TABLE_OR_VIEW_NOT_FOUND",
    );
  });

  test("writes and reads files and tables", async () => {
    const spark = open();
    const path = `${server?.folder}/session-write`;
    const rows = [
      { id: 1n, day: "a", text: "x" },
      { id: 2n, day: "b", text: null },
    ];
    const frame = spark.createDataFrame(rows, "id bigint, day string, text string");
    await frame.write.partitionBy("day").parquet(path);
    expect((await failureOf(SparkError, frame.write.parquet(path))).errorClass).toBe("PATH_ALREADY_EXISTS");
    await frame.write.mode("ignore").parquet(path);
    await frame.write.mode("append").partitionBy("day").parquet(path);
    expect(await spark.read.parquet(path).count()).toBe(4);
    await frame.write.mode("overwrite").option("header", true).csv(`${path}-csv`);
    const read = spark.read
      .option("header", true)
      .schema("id bigint, day string, text string")
      .csv(`${path}-csv`);
    expect((await read.collect()).toSorted((a, b) => Number(a["id"]) - Number(b["id"]))).toEqual(rows);
    await spark.sql("DROP TABLE IF EXISTS session_write");
    await frame.write.saveAsTable("session_write");
    await frame.write.insertInto("session_write");
    await frame.write.insertInto("session_write", { overwrite: true });
    expect(await spark.table("session_write").count()).toBe(2);
    await spark.sql("DROP TABLE session_write");
  });

  test("sends files in pieces, and queries find them", async () => {
    const spark = open();
    const bytes = new Uint8Array(300_000).fill(7);
    await spark.addArtifact(bytes, { name: "pieces.bin" });
    await spark.addArtifact(new TextEncoder().encode("small"), { name: "small.txt" });
    const error = await failureOf(CairnError, spark.addArtifact("/no/such/file.jar"));
    expect(error.message).toContain("there is no such file");
  });

  test("says where in the query an error is, with class and SQLSTATE", async () => {
    const spark = open();
    const error = await failureOf(SparkError, spark.sql("SELECT\n  id,\n  nope\nFROM range(3)"));
    expect(error.errorClass).toBe("UNRESOLVED_COLUMN.WITH_SUGGESTION");
    expect(error.sqlState).toBe("42703");
    expect(error.parameters["objectName"]).toBe("`nope`");
    expect(error.place).toMatchObject({ line: 3, column: 3, length: 4 });
    expect(error.message).toEndWith("(line 3, column 3)\n1 | SELECT\n2 |   id,\n3 |   nope\n  |   ^^^^");
    expect(error.queryContexts[0]).toMatchObject({ kind: "sql", fragment: "nope" });
    expect(steeringOf(error)).toBe("permanent");
  });

  test("says where a syntax error is, though Spark has it in its message alone", async () => {
    const error = await failureOf(SparkError, open().sql("SELECT 1\nFORM x WHERE"));
    expect(error.errorClass).toBe("PARSE_SYNTAX_ERROR");
    expect(error.place?.line).toBe(2);
    expect(error.message).toContain("2 | FORM");
    expect(error.message).not.toContain("== SQL ==");
  });

  test("says where an error is that shows when rows are made", async () => {
    const frame = await open().sql("SELECT CAST(s AS INT) AS i FROM VALUES ('1'), ('x') AS t(s)");
    const error = await failureOf(SparkError, frame.collect());
    expect(error.errorClass).toBe("CAST_INVALID_INPUT");
    expect(error.message).toContain("^^^^^^^^^^^^^^");
    expect(error.operationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("interrupts the query on the server when the signal aborts", async () => {
    const spark = open();
    const abort = new AbortController();
    const tag = `abort-${spark.sessionId}`;
    const collected = (await spark.sql(LONG)).collect({ signal: abort.signal, tags: [tag] });
    const failed = collected.catch((thrown: unknown) => thrown);
    await until(async () => (await runningJobs(tag)) > 0);
    const reason = new Error("enough");
    abort.abort(reason);
    expect(await failed).toBe(reason);
    await until(async () => (await runningJobs(tag)) === 0);
  }, 120_000);

  test("interrupts by tag, by operation or all, tells progress and what became of operations", async () => {
    const spark = open();
    const progress: QueryProgress[] = [];
    const tellsStates = Number(server?.version) >= 4.2;
    for (const by of ["tag", "operation", "all"] as const) {
      const operationId = crypto.randomUUID();
      const frame = await spark.sql(LONG);
      const options = { operationId, tags: ["mine"], onProgress: (now: QueryProgress) => progress.push(now) };
      const failed = failureOf(SparkError, frame.collect(options));
      if (tellsStates) {
        await until(async () => (await spark.operationStates([operationId])).get(operationId) === "running");
      }
      // Spark may start what it is told to stop before its tasks run.
      const runs = (now: QueryProgress): boolean => now.operationId === operationId && now.tasksRunning > 0;
      await until(() => Promise.resolve(progress.some(runs)));
      if (by === "tag") expect(await spark.interruptTag("mine")).toEqual([operationId]);
      if (by === "operation") expect(await spark.interruptOperation(operationId)).toEqual([operationId]);
      if (by === "all") expect(await spark.interruptAll()).toEqual([operationId]);
      expect((await failed).errorClass).toBe("OPERATION_CANCELED");
    }
    const unheard = crypto.randomUUID();
    if (tellsStates) expect((await spark.operationStates([unheard])).get(unheard)).toBe("unknown");
  }, 120_000);

  test("runs an operation ID once", async () => {
    const spark = open();
    await spark.sql("DROP TABLE IF EXISTS once");
    await spark.sql("CREATE TABLE once (id BIGINT) USING parquet");
    const operationId = crypto.randomUUID();
    await spark.sql("INSERT INTO once VALUES (1)", {}, { operationId });
    // Either the server has thrown the first one's result away and refuses, or it gives it again.
    const again = spark.sql("INSERT INTO once VALUES (1)", {}, { operationId });
    const outcome = await again.then(
      () => "given again",
      (thrown: unknown) => (thrown instanceof CairnError ? thrown.code : thrown),
    );
    expect(["given again", "SPARK_OUTCOME_UNKNOWN", "SPARK_QUERY_FAILED"]).toContain(outcome as string);
    expect(await spark.table("once").collect()).toEqual([{ id: 1n }]);
    await spark.sql("DROP TABLE once");
  });

  test("is found again by its ID, with what runs in it", async () => {
    const first = open();
    const operationId = crypto.randomUUID();
    await first.version();
    const plan = {
      opType: {
        case: "root" as const,
        value: { relType: { case: "range" as const, value: { end: 5n, step: 1n } } },
      },
    };
    // Left behind as a killed process leaves it: nothing is read to its end and nothing released.
    const left = first.execute(plan, { operationId });
    await left.next();
    const second = open({ sessionId: first.sessionId });
    let rows = 0;
    for await (const part of second.attach(operationId)) if (part.kind === "batch") rows += part.rows;
    expect(rows).toBe(5);
    await left.return(undefined);
  });

  test("that has ended on the server is told as lost", async () => {
    const spark = open();
    await spark.range(1).count();
    await open({ sessionId: spark.sessionId }).version();
    await sessions.at(-1)?.stop();
    const error = await failureOf(CairnError, spark.range(1).count());
    expect(["SPARK_SESSION_LOST", "SPARK_OPERATION_LOST"]).toContain(error.code);
    expect(
      (
        await failureOf(
          CairnError,
          spark.version().then(() => spark.conf.getAll()),
        )
      ).code,
    ).toBe("SPARK_SESSION_LOST");
  });

  test("lets a process end that still has it open", async () => {
    const program = `
      const { openSession } = await import(${JSON.stringify(new URL("../../src/spark/mod.ts", import.meta.url).pathname)});
      console.log(await openSession(${JSON.stringify(server?.url)}).range(3).count());`;
    const child = Bun.spawn([process.execPath, "-e", program], { stdout: "pipe", stderr: "inherit" });
    expect(await child.stdout.text()).toBe("3\n");
    expect(await child.exited).toBe(0);
  });
});

describe("a Spark session without a server", () => {
  const firstConnect = { firstMs: 1, factor: 1, longestMs: 1, giveUpMs: 5 };

  test("says that the connection was refused, and what to look at", async () => {
    const port = await freePort();
    const spark = openSession(`sc://127.0.0.1:${port}`, { firstConnect });
    const error = await failureOf(CairnError, spark.version());
    expect(error.message).toBe(
      `Cannot open a session on Spark at 127.0.0.1:${port}: the connection was refused`,
    );
    expect(error.hint).toContain("Is the Spark Connect server up");
    expect(error.code).toBe("SPARK_UNREACHABLE");
    await spark.stop();
  });

  test("says that a web server isn't Spark", async () => {
    using web = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("hello") });
    const spark = openSession(`sc://127.0.0.1:${web.port}`, { firstConnect });
    const error = await failureOf(CairnError, spark.version());
    expect(error.code).toBe("SPARK_UNREACHABLE");
    expect(error.hint).toContain("gRPC");
    await spark.stop();
  });
});
