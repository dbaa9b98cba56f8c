import { describe, expect, test } from "bun:test";

import { arrowArrays, arrowRows, arrowSchema } from "../../../src/spark/arrow/batch-rows.ts";
import { rowsToArrow } from "../../../src/spark/arrow/rows-to-arrow.ts";
import { Schema } from "../../../src/spark/schema/schema.ts";
import { Geography } from "../../../src/spark/value/geography.ts";
import { Geometry } from "../../../src/spark/value/geometry.ts";
import { Variant } from "../../../src/spark/value/variant.ts";
import { EVERY_TYPE, RARE_TYPES } from "./every-type.ts";
import { exactly } from "./exactly.ts";

describe("Arrow there and back", () => {
  for (const { ddl, values } of [...EVERY_TYPE, ...RARE_TYPES]) {
    test(`gives the values of ${ddl} back exactly`, () => {
      const rows = [null, ...values, null].map((value) => ({ v: value }));
      const { schema, data } = rowsToArrow(rows, `v ${ddl}`);
      const back = [...arrowRows(data, schema.fields)].flat();
      expect(back.map(exactly)).toEqual(rows.map(exactly));
      // Arrow's own schema is enough, but for what it has no words for.
      expect([...arrowRows(data, undefined)].flat().map(exactly)).toEqual(rows.map(exactly));
    });
  }

  test("reads bytes at any offset", () => {
    const rows = [{ a: 1n, b: [1.5, 2.5] }];
    const { schema, data } = rowsToArrow(rows);
    for (let shift = 0; shift < 9; shift += 1) {
      const moved = new Uint8Array(data.length + shift);
      moved.set(data, shift);
      expect([...arrowRows(moved.subarray(shift), schema.fields)].flat()).toEqual(rows);
    }
  });

  test("gives bytes of their own, not views of the batch", () => {
    const { schema, data } = rowsToArrow([{ b: Uint8Array.of(1, 2) }]);
    const [row] = [...arrowRows(data, schema.fields)].flat();
    data.fill(0);
    expect(row).toEqual({ b: Uint8Array.of(1, 2) });
  });

  test("keeps a variant's bytes", () => {
    const variant = new Variant(Uint8Array.of(12, 5), Uint8Array.of(1, 0, 0));
    const { schema, data } = rowsToArrow([{ v: variant }, { v: null }]);
    expect([...arrowRows(data, schema.fields)].flat()).toEqual([{ v: variant }, { v: null }]);
    expect(arrowSchema(data).simpleString()).toBe("struct<v:variant>");
    expect(variant.toValue()).toBe(5);
  });

  test("gives longs as numbers where that is asked for, and refuses those that aren't exact", () => {
    const { schema, data } = rowsToArrow([{ n: 2n ** 53n - 1n }, { n: -5n }]);
    expect([...arrowRows(data, schema.fields, { longs: "number" })].flat()).toEqual([
      { n: Number.MAX_SAFE_INTEGER },
      { n: -5 },
    ]);
    const large = rowsToArrow([{ n: 2n ** 53n }]);
    expect(() => [...arrowRows(large.data, large.schema.fields, { longs: "number" })]).toThrow(
      'Cannot read the column "n" as numbers: 9007199254740992 isn\'t exact as a number',
    );
  });

  test("refuses objects of equal column names, and gives arrays of them", () => {
    const { data } = rowsToArrow([{ a: 1n, b: 2n }]);
    const fields = Schema.parse("a bigint, a bigint").fields;
    expect(() => [...arrowRows(data, fields)]).toThrow('two columns are called "a"');
    expect([...arrowArrays(data, fields)].flat()).toEqual([[1n, 2n]]);
  });

  test("takes rows as arrays, with the schema's names or two of one name", () => {
    const { schema, data } = rowsToArrow(
      [
        [1n, ["x", 2]],
        [2n, null],
      ],
      "a bigint, a struct<b:string,b:int>",
    );
    expect(schema.names()).toEqual(["a", "a"]);
    expect([...arrowArrays(data, schema.fields)].flat()).toEqual([
      [1n, ["x", 2]],
      [2n, null],
    ]);
    expect(() => rowsToArrow([[1n]])).toThrow("rows that are arrays have no names");
  });

  test("reads timestamps in nanoseconds with longs as numbers, in all years", () => {
    const rows = [{ t: Temporal.Instant.from("9999-12-31T23:59:59.999999999Z") }, { t: null }];
    const { schema, data } = rowsToArrow(rows, "t timestamp_ltz(9)");
    expect([...arrowRows(data, schema.fields, { longs: "number" })].flat()).toEqual(rows);
  });

  test("says where a stream ends too early, at every byte", () => {
    const { schema, data } = rowsToArrow([{ a: 1n, s: "text" }]);
    for (let length = 0; length < data.length - 8; length += 1) {
      expect(() => {
        const rows = [...arrowRows(data.slice(0, length), schema.fields)].flat();
        // A stream may end after its schema: then it has no rows.
        if (rows.length === 0) throw new Error("Cannot read the Arrow data from Spark: no rows");
      }).toThrow("Cannot read the Arrow data from Spark");
    }
  });
});

describe("values that a column can't hold", () => {
  const refused: readonly (readonly [string, unknown, string])[] = [
    ["tinyint", 128, "128 isn't an integer of 8 bits"],
    ["int", 1.5, "1.5 isn't an integer of 32 bits"],
    ["bigint", 2 ** 53, "9007199254740992 isn't bigint, or a number that is exact"],
    ["bigint", 2n ** 63n, "9223372036854775808n isn't a 64-bit integer"],
    ["double", "1", '"1" isn\'t number'],
    ["decimal(4,2)", "1.234", "Cannot write 1.234 with 2 digits after the point: it has more"],
    ["decimal(4,2)", "123.45", '"123.45" isn\'t decimal(4,2)'],
    ["decimal(4,2)", Number.NaN, 'Cannot read "NaN" as a decimal'],
    ["string", 5, "5 isn't string"],
    ["binary", "x", '"x" isn\'t Uint8Array'],
    ["date", "2024-01-01", '"2024-01-01" isn\'t Temporal.PlainDate'],
    ["timestamp", new Date(Number.NaN), "isn't Temporal.Instant"],
    ["timestamp", new Temporal.Instant(1n), "it is finer than a microsecond"],
    ["interval day to second", new Temporal.Duration(1), "it has years or months"],
    ["interval year to month", new Temporal.Duration(0, 0, 0, 1), "it has weeks, days or hours"],
    [
      "time(0)",
      Temporal.PlainTime.from("01:00:00.5"),
      "01:00:00.5 is finer than time(0), and nothing is rounded",
    ],
    ["time(6)", Temporal.PlainTime.from("01:00:00.000000001"), "is finer than time(6)"],
    ["timestamp_ltz(7)", new Temporal.Instant(1n), "is finer than timestamp_ltz(7)"],
    [
      "timestamp_ltz(9)",
      Temporal.PlainDateTime.from("2024-01-01"),
      "isn't Temporal.Instant, Temporal.ZonedDateTime or Date",
    ],
    ["timestamp_ntz(9)", new Temporal.Instant(1n), "isn't Temporal.PlainDateTime"],
    [
      "geometry(0)",
      new Geometry(Uint8Array.of(1), 3857),
      "it is in the reference system 3857, and the column in 0",
    ],
    ["geometry(any)", new Geography(Uint8Array.of(1), 4326), "SRID=4326;01 isn't Geometry"],
    ["geography(4326)", Uint8Array.of(1), "1 isn't Geography"],
    ["struct<a:int,b:int>", [1], "it has 1 values, the schema has 2"],
    [
      "struct<a:int,a:int>",
      { a: 1 },
      "two fields of the schema have one name, so its values must come as an array",
    ],
    ["array<int>", 5, "5 isn't array"],
    ["struct<a:int>", { b: 1 }, 'it has "b", which the schema doesn\'t have'],
    ["boolean", 1, "1 isn't boolean"],
  ];
  for (const [ddl, value, state] of refused) {
    test(`are refused as ${ddl}: ${state}`, () => {
      expect(() => rowsToArrow([{ v: null }, { v: value as never }], `v ${ddl}`)).toThrow(state);
      expect(() => rowsToArrow([{ v: null }, { v: value as never }], `v ${ddl}`)).toThrow(/row 1.*column "v/);
    });
  }

  test("null in a column that isn't nullable", () => {
    expect(() => rowsToArrow([{ v: 1 }, {}], "v int NOT NULL")).toThrow(
      'Cannot send row 1 to Spark, column "v": it is null, and the column isn\'t nullable',
    );
  });
});

describe("types told from values", () => {
  test("never hang on the numbers in them", () => {
    const { schema } = rowsToArrow([
      { n: 1, b: 1n, s: "x", d: new Date(0), l: [], m: new Map([["k", { a: true }]]) },
      { n: 2.5, extra: null, l: [null, 1n] },
    ]);
    expect(schema.simpleString()).toBe(
      "struct<n:double,b:bigint,s:string,d:timestamp,l:array<bigint>,m:map<string,struct<a:boolean>>,extra:void>",
    );
    const shapes = rowsToArrow([
      {
        g: new Geometry(Uint8Array.of(1), 0),
        h: new Geography(Uint8Array.of(1), 4326),
        t: new Temporal.PlainTime(),
      },
    ]);
    expect(shapes.schema.simpleString()).toBe("struct<g:geometry(0),h:geography(4326),t:time(6)>");
  });

  test("are refused where values differ", () => {
    expect(() => rowsToArrow([{ a: [1] }, { a: ["x"] }])).toThrow(
      'Cannot tell the type of the column "a[]": one value is double, another string',
    );
    expect(() => rowsToArrow([{ a: Symbol("x") as never }])).toThrow("has no type of Spark");
    expect(() => rowsToArrow([])).toThrow("there are neither columns nor rows");
  });
});
