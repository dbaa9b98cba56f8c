import { expect, test } from "bun:test";
import { arrowRows } from "../../../src/spark/arrow/batch-rows.ts";
import { rowsToArrow } from "../../../src/spark/arrow/rows-to-arrow.ts";
import { seeded } from "../../kit/mod.ts";
import { exactly } from "./exactly.ts";

test("dates and longs that repeat, or look alike, come back exactly", () => {
  const { pick, int } = seeded("repeated values");
  const epoch = new Temporal.PlainDate(1970, 1, 1);
  // Days and numbers that have their last bits in common, and those beside the edges of 32 bits.
  const days = [0, 1, 511, 512, 513, 1024, -1, -512, 19_000, 19_512].map((day) => epoch.add({ days: day }));
  const longs = [0, 1, 1023, 1024, -1, -1024, 2 ** 31, 2 ** 32, 2 ** 32 + 5, -(2 ** 32), -(2 ** 32) + 5].map(
    BigInt,
  );
  const rows = Array.from({ length: 5000 }, () => ({
    d: int(10) === 0 ? null : pick(days),
    n: int(10) === 0 ? null : pick(longs) * pick([1n, 1n, 2n ** 20n]),
  }));
  const { schema, data } = rowsToArrow(rows, "d date, n bigint");
  expect([...arrowRows(data, schema.fields)].flat().map(exactly)).toEqual(rows.map(exactly));
});
