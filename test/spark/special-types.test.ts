import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import type { JsonValue } from "../../src/base/mod.ts";
import { functions, openSession, Schema, type SparkSession } from "../../src/spark/mod.ts";
import { CalendarInterval } from "../../src/spark/value/calendar-interval.ts";
import { Geography } from "../../src/spark/value/geography.ts";
import { Geometry } from "../../src/spark/value/geometry.ts";
import { Variant } from "../../src/spark/value/variant.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { RARE_TYPES } from "./arrow/every-type.ts";
import { exactly } from "./arrow/exactly.ts";
import { ALL_TYPES, type Answer, type PySpark, SETTINGS, startPySpark } from "./pyspark.ts";

const server = await sharedSpark();
const newest = server !== undefined && server.version >= "4.3";
const POINT = Uint8Array.fromHex("0101000000000000000000f03f0000000000000040");
const { lit } = functions;

/** Objects of classes that PySpark brings along: how Spark calls the type, the object, and what it is stored as. */
const USER_TYPES: readonly (readonly [string, string, unknown])[] = [
  ["examplepoint", "objects.ExamplePoint(1.0, -0.0)", [1, -0]],
  ["pythonuserdefined", "objects.PythonOnlyPoint(1.5, 2.0)", [1.5, 2]],
  ["vector", "ml.Vectors.dense([1.0, 2.5])", { type: 1, size: null, indices: null, values: [1, 2.5] }],
  [
    "vector",
    "ml.Vectors.sparse(4, [1, 3], [1.0, 5.5])",
    { type: 0, size: 4, indices: [1, 3], values: [1, 5.5] },
  ],
  [
    "matrix",
    "ml.Matrices.dense(2, 1, [1.0, 2.0])",
    { type: 1, numRows: 2, numCols: 1, colPtrs: null, rowIndices: null, values: [1, 2], isTransposed: false },
  ],
];

/** Types as SQL writes them; PySpark's client can't name those with nanoseconds. */
const WRITTEN: readonly string[] = [
  "a geometry(0), b GEOMETRY( ANY ), c geography(4326), d array<geography(any)>",
  "a time, b time(0), c time(9) NOT NULL, d TIME (3) WITHOUT TIME ZONE, e map<time(2), time>",
  "a timestamp(6), b timestamp_ltz, c timestamp_ntz(6), d TIMESTAMP WITHOUT TIME ZONE, e timestamp with local time zone",
  "a struct<x: int NOT NULL COMMENT 'it', y: struct<>>, b array<string collate UTF8_LCASE>, c interval minute to second",
  "a varchar(3), b char(2), c character(4), d void, e variant, f interval",
];

/** Parts of the interval of 1 day, 2 hours, 3 minutes and 4.5 seconds, and of 1 year and 2 months. */
const RANGES: readonly (readonly [string, string])[] = [
  ["year", "P1Y"],
  ["month", "P1Y2M"],
  ["day", "P1D"],
  ["day to hour", "P1DT2H"],
  ["day to minute", "P1DT2H3M"],
  ["hour", "P1DT2H"],
  ["hour to minute", "P1DT2H3M"],
  ["hour to second", "P1DT2H3M4.5S"],
  ["minute", "P1DT2H3M"],
  ["minute to second", "P1DT2H3M4.5S"],
  ["second", "P1DT2H3M4.5S"],
];

describe.skipIf(!newest)("types that are more than their values", () => {
  let session: SparkSession;
  let python: PySpark;
  let folder: string;

  beforeAll(() => {
    if (!server) return;
    session = openSession(server.url, { settings: ALL_TYPES });
    python = startPySpark(server, ALL_TYPES);
    folder = server.folder;
  });

  afterAll(async () => {
    await python?.end();
    await session?.stop();
  });

  /** What PySpark says to some Python, or why it can't. */
  async function theirs(code: string): Promise<string> {
    const { error, schema } = await python.ask({ do: "run", python: code });
    return error ?? schema ?? "";
  }

  async function refusal(work: () => Promise<unknown>): Promise<string> {
    try {
      await work();
      return "";
    } catch (thrown) {
      return String(thrown);
    }
  }

  test("user-defined types are read as they are stored, and written back as themselves", async () => {
    const [from, to] = [`${folder}/user-types`, `${folder}/user-types-back`];
    const fields = USER_TYPES.flatMap(([, object], at) => [
      `T.StructField("u${at}", ${object}.__UDT__)`,
      `T.StructField("l${at}", T.ArrayType(${object}.__UDT__))`,
    ]);
    const objects = USER_TYPES.map(([, object]) => `${object}, [${object}, None]`).join(", ");
    const nulls = USER_TYPES.map(() => "None, []").join(", ");
    const type = `T.StructType([T.StructField("row", T.LongType()), ${fields.join(", ")}])`;
    const write = `spark.createDataFrame([(1, ${objects}), (2, ${nulls})], ${type}).write.parquet("${from}")`;
    expect(await python.ask({ do: "run", python: write })).toEqual({});
    const frame = session.read.parquet(from).orderBy("row");
    const rows = await frame.collectArrays();
    expect(exactly(rows)).toEqual(
      exactly([
        [1n, ...USER_TYPES.flatMap(([, , stored]) => [stored, [stored, null]])],
        [2n, ...USER_TYPES.flatMap(() => [null, []])],
      ]),
    );

    const schema = await frame.schema();
    expect(schema.simpleString()).toContain("u0:udt,l0:array<udt>,u1:udt,");
    for (const [at, [tree]] of USER_TYPES.entries()) {
      expect(schema.treeString()).toContain(`|-- u${at}: ${tree} (nullable = true)`);
    }
    const json = await theirs(`spark.read.parquet("${from}").schema.json()`);
    // One of PySpark's classes names a module that it isn't in.
    expect(schema.toJSON()).toEqual(
      JSON.parse(json.replaceAll("pyspark.sql.tests.", "pyspark.testing.objects.")) as JsonValue,
    );
    expect(Schema.fromJson(schema.toJSON())).toEqual(schema);

    expect(await session.read.schema(schema).parquet(from).schema()).toEqual(schema);

    const back = session.createDataFrame(rows, schema);
    expect(await back.schema()).toEqual(schema);
    await back.coalesce(1).write.parquet(to);
    const read = (path: string): Promise<Answer> => python.ask({ do: "read", path, columns: schema.names() });
    const answer = await read(to);
    expect(answer.rows?.[0]?.[1]).toEqual({ udt: "ExamplePoint(1.0,-0.0)" });
    expect(answer).toEqual(await read(from));
  }, 120_000);

  for (const { ddl, values } of RARE_TYPES) {
    test(`${ddl}: what we send comes back`, async () => {
      const rows = [null, ...values].map((value) => ({ v: value }));
      const frame = session.createDataFrame(rows, `v ${ddl}`);
      expect((await frame.collect()).map(exactly)).toEqual(rows.map(exactly));
      expect((await frame.schema()).simpleString()).toBe(Schema.parse(`v ${ddl}`).simpleString());
    }, 60_000);
  }

  test("timestamps in nanoseconds are sent in all years of Spark, and read in those of Arrow", async () => {
    const texts = ["0001-01-01T00:00:00.123456789", "9999-12-31T23:59:59.999999999"];
    const rows = texts.map((text) => [
      Temporal.Instant.from(`${text}Z`),
      [Temporal.PlainDateTime.from(text)],
    ]);
    const frame = session.createDataFrame(rows, "l timestamp_ltz(9), n array<timestamp_ntz(9)>");
    const shown = texts.map((text) => text.replace("T", " "));
    expect(await frame.selectExpr("cast(l AS string)", "cast(n[0] AS string)").collectArrays()).toEqual(
      shown.map((text) => [text, text]),
    );
    expect(await refusal(() => frame.collect())).toContain("[DATETIME_OVERFLOW]");
  }, 60_000);

  test("types are read from SQL as Spark reads them", async () => {
    for (const ddl of WRITTEN) {
      const parse = `spark._client._analyze(method="ddl_parse", ddl_string=${JSON.stringify(ddl)})`;
      const json = JSON.parse(await theirs(`${parse}.parsed.json()`)) as JsonValue;
      expect([ddl, Schema.parse(ddl).toJSON()]).toEqual([ddl, json]);
    }
  }, 60_000);

  test("and printed as Spark prints them, in one line and as a tree", async () => {
    const ours = Schema.parse(
      "a time(9), b timestamp_ntz(7), c timestamp_ltz(9), d geometry(any), e geography(4326), f geometry(102100)," +
        "g array<map<time(0), struct<`x y`: geometry(4267), z: interval>>>, h string collate UNICODE_CI, i interval hour",
    );
    const casts = ours.fields.map((field) => {
      const type = new Schema([field]).toDdl().replace(`\`${field.name}\``, "");
      return `cast(null AS ${type}) AS ${field.name}`;
    });
    const frame = await session.sql(`SELECT ${casts.join(", ")}`);
    await frame.createOrReplaceGlobalTempView("special_types");
    expect(await frame.schema()).toEqual(ours);
    const plan = `spark.table("global_temp.special_types")._plan.to_proto(spark._client)`;
    const tree = `spark._client._analyze(method="tree_string", plan=${plan}, level=None).tree_string`;
    expect(ours.treeString().trimEnd()).toBe((await theirs(tree)).trimEnd());
    const json = JSON.stringify(JSON.stringify(ours));
    const ddl = `spark._client._analyze(method="json_to_ddl", json_string=${json}).ddl_string`;
    expect(Schema.parse(await theirs(ddl))).toEqual(ours);
  }, 60_000);

  test("nanoseconds and times of day as arguments and as literals of columns", async () => {
    const values = {
      instant: Temporal.Instant.from("1950-01-01T00:00:00.123456789Z"),
      zoned: Temporal.ZonedDateTime.from("2024-01-01T00:00:00.000000001+01:00[Europe/Berlin]"),
      local: Temporal.PlainDateTime.from("1950-01-01T00:00:00.000000001"),
      plain: Temporal.PlainDateTime.from("1950-01-01T00:00:00.000001"),
      time: Temporal.PlainTime.from("23:59:59.999999999"),
      micros: Temporal.PlainTime.from("00:00:00.000001"),
      mixed: [Temporal.PlainTime.from("01:00"), null, Temporal.PlainTime.from("01:00:00.000000001")],
      points: [new Temporal.Instant(0n), new Temporal.Instant(1n)],
      keyed: new Map([[{ at: Temporal.PlainTime.from("01:00") }, "x"]]),
      empty: {},
    };
    const types =
      "struct<instant:timestamp_ltz(9),zoned:timestamp_ltz(9),local:timestamp_ntz(9),plain:timestamp_ntz," +
      "time:time(9),micros:time(6),mixed:array<time(9)>,points:array<timestamp_ltz(9)>," +
      "keyed:map<struct<at:time(6)>,string>,empty:struct<>>";
    const columns = Object.keys(values).map((name) => `:${name} AS ${name}`);
    const literals = Object.entries(values).map(([name, value]) => lit(value).alias(name));
    for (const frame of [
      await session.sql(`SELECT ${columns.join(", ")}`, values),
      session.range(1).select(...literals),
    ]) {
      expect((await frame.schema()).simpleString()).toBe(types);
      expect(exactly(await frame.first())).toEqual(exactly({ ...values, zoned: values.zoned.toInstant() }));
    }
  }, 60_000);

  test("casts to types as data and as SQL", async () => {
    const [time, shape] = ["time(3)", "geometry(any)"] as const;
    const types = Schema.parse(`t ${time}, g ${shape}, n timestamp_ntz(9)`).fields.map(({ type }) => type);
    const [ofTime, ofShape, ofNanos] = types;
    if (!ofTime || !ofShape || !ofNanos) throw new Error("three types are there");
    const frame = session
      .range(1)
      .select(
        lit(Temporal.PlainTime.from("01:02:03.123456789")).cast(ofTime).alias("t"),
        lit(new Geometry(POINT, 3857)).cast(ofShape).alias("g"),
        lit("0001-01-01 00:00:00.123456789").cast(ofNanos).cast("string").alias("n"),
      );
    expect((await frame.schema()).simpleString()).toBe(`struct<t:${time},g:${shape},n:string>`);
    expect(exactly(await frame.collectArrays())).toEqual(
      exactly([
        [Temporal.PlainTime.from("01:02:03.123"), new Geometry(POINT, 3857), "0001-01-01 00:00:00.123456789"],
      ]),
    );
  }, 60_000);

  test("intervals without range as literals of columns; of arguments Spark makes the range that fits", async () => {
    const values = [new CalendarInterval(-1, 2, -3n), new CalendarInterval(14, 0, 0n)] as const;
    const frame = session.range(1).select(lit(values[0]).alias("a"), lit(values[1]).alias("b"));
    expect((await frame.schema()).simpleString()).toBe("struct<a:interval,b:interval>");
    expect(exactly(await frame.collectArrays())).toEqual(exactly([values]));
    const bySql = await session.sql("SELECT :b AS b", { b: values[1] });
    expect((await bySql.schema()).simpleString()).toBe("struct<b:interval year to month>");
    expect(await refusal(() => session.sql("SELECT :a AS a", { a: values[0] }))).toContain(
      "Cannot mix year-month and day-time fields",
    );
  }, 60_000);

  test("shapes as literals of columns, though Spark has no literals of them", async () => {
    const shapes = [new Geometry(POINT, 3857), new Geometry(POINT, 0), new Geography(POINT, 4326)];
    const frame = session.range(1).select(...shapes.map((shape, at) => lit(shape).alias(`s${at}`)));
    expect(exactly(await frame.collectArrays())).toEqual(exactly([shapes]));
    expect((await frame.schema()).simpleString()).toBe(
      "struct<s0:geometry(3857),s1:geometry(0),s2:geography(4326)>",
    );
  }, 60_000);

  test("structs whose fields have one name are arrays", async () => {
    const frame = await session.sql("SELECT named_struct('a', 1, 'a', 'x') AS s, 1 AS n, 2 AS n");
    expect(await frame.collectArrays()).toEqual([[[1, "x"], 1, 2]]);
    const nested = frame.select("s");
    expect(await refusal(() => nested.collect())).toContain('two columns are called "a"');
    expect(await nested.collect<unknown>({ repeatedNames: "arrays" })).toEqual([{ s: [1, "x"] }]);
    const rows = [
      [[1, 2], 3, 4],
      [null, null, 5],
    ];
    const sent = session.createDataFrame(rows, "s struct<a:int,a:int>, n int, n int");
    expect(await sent.collectArrays()).toEqual(rows);
    expect((await sent.schema()).simpleString()).toBe("struct<s:struct<a:int,a:int>,n:int,n:int>");
  }, 60_000);

  test("every range of intervals is read; Spark takes the widest alone from clients, PySpark's too", async () => {
    const wide = { d: Temporal.Duration.from("P1DT2H3M4.5S"), y: Temporal.Duration.from("P1Y2M") };
    const frame = session
      .createDataFrame([wide], "d interval day to second, y interval year to month")
      .selectExpr(
        ...RANGES.map(([range], at) => `cast(${at < 2 ? "y" : "d"} AS interval ${range}) AS i${at}`),
      );
    expect((await frame.schema()).simpleString()).toBe(
      `struct<${RANGES.map(([range], at) => `i${at}:interval ${range}`).join(",")}>`,
    );
    expect(exactly(await frame.collectArrays())).toEqual(
      exactly([RANGES.map(([, text]) => Temporal.Duration.from(text))]),
    );
    const wanted = 'it\'s required to be "INTERVAL DAY"';
    const day = `[(__import__("datetime").timedelta(days=1),)]`;
    expect(await theirs(`str(spark.createDataFrame(${day}, "d interval day").collect())`)).toContain(wanted);
    expect(
      await refusal(() => session.createDataFrame([{ d: wide.d }], "d interval day").collect()),
    ).toContain(wanted);
  }, 60_000);

  test("what Spark's own client can't send, this one doesn't either, and both say why", async () => {
    const shape = new Geometry(POINT, 3857);
    const theirShape = `T.Geometry(bytes.fromhex("${POINT.toHex()}"), 3857)`;
    const pairs: readonly (readonly [string, () => Promise<unknown>, string, string])[] = [
      [
        `spark.sql("SELECT :g", {"g": ${theirShape}})`,
        () => session.sql("SELECT :g", { g: shape }),
        "[UNSUPPORTED_DATA_TYPE] Unsupported DataType `Geometry`",
        "Cannot send a geometry to Spark as an argument or within another value: Spark has no literals of the type",
      ],
      [
        `spark.sql("SELECT :v", {"v": T.VariantVal(b"\\0", b"\\1\\0\\0")})`,
        () => session.sql("SELECT :v", { v: new Variant(Uint8Array.of(0)) }),
        "[UNSUPPORTED_DATA_TYPE] Unsupported DataType `VariantVal`",
        "Cannot send a variant to Spark by itself: Spark has no literals of the type",
      ],
      [
        `spark.createDataFrame([("a",)], "c char(5)").collect()`,
        () => session.createDataFrame([{ c: "a" }], "c char(5)").collect(),
        "CharType(5) is not supported in conversion to Arrow",
        "[UNSUPPORTED_CHAR_OR_VARCHAR_AS_STRING]",
      ],
      [
        `spark.createDataFrame([(${theirShape},)], T.StructType([T.StructField("g", T.GeometryType(12))]))`,
        () => session.createDataFrame([{ g: new Geometry(POINT, 12) }]).collect(),
        "[ST_INVALID_SRID_VALUE] Invalid or unsupported SRID (spatial reference identifier) value: 12",
        "[ST_INVALID_SRID_VALUE] Invalid or unsupported SRID (spatial reference identifier) value: 12",
      ],
      [
        `spark.createDataFrame([(${theirShape},)], "g geometry(0)").collect()`,
        () => session.createDataFrame([{ g: shape }], "g geometry(0)").collect(),
        "[GEO_ENCODER_SRID_MISMATCH_ERROR]",
        'row 0 to Spark, column "g": it is in the reference system 3857, and the column in 0',
      ],
    ];
    for (const [code, work, their, our] of pairs) {
      expect(await theirs(code)).toContain(their);
      expect(await refusal(work)).toContain(our);
    }
  }, 60_000);

  test("what PySpark's client can't read, this one does: nanoseconds and intervals without range", async () => {
    const values = "timestamp_ntz'2024-01-01 00:00:00.123456789' AS t, make_interval(1) AS i";
    const their = async (column: string): Promise<string | undefined> =>
      (await python.ask({ do: "sql", query: `SELECT ${column} FROM (SELECT ${values})` })).error;
    expect(await their("t")).toContain("data type timestamp_ntz_nanos");
    expect(await their("i")).toContain("is not supported in conversion to Arrow");
    expect(exactly(await (await session.sql(`SELECT ${values}`)).collectArrays())).toEqual(
      exactly([
        [Temporal.PlainDateTime.from("2024-01-01T00:00:00.123456789"), new CalendarInterval(12, 0, 0n)],
      ]),
    );
  }, 60_000);

  test("what is switched off in Spark is said by Spark, with the setting", async () => {
    const other = openSession(server?.url ?? "", { settings: SETTINGS });
    try {
      const nanos = { t: new Temporal.Instant(1n) };
      const setting = "spark.sql.timestampNanosTypes.enabled";
      expect(await refusal(() => other.sql("SELECT :t", nanos))).toContain(setting);
      const sent = other.createDataFrame([nanos], "t timestamp_ltz(9)");
      expect(await refusal(() => sent.collect())).toContain(setting);
      const time = other.createDataFrame([{ t: Temporal.PlainTime.from("01:00") }]);
      expect(await refusal(() => time.collect())).toContain("[UNSUPPORTED_TIME_TYPE]");
    } finally {
      await other.stop();
    }
  }, 60_000);

  test("char and varchar keep their types where the session says so", async () => {
    const settings = { ...SETTINGS, "spark.sql.preserveCharVarcharTypeInfo": "true" };
    const other = openSession(server?.url ?? "", { settings });
    try {
      const frame = await other.sql("SELECT cast('a' AS char(5)) AS c, cast('ab' AS varchar(3)) AS v");
      expect((await frame.schema()).simpleString()).toBe("struct<c:char(5),v:varchar(3)>");
      expect(await frame.first<unknown>()).toEqual({ c: "a    ", v: "ab" });
    } finally {
      await other.stop();
    }
  }, 60_000);
});
