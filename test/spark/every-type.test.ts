import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { functions, openSession, type SparkSession } from "../../src/spark/mod.ts";
import { CalendarInterval } from "../../src/spark/value/calendar-interval.ts";
import { Decimal } from "../../src/spark/value/decimal.ts";
import type { SparkValue } from "../../src/spark/value/spark-value.ts";
import type { Variant } from "../../src/spark/value/variant.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { EVERY_TYPE } from "./arrow/every-type.ts";
import { exactly } from "./arrow/exactly.ts";
import { ALL_TYPES, type Answer, type PySpark, startPySpark } from "./pyspark.ts";

const server = await sharedSpark();

/** Parquet has no void; DataFrames have no char and varchar, tables have: they are tested below. */
const IN_FRAMES = EVERY_TYPE.filter(
  ({ ddl, since = "" }) => !/^(void|char|varchar)/.test(ddl) && (server?.version ?? "") >= since,
);
const COLUMNS = IN_FRAMES.map((given, index) => ({
  ...given,
  name: `c${index}`,
  values: [null, ...given.values],
}));
const ROWS = Math.max(...COLUMNS.map(({ values }) => values.length));

function valueAt(values: readonly SparkValue[], row: number): SparkValue {
  return values[row] ?? null;
}

/** Days that Spark changes in literals; in rows it doesn't. */
function isInGap(value: SparkValue): boolean {
  return value instanceof Temporal.PlainDate && value.toString() === "1582-10-10";
}

function ddlOf(columns: typeof COLUMNS): string {
  return ["row int", ...columns.map(({ name, ddl }) => `${name} ${ddl}`)].join(", ");
}

describe.skipIf(server === undefined)("every type of Spark, one wide table", () => {
  let session: SparkSession;
  let python: PySpark;
  let written: Record<string, unknown>[];
  let readByPython: Answer;
  let local: Record<string, unknown>[];

  beforeAll(async () => {
    if (!server) return;
    session = openSession(server.url, { settings: ALL_TYPES });
    python = startPySpark(server, ALL_TYPES);
    const [theirs, ours] = [`${server.folder}/types-by-pyspark`, `${server.folder}/types-by-cairn`];
    const known = COLUMNS.filter(({ texts }) => texts === undefined);
    const unknown = COLUMNS.filter(({ texts }) => texts !== undefined);
    const writing = python.ask({
      do: "write",
      path: theirs,
      ddl: ddlOf(known),
      rows: Array.from({ length: ROWS }, (_, row) => [
        { int: String(row) },
        ...known.map(({ values }) => exactly(valueAt(values, row))),
      ]),
      // Types that PySpark has no values for are written by Spark out of texts.
      more: unknown.map(({ name, ddl, texts = [] }) => {
        const given = ["null", ...texts.map((text) => `"${text}"`)];
        return `cast(get(array(${given.join(", ")}), row) AS ${ddl}) AS ${name}`;
      }),
    });
    const rows = Array.from({ length: ROWS }, (_, row) =>
      Object.fromEntries([["row", row], ...COLUMNS.map(({ name, values }) => [name, valueAt(values, row)])]),
    );
    const frame = session.createDataFrame(rows, ddlOf(COLUMNS));
    local = await frame.collect<Record<string, unknown>>();
    await frame.coalesce(1).write.parquet(ours);
    readByPython = await python.ask({
      do: "read",
      path: ours,
      columns: [
        "row",
        ...COLUMNS.map(({ name, texts }) => (texts ? `cast(${name} AS string) AS ${name}` : name)),
      ],
    });
    expect(await writing).toEqual({});
    written = await session.read.parquet(theirs).orderBy("row").collect<Record<string, unknown>>();
  }, 240_000);

  afterAll(async () => {
    await python?.end();
    await session?.stop();
  });

  for (const [index, { ddl, name, values, texts }] of COLUMNS.entries()) {
    const all = Array.from({ length: ROWS }, (_, row) => exactly(valueAt(values, row)));

    test(`${ddl}: what PySpark wrote is what we read`, () => {
      expect(written.map((row) => exactly(row[name]))).toEqual(all);
    });

    test(`${ddl}: what we wrote is what PySpark reads`, () => {
      expect(readByPython.error).toBeUndefined();
      const expected = texts
        ? Array.from({ length: ROWS }, (_, row) => exactly(row === 0 ? null : texts[row - 1]))
        : all;
      expect(readByPython.rows?.map((row) => row[index + 1])).toEqual(expected);
    });

    test(`${ddl}: what we send comes back`, () => {
      expect(local.map((row) => exactly(row[name]))).toEqual(all);
    });
  }

  test("all values are the same as arguments of SQL, and as literals of columns", async () => {
    const values = COLUMNS.filter(({ ddl }) => !/geometry|geography/.test(ddl))
      .flatMap((column) => column.values)
      .filter((value) => !isInGap(value));
    const named = Object.fromEntries(values.map((value, index) => [`a${index}`, value]));
    const columns = Object.keys(named).map((name) => `:${name} AS ${name}`);
    const literals = Object.entries(named).map(([name, value]) => functions.lit(value).alias(name));
    for (const frame of [
      await session.sql(`SELECT ${columns.join(", ")}`, named),
      session.range(1).select(...literals),
    ]) {
      expect((await frame.collectArrays())[0]?.map(exactly)).toEqual(values.map(exactly));
    }
    const gap = Temporal.PlainDate.from("1582-10-10");
    expect(isInGap(gap)).toBe(true);
    expect(() => functions.lit(gap)).toThrow("Spark changes literals from 1582-10-05 to 1582-10-14");
    expect(() => functions.lit([Temporal.Instant.from("1582-10-14T23:59:59Z")])).toThrow("another day");
  }, 60_000);

  test("char and varchar: columns of tables, padded and bounded by Spark", async () => {
    await session.sql("DROP TABLE IF EXISTS types_sized");
    await session.sql("CREATE TABLE types_sized (c char(5), v varchar(5)) USING parquet");
    const frame = session.createDataFrame(
      [
        { c: "ab", v: "abcde" },
        { c: null, v: "" },
      ],
      "c string, v string",
    );
    await frame.write.insertInto("types_sized");
    const table = session.table("types_sized");
    expect(await python.ask({ do: "sql", query: "SELECT * FROM types_sized ORDER BY v" })).toEqual({
      schema: "struct<c:string,v:string>",
      rows: [
        [null, { text: "" }],
        [{ text: "ab   " }, { text: "abcde" }],
      ],
    });
    expect(await table.orderBy("v").collect()).toEqual([
      { c: null, v: "" },
      { c: "ab   ", v: "abcde" },
    ]);
    expect((await table.schema()).simpleString()).toBe("struct<c:string,v:string>");
    const long = session.createDataFrame([{ c: "abcdef", v: "" }], "c string, v string");
    const refused = await long.write.insertInto("types_sized").catch((thrown: unknown) => thrown);
    expect(String(refused)).toContain("EXCEED_LIMIT_LENGTH");
  }, 60_000);

  test("void: a column of nothing but null", async () => {
    const frame = session.createDataFrame([{ n: null }], "n void");
    expect(await frame.collect()).toEqual([{ n: null }]);
    expect((await frame.schema()).simpleString()).toBe("struct<n:void>");
  }, 60_000);

  test("variant: the same bytes as PySpark's client gets, and sent back", async () => {
    const query = `SELECT parse_json(text) AS v FROM VALUES
      ('{"b": [1, 2.50, "x", null, true], "a": {"deep": -9007199254740993}, "big": 1e300}'),
      ('"Grüße"'), ('12345678901234567890.12'), (NULL) AS t(text)`;
    const frame = await session.sql(query);
    const rows = await frame.collect<{ v: Variant | null }>();
    expect(rows.map(({ v }) => [exactly(v)])).toEqual([
      ...((await python.ask({ do: "sql", query })).rows ?? []),
    ] as never);
    expect(rows.map(({ v }) => exactly(v?.toValue()))).toEqual([
      exactly({
        a: { deep: -9007199254740993n },
        b: [1, Decimal.parse("2.50"), "x", null, true],
        big: 1e300,
      }),
      { text: "Grüße" },
      { decimal: "12345678901234567890.12" },
      null,
    ]);
    const sent = session.createDataFrame(rows, "v variant");
    expect((await sent.collect()).map(exactly)).toEqual(rows.map(exactly));
    expect(await sent.selectExpr("variant_get(v, '$.a.deep', 'bigint') AS d").first()).toEqual({
      d: -9007199254740993n,
    });
  }, 60_000);

  test("interval without range, which PySpark's client can't read", async () => {
    const frame = await session.sql("SELECT make_interval(1, 2, 0, -3, 4, 5, 6.789) AS i");
    expect((await frame.first<{ i: unknown }>())?.i).toEqual(new CalendarInterval(14, -3, 14_706_789_000n));
    expect(await frame.selectExpr("cast(i AS string) AS i").first()).toEqual({
      i: "1 years 2 months -3 days 4 hours 5 minutes 6.789 seconds",
    });
  }, 60_000);

  test("timestamps are points in time, whatever zone the session has", async () => {
    const other = openSession(server?.url ?? "", {
      settings: { "spark.sql.session.timeZone": "Asia/Kolkata" },
    });
    try {
      const frame = await other.sql("SELECT timestamp'2024-02-29 01:02:03.123456' AS t, :at AS a", {
        at: Temporal.Instant.from("2024-02-28T19:32:03.123456Z"),
      });
      const row = await frame.first();
      expect(exactly(row)).toEqual(
        exactly({
          t: Temporal.Instant.from("2024-02-28T19:32:03.123456Z"),
          a: Temporal.Instant.from("2024-02-28T19:32:03.123456Z"),
        }),
      );
    } finally {
      await other.stop();
    }
  }, 60_000);

  test("values beyond what Temporal has are refused, with a way out", async () => {
    const frame = await session.sql("SELECT date_add(date'9999-12-31', 200000000) AS d");
    const refused = await frame.collect().catch((thrown: unknown) => thrown);
    expect(String(refused)).toContain(
      "Cannot read a date from Spark: 202932896 lies outside of what Temporal has",
    );
  }, 60_000);
});
