import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { CairnError } from "../../src/base/mod.ts";
import { steeringOf } from "../../src/sdk/mod.ts";
import {
  col,
  Decimal,
  functions,
  lit,
  openSession,
  type QueryProgress,
  type SparkError,
  type SparkInput,
  type SparkSession,
  Window,
} from "../../src/spark/mod.ts";
import { tempDir } from "../kit/mod.ts";
import { until } from "../run/pipeline-kit.ts";
import { installed, type RunningServer, serverFor } from "../servers/mod.ts";
import { Gate } from "../servers/spark/gate.ts";
import { type SparkServer, startSpark } from "../servers/spark/spark-server.ts";
import { spark } from "../servers/spark/spark.ts";
import type { SparkVersion } from "../servers/spark/versions.ts";
import { exactly } from "./arrow/exactly.ts";
import { tcpProxy } from "./tcp-proxy.ts";
import { VersionRun } from "./version-run.ts";

/** What older servers have, on real ones: 3.5 always, the others where tests may take long. */
const VERSIONS: readonly SparkVersion[] =
  process.env["CAIRN_TEST_LONG"] === "1" ? ["3.5", "4.0", "4.1", "4.2"] : ["3.5"];
/** A busy machine starts servers and runs late. */
const TIMEOUT_MS = 300_000;
/** Enough for these tests, beside the server of the others. */
const HEAP = "700m";

const F = functions;

async function thrownBy(work: Promise<unknown>): Promise<SparkError> {
  const thrown: unknown = await work.then(
    () => new Error("it didn't fail"),
    (reason: unknown) => reason,
  );
  return thrown as SparkError;
}

/** One value of each type that 3.5 has. */
const VALUES: Readonly<Record<string, SparkInput>> = {
  bool: true,
  text: "it's",
  int: 5,
  long: 3_000_000_000n,
  double: -0,
  decimal: Decimal.parse("12.340"),
  bytes: Uint8Array.of(1, 255),
  day: Temporal.PlainDate.from("2024-02-29"),
  instant: Temporal.Instant.from("2024-02-29T00:00:00.000001Z"),
  local: Temporal.PlainDateTime.from("2024-02-29T01:02:03.000004"),
  months: Temporal.Duration.from({ years: 1, months: 2 }),
  micros: Temporal.Duration.from({ seconds: -1, milliseconds: -500 }),
};
const DDL =
  "bool boolean, text string, int int, long bigint, double double, decimal decimal(5,3), bytes binary, day date, " +
  "instant timestamp, local timestamp_ntz, months interval year to month, micros interval day to second";

/** Values with others in them, nulls and objects among these. */
const MADE: readonly SparkInput[] = Object.values(VALUES).flatMap((value): SparkInput[] => [
  [value, null],
  [[value], []],
  { a: value, b: null },
  [{ a: value }, null],
  new Map([
    ["k", value],
    ["l", null],
  ]),
]);

for (const version of VERSIONS) {
  const there = await serverFor(`spark ${version}`, async (mayInstall) =>
    installed(await spark(version), mayInstall),
  );
  const isOld = version === "3.5";

  describe.skipIf(there === undefined)(`Spark ${version}`, () => {
    let server: SparkServer & RunningServer;
    let session: SparkSession;

    beforeAll(async () => {
      server = await startSpark({ mayInstall: false, version, heap: HEAP });
      session = openSession(server.url, { settings: { "spark.sql.session.timeZone": "UTC" } });
      await session.range(1).count();
    }, TIMEOUT_MS);

    afterAll(async () => {
      await session?.stop();
      await server?.stop();
    });

    test("tells its version and takes settings", async () => {
      expect(await session.version()).toStartWith(`${version}.`);
      await session.conf.set("spark.sql.shuffle.partitions", 3);
      expect(await session.conf.get("spark.sql.shuffle.partitions")).toBe("3");
      expect(await session.conf.get("no.such", "fallback")).toBe("fallback");
      await session.conf.unset("spark.sql.shuffle.partitions");
      expect(await session.conf.get("spark.sql.shuffle.partitions")).not.toBe("3");
    });

    test("takes arguments of SQL by name and by place", async () => {
      const names = Object.keys(VALUES);
      const named = await session.sql(
        `SELECT ${names.map((name) => `:${name} AS ${name}`).join(", ")}`,
        VALUES,
      );
      expect(exactly(await named.first())).toEqual(exactly(VALUES));
      const plain = {
        list: [1, 2],
        nested: [["a"], ["b"]],
        map: new Map([["k", 1.5]]),
        object: { a: 1, b: ["x"] },
      };
      const frame = await session.sql(
        "SELECT :list AS list, :nested AS nested, :map AS map, :object AS object",
        plain,
      );
      expect(exactly(await frame.first())).toEqual(exactly(plain));
      expect(await (await session.sql("SELECT ? || ? AS s", ["a?", ":b"])).collect()).toEqual([
        { s: "a?:b" },
      ]);
    });

    test("takes values with nulls and objects in them exactly, or says that it can't", async () => {
      const columns = MADE.map((value, index) => lit(value).alias(`c${index}`));
      expect(
        exactly(
          await session
            .range(1)
            .select(...columns)
            .collectArrays(),
        ),
      ).toEqual(exactly([MADE]));
      const asked = session.sql(`SELECT ${MADE.map(() => "?").join(", ")}`, MADE);
      if (isOld) {
        const { message, code } = await thrownBy(asked);
        expect(code).toBe("SPARK_PLAN_INVALID");
        expect(message).toContain("Cannot send the argument number 1 to Spark 3.5");
        expect(message).toContain(
          "it has a null within an array, which arguments of sql can have since Spark 4.0",
        );
      } else expect(exactly(await (await asked).collectArrays())).toEqual(exactly([MADE]));
    });

    test("reads what is written, with each type's value", async () => {
      const path = `${server.folder}/types`;
      const none = Object.fromEntries(Object.keys(VALUES).map((name) => [name, null]));
      const rows = [VALUES, none];
      await session.createDataFrame(rows, DDL).coalesce(1).write.parquet(path);
      expect(exactly(await session.read.parquet(path).collect())).toEqual(exactly(rows));
      const error = await thrownBy(session.createDataFrame(rows, DDL).write.parquet(path));
      expect(error.errorClass).toBe("PATH_ALREADY_EXISTS");
      const lines = [
        { id: 1n, text: "x" },
        { id: 2n, text: null },
      ];
      const frame = session.createDataFrame(lines, "id bigint, text string").coalesce(1);
      await frame.write.mode("overwrite").option("header", true).csv(`${path}-csv`);
      const read = session.read.option("header", true).schema("id bigint, text string").csv(`${path}-csv`);
      expect(await read.orderBy("id").collect()).toEqual(lines);
      await frame.write.partitionBy("text").json(`${path}-json`);
      expect(await session.read.json(`${path}-json`).count()).toBe(2);
    });

    test("has tables and views", async () => {
      const frame = session.range(3).withColumn("text", lit("x"));
      await session.sql("DROP TABLE IF EXISTS kept");
      await frame.write.saveAsTable("kept");
      await frame.write.insertInto("kept");
      await frame.write.insertInto("kept", { overwrite: true });
      expect(await session.table("kept").count()).toBe(3);
      await frame.createOrReplaceTempView("shown");
      expect(await (await session.sql("SELECT max(id) AS m FROM shown")).collect()).toEqual([{ m: 2n }]);
      await session.sql("DROP TABLE kept");
    });

    test("gives rows as objects, one by one and as Arrow, and tells their schema and plan", async () => {
      const frame = session
        .range(0, { start: -50_000, partitions: 3 })
        .withColumn("s", col("id").cast("string"));
      const table = await frame.toArrow();
      expect([table.rows, table.schema.simpleString()]).toEqual([50_000, "struct<id:bigint,s:string>"]);
      let due = -50_000n;
      for await (const { id, s } of frame.rows()) if (id === due && s === String(due)) due++;
      expect(due).toBe(0n);
      expect((await frame.schema()).toDdl()).toBe("`id` BIGINT NOT NULL, `s` STRING NOT NULL");
      expect(await frame.explain("extended")).toContain("Physical Plan");
      expect(await frame.limit(1).showString()).toContain("-50000");
    });

    test("knows the verbs of DataFrames", async () => {
      const orders = await session.sql(
        "SELECT * FROM VALUES (1, 'ann', 2.50BD), (2, 'bob', 1.00BD), (3, 'ann', NULL) AS t(id, who, price)",
      );
      const people = await session.sql("SELECT * FROM VALUES ('ann', 31), ('cid', 7) AS t(who, age)");
      const sums = orders.groupBy("who").agg(F.sum("price").alias("s"), F.count("*").alias("n"));
      expect(exactly(await sums.orderBy("who").collect())).toEqual(
        exactly([
          { who: "ann", s: Decimal.parse("2.50"), n: 2n },
          { who: "bob", s: Decimal.parse("1.00"), n: 1n },
        ]),
      );
      const joined = orders.join(people, "who", "left").withColumnsRenamed({ age: "years", who: "name" });
      const picked = joined.filter(col("price").isNotNull()).select("id", "name", "years").orderBy("id");
      expect(await picked.collectArrays()).toEqual([
        [1, "ann", 31],
        [2, "bob", null],
      ]);
      const ranked = F.rowNumber().over(Window.partitionBy("who").orderBy(col("id").desc()));
      const last = orders.withColumn("rank", ranked).filter("rank = 1").drop("price", "rank").distinct();
      expect(await last.orderBy("id").collectArrays()).toEqual([
        [2, "bob"],
        [3, "ann"],
      ]);
      const doubled = F.transform(F.array(lit(1), lit(2)), (item) => item.multiply(2));
      expect(await session.range(1).select(doubled.alias("x")).collect()).toEqual([{ x: [2, 4] }]);
      expect(await orders.union(orders).dropDuplicates("who").count()).toBe(2);
    });

    test("refuses what came later, before anything is sent, and says with which version it came", async () => {
      const range = session.range(1);
      const subquery = range.filter(session.range(2).exists());
      const later: readonly (readonly [string, () => Promise<unknown>])[] = [
        ["4.0", () => range.select(lit("1").tryCast("int")).collect()],
        ["4.0", () => subquery.collect()],
        ["4.1", () => range.select(lit(Temporal.PlainTime.from("01:02:03"))).collect()],
        ["4.2", () => session.operationStates([crypto.randomUUID()])],
        ["4.3", () => range.select(lit(Temporal.Instant.from("2024-01-01T00:00:00.000000001Z"))).collect()],
      ];
      for (const [since, work] of later) {
        if (Number(since) <= Number(version)) continue;
        const { code, message } = await thrownBy(work());
        expect([since, code]).toEqual([since, "SPARK_UNSUPPORTED"]);
        expect(message).toContain(`came with Spark ${since}`);
      }
    });

    test("says of errors their class, and where in the query they are; they are permanent", async () => {
      const unknown = await thrownBy(session.sql("SELECT\n  id,\n  nope\nFROM range(3)"));
      expect(unknown.errorClass).toBe("UNRESOLVED_COLUMN.WITH_SUGGESTION");
      expect(unknown.message).toEndWith("(line 3, column 3)\n1 | SELECT\n2 |   id,\n3 |   nope\n  |   ^^^^");
      expect(unknown.sqlState).toBe(isOld ? undefined : "42703");
      const wrong = await thrownBy(session.sql("SELECT 1\nFORM x WHERE"));
      expect([wrong.errorClass, wrong.place?.line]).toEqual(["PARSE_SYNTAX_ERROR", 2]);
      await session.conf.set("spark.sql.ansi.enabled", true);
      const divided = await thrownBy((await session.sql("SELECT id / 0 FROM range(2)")).collect());
      expect(divided.errorClass).toBe("DIVIDE_BY_ZERO");
      expect(divided.message).toEndWith(
        "(line 1, column 8)\n1 | SELECT id / 0 FROM range(2)\n  |        ^^^^^^",
      );
      await session.conf.unset("spark.sql.ansi.enabled");
      expect([unknown, wrong, divided].map(steeringOf)).toEqual(["permanent", "permanent", "permanent"]);
    });

    test(
      "interrupts a query whose signal aborts, and tells progress from 4.0 on",
      async () => {
        using gate = new Gate();
        const progress: QueryProgress[] = [];
        const abort = new AbortController();
        const options = { signal: abort.signal, onProgress: (now: QueryProgress) => progress.push(now) };
        const failed = thrownBy((await session.sql(gate.query)).collect(options));
        await until("the query's tasks", () => gate.begun === Gate.tasks, TIMEOUT_MS);
        if (!isOld) await until("progress", () => progress.some((now) => now.tasksRunning > 0), TIMEOUT_MS);
        const reason = new Error("enough");
        abort.abort(reason);
        expect(await failed).toBe(reason as CairnError as SparkError);
        if (isOld) expect(progress).toEqual([]);
        expect(await session.interruptAll()).toEqual([]);
      },
      TIMEOUT_MS,
    );

    test(
      "gives each row once over connections that break, and no write twice",
      async () => {
        await using proxy = await tcpProxy(server.port);
        await using other = openSession(`sc://127.0.0.1:${proxy.port}`);
        let bytes = 0;
        proxy.breaks = (more) => (bytes += more) > 400_000 && (bytes = 0) === 0;
        const frame = await other.sql("SELECT id, sha1(CAST(id AS STRING)) AS h FROM range(0, 30000, 1, 20)");
        let due = 0n;
        for await (const { id, h } of frame.rows()) {
          expect([id, h]).toEqual([due, new Bun.CryptoHasher("sha1").update(String(due)).digest("hex")]);
          due++;
        }
        expect(due).toBe(30_000n);
        expect(proxy.broken).toBeGreaterThan(0);
        proxy.breaks = () => false;
        await other.sql("CREATE TABLE broken (id BIGINT) USING parquet");
        using gate = new Gate();
        const gated = await other.sql(gate.query);
        const written = gated.write.insertInto("broken");
        await until("the write's tasks", () => gate.begun === Gate.tasks, TIMEOUT_MS);
        const before = proxy.broken;
        proxy.breakAll();
        gate.open();
        const outcome = await written.then(
          () => "done",
          (thrown: unknown) => (thrown as CairnError).code,
        );
        expect(proxy.broken).toBeGreaterThan(before);
        // Nothing had come back of the write: 3.5 doesn't tell whether it is the same server that is asked again.
        expect(["done", ...(isOld ? ["SPARK_OUTCOME_UNKNOWN"] : [])]).toContain(outcome);
        if (outcome === "done") expect(await other.table("broken").count()).toBe(Gate.ids.length);
        expect(gate.begun).toBe(Gate.tasks);
        await other.sql("DROP TABLE broken");
      },
      TIMEOUT_MS,
    );

    test(
      "is told by doctor and validate --resources, with what it hasn't",
      async () => {
        using run = new VersionRun(server.url, tempDir("cairn-version-"));
        const { version: told, warnings } = await run.reached();
        expect(told).toStartWith(`${version}.`);
        expect(warnings).toEqual(isOld ? [expect.stringContaining("no details of errors")] : []);
      },
      TIMEOUT_MS,
    );

    test(
      "serves sql and quality.check",
      async () => {
        using run = new VersionRun(server.url, tempDir("cairn-version-"));
        expect(await run.sqlAndChecks()).toEqual({ rows: 2, passed: 2 });
      },
      TIMEOUT_MS,
    );

    test(
      "has sparkOnce write once, and finds what was killed; 3.5 cannot say that it never had an operation",
      async () => {
        using run = new VersionRun(server.url, tempDir("cairn-version-"));
        await session.sql("CREATE TABLE once (id BIGINT) USING parquet");
        using open = new Gate();
        open.open();
        expect((await run.once(open.query, "first")).code).toBe(0);
        expect(await session.table("once").count()).toBe(Gate.ids.length);
        using gate = new Gate();
        await run.killed(gate.query, () => gate.begun === Gate.tasks);
        gate.open();
        const resumed = await run.once(gate.query, "second");
        expect(resumed.code, resumed.stdout + resumed.stderr).toBe(0);
        await session.sql("REFRESH TABLE once");
        expect(await session.table("once").count()).toBe(2 * Gate.ids.length);
        expect(gate.begun).toBe(Gate.tasks);
        const unheard = await session.operationEnd(crypto.randomUUID());
        expect(unheard).toEqual({ how: isOld ? "lost" : "absent" });
      },
      TIMEOUT_MS,
    );
  });
}
