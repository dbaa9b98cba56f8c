import { CalendarInterval } from "../../../src/spark/value/calendar-interval.ts";
import { Decimal } from "../../../src/spark/value/decimal.ts";
import { Geography } from "../../../src/spark/value/geography.ts";
import { Geometry } from "../../../src/spark/value/geometry.ts";
import type { SparkValue } from "../../../src/spark/value/spark-value.ts";

/** A type as DDL, and values at its edges; null is added to each by the tests. */
export interface TypeCase {
  readonly ddl: string;
  readonly values: readonly SparkValue[];
  /** The values as Spark writes them, for types and values that PySpark's client has none for. */
  readonly texts?: readonly string[];
  /** The first version of Spark that has the type; all do by default. */
  readonly since?: string;
}

const MAX_DECIMAL = 10n ** 38n - 1n;
const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);

/** As Well-Known Binary: POINT(1 2), LINESTRING EMPTY, and the square from 0 to 1. */
const POINT = Uint8Array.fromHex("0101000000000000000000f03f0000000000000040");
const NOTHING = Uint8Array.fromHex("010200000000000000");
const SQUARE = Uint8Array.fromHex(
  "0103000000010000000500000000000000000000000000000000000000" +
    "000000000000f03f0000000000000000000000000000f03f000000000000f03f" +
    "0000000000000000000000000000f03f00000000000000000000000000000000",
);

/** Every type of Spark SQL that has values, with its edges. */
export const EVERY_TYPE: readonly TypeCase[] = [
  { ddl: "void", values: [] },
  { ddl: "boolean", values: [true, false] },
  { ddl: "tinyint", values: [-128, 127, 0] },
  { ddl: "smallint", values: [-32_768, 32_767, 0] },
  { ddl: "int", values: [-2_147_483_648, 2_147_483_647, 0] },
  { ddl: "bigint", values: [LONG_MIN, LONG_MAX, 0n, 9_007_199_254_740_993n] },
  {
    ddl: "float",
    values: [0, -0, 1.5, Number.NaN, Infinity, -Infinity, 2 ** -149, 3.402_823_466_385_288_6e38],
  },
  {
    ddl: "double",
    values: [0, -0, 0.1, Number.NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE, 2 ** 53 + 2],
  },
  { ddl: "decimal(1,0)", values: [new Decimal(9n, 0), new Decimal(-9n, 0)] },
  {
    ddl: "decimal(10,2)",
    values: [Decimal.parse("12345678.90"), Decimal.parse("-0.01"), new Decimal(0n, 2)],
  },
  {
    ddl: "decimal(38,0)",
    values: [new Decimal(MAX_DECIMAL, 0), new Decimal(-MAX_DECIMAL, 0), new Decimal(2n ** 63n, 0)],
  },
  {
    ddl: "decimal(38,18)",
    values: [new Decimal(MAX_DECIMAL, 18), new Decimal(LONG_MIN, 18), new Decimal(LONG_MIN - 1n, 18)],
  },
  { ddl: "decimal(38,38)", values: [new Decimal(MAX_DECIMAL, 38), new Decimal(-1n, 38)] },
  { ddl: "string", values: ["", "a", "Grüße 🦆", "\uFEFFbom", "line\nfeed\0nul", "x".repeat(5000)] },
  { ddl: "string collate UNICODE", values: ["", "Ünïcode"] },
  { ddl: "char(5)", values: ["ab   ", "abcde"] },
  { ddl: "varchar(5)", values: ["", "ab"] },
  { ddl: "binary", values: [new Uint8Array(), Uint8Array.of(0, 255, 128), new Uint8Array(300).fill(7)] },
  {
    ddl: "date",
    values: [
      "1970-01-01",
      "1969-12-31",
      "2024-02-29",
      "0001-01-01",
      "9999-12-31",
      "1582-10-10",
      "1900-03-01",
    ].map((text) => Temporal.PlainDate.from(text)),
  },
  {
    ddl: "timestamp",
    values: [
      "1970-01-01T00:00:00Z",
      "2024-02-29T01:02:03.123456Z",
      "1969-12-31T23:59:59.999999Z",
      "0001-01-02T00:00:00Z",
      "9999-12-30T23:59:59.999999Z",
    ].map((text) => Temporal.Instant.from(text)),
  },
  {
    ddl: "timestamp_ntz",
    values: [
      "1970-01-01T00:00:00",
      "2024-02-29T01:02:03.123456",
      "1969-12-31T23:59:59.999999",
      "0001-01-01T00:00:00.000001",
      "9999-12-31T23:59:59.999999",
    ].map((text) => Temporal.PlainDateTime.from(text)),
  },
  {
    ddl: "interval year to month",
    values: [0, 14, -14, 2_147_483_647, -2_147_483_648].map(
      (months) => new Temporal.Duration(Math.trunc(months / 12), months % 12),
    ),
    texts: ["0-0", "1-2", "-1-2", "178956970-7", "-178956970-8"].map(
      (text) => `INTERVAL '${text}' YEAR TO MONTH`,
    ),
  },
  {
    ddl: "interval day to second",
    values: ["PT0S", "P1DT2H3M4.5S", "-P1DT2H3M4.000001S"].map((text) => Temporal.Duration.from(text)),
  },
  {
    // More than a timedelta of Python has.
    ddl: "interval day to second",
    values: ["P106751991DT4H54.775807S", "-P106751991DT4H54.775808S"].map((text) =>
      Temporal.Duration.from(text),
    ),
    texts: ["106751991 04:00:54.775807", "-106751991 04:00:54.775808"].map(
      (text) => `INTERVAL '${text}' DAY TO SECOND`,
    ),
  },
  { ddl: "array<int>", values: [[], [1, null, -1], [null]] },
  { ddl: "array<array<string>>", values: [[], [[], null, ["a", null, "🦆"]]] },
  {
    ddl: "map<string,bigint>",
    values: [
      new Map(),
      new Map([
        ["a", 1n],
        ["", null],
      ] as const),
    ],
  },
  {
    ddl: "map<int,array<date>>",
    values: [new Map([[1, [Temporal.PlainDate.from("2024-01-01"), null]]] as const)],
  },
  {
    ddl: "struct<a:int,b:string>",
    values: [
      { a: 1, b: "x" },
      { a: null, b: null },
    ],
  },
  {
    ddl: "struct<d:decimal(5,2),n:struct<t:timestamp,l:array<struct<x:double>>>>",
    values: [
      {
        d: Decimal.parse("1.50"),
        n: { t: Temporal.Instant.from("2024-01-01T00:00:00.000001Z"), l: [{ x: -0 }, null] },
      },
      { d: null, n: null },
    ],
  },
  { ddl: "struct<`__proto__`:int,`constructor`:int>", values: [protoStruct()] },
  {
    ddl: "map<struct<a:int,b:string>,array<map<date,boolean>>>",
    values: [
      new Map([
        [{ a: 1, b: "x" }, [new Map([[Temporal.PlainDate.from("0001-01-01"), true]]), null]],
        [{ a: null, b: "" }, null],
      ]),
    ],
  },
  {
    // Beyond what a datetime of Python has.
    ddl: "timestamp",
    values: ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"].map((text) =>
      Temporal.Instant.from(text),
    ),
    texts: ["0001-01-01 00:00:00", "9999-12-31 23:59:59.999999"],
  },
  {
    ddl: "time(6)",
    values: times(["00:00:00", "23:59:59.999999", "12:34:56.1"]),
    since: "4.3",
  },
  timeCase("time(0)", ["00:00:00", "23:59:59"]),
  timeCase("time(3)", ["00:00:00.001", "23:59:59.999"]),
  timeCase("time(9)", ["00:00:00.000000001", "23:59:59.999999999", "12:34:56"]),
  {
    ddl: "array<struct<t:time(6)>>",
    values: [[{ t: Temporal.PlainTime.from("00:00:00.000001") }, null, { t: null }], []],
    since: "4.3",
  },
  nanosCase("timestamp_ltz(9)", [
    "1677-09-21T00:12:44.000000001",
    "1969-12-31T23:59:59.999999999",
    "2024-02-29T01:02:03.123456789",
    "2262-04-11T23:47:16.854775807",
  ]),
  nanosCase("timestamp_ltz(7)", ["1969-12-31T23:59:59.9999999", "2024-02-29T01:02:03.1"]),
  nanosCase("timestamp_ntz(9)", [
    "1677-09-21T00:12:44.000000001",
    "1969-12-31T23:59:59.999999999",
    "1970-01-01T00:00:00",
    "2262-04-11T23:47:16.854775807",
  ]),
  nanosCase("timestamp_ntz(8)", ["1969-12-31T23:59:59.99999999", "2024-02-29T01:02:03"]),
  { ddl: "geometry(0)", values: [new Geometry(POINT, 0), new Geometry(NOTHING, 0)], since: "4.3" },
  { ddl: "geometry(3857)", values: [new Geometry(SQUARE, 3857)], since: "4.3" },
  { ddl: "geography(4326)", values: [new Geography(POINT, 4326), new Geography(SQUARE, 4326)], since: "4.3" },
  {
    ddl: "struct<g:array<geometry(4326)>,m:map<string,geography(4326)>>",
    values: [
      { g: [new Geometry(POINT, 4326), null], m: new Map([["", new Geography(POINT, 4326)]]) },
      { g: null, m: new Map() },
    ],
    since: "4.3",
  },
];

/** Types that no file of Spark's holds, or PySpark's client can't read. */
export const RARE_TYPES: readonly TypeCase[] = [
  {
    ddl: "geometry(any)",
    values: [new Geometry(POINT, 0), new Geometry(POINT, 3857), new Geometry(POINT, 102_100)],
    since: "4.3",
  },
  { ddl: "geography(any)", values: [new Geography(POINT, 4326)], since: "4.3" },
  {
    ddl: "map<timestamp_ntz(9),array<timestamp_ltz(8)>>",
    values: [
      new Map([
        [
          Temporal.PlainDateTime.from("1950-01-01T00:00:00.000000001"),
          [Temporal.Instant.from("1950-01-01T00:00:00.00000001Z"), null],
        ],
      ]),
    ],
    since: "4.3",
  },
  { ddl: "struct<>", values: [{}] },
  { ddl: "struct<v:void,a:array<void>>", values: [{ v: null, a: [null, null] }] },
  { ddl: "interval", values: [new CalendarInterval(1, -2, 3_000_001n), new CalendarInterval(0, 0, 0n)] },
];

function protoStruct(): SparkValue {
  const struct: { [name: string]: SparkValue } = {};
  Object.defineProperty(struct, "__proto__", {
    value: 1,
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return { ...struct, constructor: 2 };
}

function times(texts: readonly string[]): readonly Temporal.PlainTime[] {
  return texts.map((text) => Temporal.PlainTime.from(text));
}

/** Python's times end at microseconds, and PySpark's client sends no others than `time(6)`. */
function timeCase(ddl: string, texts: readonly string[]): TypeCase {
  return { ddl, values: times(texts), texts, since: "4.3" };
}

function nanosCase(ddl: string, texts: readonly string[]): TypeCase {
  const values = texts.map((text) =>
    ddl.startsWith("timestamp_ltz") ? Temporal.Instant.from(`${text}Z`) : Temporal.PlainDateTime.from(text),
  );
  return { ddl, values, texts: texts.map((text) => text.replace("T", " ")), since: "4.3" };
}
