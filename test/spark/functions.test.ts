import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { openSession, type SparkSession } from "../../src/spark/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { exactly } from "./arrow/exactly.ts";
import { type Answer, type PySpark, SETTINGS, startPySpark } from "./pyspark.ts";

const server = await sharedSpark();

/** The rows that aggregates and windows are about: a few types, nulls among them. */
const DATA = `CREATE OR REPLACE TEMP VIEW data AS SELECT * FROM VALUES
  ('a', 1, 1.50BD, 'x', timestamp'2024-01-01 00:00:00', X'01'),
  ('a', 2, 2.25BD, 'y', NULL, X'02'),
  ('b', 3, NULL, NULL, timestamp'2024-06-01 12:00:00.5', NULL),
  ('b', 5, 4.00BD, 'z', timestamp'2023-01-01 00:00:00', X''),
  (NULL, NULL, -1.75BD, 'w', NULL, NULL),
  ('a', 4, 0.00BD, 'x', NULL, X'FF') AS data(g, n, d, t, ts, b)`;

/** As many queries as are under way at once; the server has two cores. */
const AT_ONCE = 4;

/** One value, from no table or from the view above: several go into one query, unless each is to go alone. */
const SINGLE = /^SELECT (.*) AS r( FROM data)?$/;
const PUT_TOGETHER = process.env["CAIRN_TEST_LONG"] === "1" ? 1 : 12;

const lines = readFileSync(join(import.meta.dir, "function-queries.sql"), "utf8").split("\n");

/** Queries by the heading above them. */
function families(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  let family = "";
  for (const line of lines.slice(1)) {
    if (line.startsWith("-- ")) family = line.slice(3);
    else if (line !== "") found.set(family, [...(found.get(family) ?? []), line]);
  }
  return found;
}

/** The queries with those for single values put together, {@link PUT_TOGETHER} at a time. */
function together(queries: readonly string[]): string[] {
  const values = Map.groupBy(queries, (query) => SINGLE.exec(query)?.slice(2).join("") ?? "no value");
  return [...values].flatMap(([from, group]) => {
    if (from === "no value") return group;
    const parts = Array.from({ length: Math.ceil(group.length / PUT_TOGETHER) }, (_, index) =>
      group.slice(index * PUT_TOGETHER, (index + 1) * PUT_TOGETHER),
    );
    return parts.map((part) => {
      const columns = part.map((query, index) => `${SINGLE.exec(query)?.[1]} AS r${index}`);
      return `SELECT ${columns.join(", ")}${from}`;
    });
  });
}

describe.skipIf(server === undefined)("queries give what PySpark's client gets", () => {
  let session: SparkSession;
  let python: PySpark;

  beforeAll(async () => {
    if (!server) return;
    session = openSession(server.url, { settings: SETTINGS });
    python = startPySpark(server);
    await session.sql(DATA);
    expect(await python.ask({ do: "sql", query: DATA })).toEqual({ schema: "struct<>", rows: [] });
  }, 240_000);

  afterAll(async () => {
    await python?.end();
    await session?.stop();
  });

  /** Schema and rows, or the first line of the error, in the form of PySpark's answers. */
  async function ours(query: string): Promise<Answer> {
    try {
      const frame = await session.sql(query);
      const rows = await frame.collectArrays();
      const schema = (await frame.schema()).simpleString();
      return { schema, rows: rows.map((row) => row.map(exactly)) };
    } catch (thrown) {
      return { error: thrown instanceof Error ? (thrown.message.split("\n")[0] ?? "") : String(thrown) };
    }
  }

  test("there are 200 of them at least", () => {
    expect([...families().values()].flat().length).toBeGreaterThanOrEqual(200);
  });

  for (const [family, queries] of families()) {
    test(`${family}: ${queries.length} queries`, async () => {
      const merged = together(queries);
      const asked = merged.map((query) => python.ask({ do: "sql", query }));
      const left = merged.entries();
      const work = Array.from({ length: AT_ONCE }, async () => {
        for (const [index, query] of left) {
          const [mine, theirs] = [await ours(query), await asked[index]];
          expect({ query, ...mine }).toEqual({ query, ...theirs });
          expect({ query, error: mine.error }).toEqual({ query, error: undefined });
        }
      });
      await Promise.all(work);
    }, 240_000);
  }
});
