import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { arrowRows } from "../../src/spark/arrow/batch-rows.ts";
import { openSession, type Row, type SparkSession } from "../../src/spark/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { exactly } from "./arrow/exactly.ts";

const server = await sharedSpark();
const ROWS = 12_000;
const QUERY = `SELECT id, IF(id % 3 = 0, NULL, repeat('ä', CAST(id % 5 AS INT))) AS s, array(id, id + 1) AS l,
  named_struct('d', date_add(DATE '2026-01-01', CAST(id % 400 AS INT)), 'b', CAST(CAST(id AS STRING) AS BINARY)) AS t
  FROM range(0, ${ROWS}, 1, 2)`;

interface Results {
  readonly rows: number;
  readonly hash: number | bigint;
  readonly bytes: number;
}

/** Of the values with their types. */
function hashOf(rows: readonly Row[]): number | bigint {
  return Bun.hash(JSON.stringify(rows.map(exactly)));
}

describe.skipIf(server === undefined)("compressed results", () => {
  let session: SparkSession;

  beforeAll(() => {
    if (server) session = openSession(server.url);
  });

  afterAll(() => session?.stop());

  async function results(codec: string): Promise<Results> {
    await session.conf.set("spark.sql.execution.arrow.compression.codec", codec);
    const frame = await session.sql(QUERY);
    const rows = await frame.collect();
    const { data } = await frame.toArrow();
    const hash = hashOf(rows);
    expect(hashOf(await Array.fromAsync(frame.rows()))).toBe(hash);
    expect(hashOf([...arrowRows(data, undefined)].flat())).toBe(hash);
    return { rows: rows.length, hash, bytes: data.length };
  }

  test("give the rows that others give, from fewer bytes", async () => {
    const plain = await results("none");
    const zstd = await results("zstd");
    expect(plain.rows).toBe(ROWS);
    expect(zstd).toMatchObject({ rows: ROWS, hash: plain.hash });
    expect(zstd.bytes).toBeLessThan(plain.bytes / 2);
  }, 240_000);

  test("that can't be read are refused", async () => {
    await session.conf.set("spark.sql.execution.arrow.compression.codec", "lz4");
    const frame = await session.sql("SELECT repeat('x', 1000) AS s");
    const failure = await frame.collect().catch((thrown: unknown) => thrown);
    expect(String(failure)).toContain("compressed with LZ4; zstd and none can be read");
  }, 120_000);
});
