import { describe, expect, test } from "bun:test";
import { arrowRows } from "../../src/spark/arrow/batch-rows.ts";
import { rowsToArrow } from "../../src/spark/arrow/rows-to-arrow.ts";
import { allArrays, allRows, arrowTable, rowsOf } from "../../src/spark/frame/results.ts";
import type { ExecutePart, PlanRunner } from "../../src/spark/plan-runner.ts";

const BATCHES = [1, 3, 0, 2].map((rows, batch) =>
  Array.from({ length: rows }, (_, index) => ({
    n: BigInt(batch * 10 + index),
    b: Uint8Array.of(batch, index),
    l: ["x", String(index)],
  })),
);
const ROWS = BATCHES.flat();
const DDL = "n bigint, b binary, l array<string>";

/** A server that has one answer. */
function runner(): PlanRunner {
  return {
    // eslint-disable-next-line typescript/require-await -- it is an async generator that needs no waiting
    async *execute(): AsyncGenerator<ExecutePart> {
      for (const rows of BATCHES)
        yield { kind: "batch", rows: rows.length, data: rowsToArrow(rows, DDL).data };
    },
    analyze: () => Promise.reject(new Error("nothing is analyzed here")),
    nextPlanId: () => 1n,
  };
}

describe("results of many batches", () => {
  test("are the same rows in each form, and the rows stay when their batch is gone", async () => {
    expect(await allRows(runner(), {}, {})).toEqual(ROWS);
    expect(await Array.fromAsync(rowsOf(runner(), {}, {}))).toEqual(ROWS);
    expect(await allArrays(runner(), {}, {})).toEqual(ROWS.map(({ n, b, l }) => [n, b, l]));
  });

  test("are one Arrow stream, in parts and as one", async () => {
    const table = await arrowTable(runner(), {}, {});
    expect(table.rows).toBe(ROWS.length);
    expect(table.parts.length).toBe(1 + BATCHES.length + 1);
    const parts = Buffer.concat(table.parts);
    const { data } = table;
    expect(Buffer.compare(parts, data)).toBe(0);
    expect([...arrowRows(data, undefined)].flat()).toEqual(ROWS);
    // From then on there is one copy, and it isn't made again.
    expect(table.data).toBe(data);
    expect(table.parts).toEqual([data]);
  });
});
