import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, runCairn, type TempDir, tempDir } from "../kit/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";

/** A Spark server's first queries take their time on a busy machine. */
const TIMEOUT_MS = 240_000;
const EXAMPLE = join(root, "examples/sql");
const TABLES = ["orders", "revenue", "ranking"];

const server = await sharedSpark();

interface Document {
  readonly exitCode: number;
  readonly components: readonly {
    readonly name: string;
    readonly status: string;
    readonly outputs: {
      readonly rows: number;
      readonly schema?: unknown;
      readonly failed?: number;
    } | null;
  }[];
}

/** Runs the example on an engine, into a folder of its own; gives what its components put out. */
async function runExample(dir: TempDir, engine: string): Promise<Document["components"]> {
  const done = await runCairn(["run", "pipeline.conf", "--format=json"], {
    cwd: EXAMPLE,
    timeoutMs: TIMEOUT_MS,
    env: {
      SHOP_WORK_DIR: dir.join(engine),
      // Without it the example's own line counts.
      ...(engine !== "duckdb" && { ENGINE: engine, SPARK_REMOTE: server?.url ?? "" }),
    },
  });
  expect(done.code, done.stderr + done.stdout).toBe(0);
  return (done.json() as Document).components;
}

/** The rows of an engine's tables as text, in order, and their columns, both as one reader sees them. */
async function tablesOf(dir: TempDir, engine: string): Promise<{ rows: string[]; schemas: unknown[] }> {
  const components = TABLES.map(
    (table) => `{
      instance-type = sql, instance-name = ${table}
      instance-config {
        sources { t = ${JSON.stringify(dir.join(engine, table))} }
        statements = ["SELECT * FROM t ORDER BY ALL"]
        target { path = ${JSON.stringify(dir.join(`${engine}-${table}.json`))} }
      }
    }`,
  );
  const conf = dir.write(
    `${engine}.conf`,
    `pipeline {
      pipeline-name = "Read back"
      plugins = [${JSON.stringify(join(root, "plugins"))}]
      pipeline-components = [ ${components.join("\n")} ]
    }`,
  );
  const done = await runCairn(["run", conf, "--format=json"], { cwd: dir.path });
  expect(done.code, done.stderr + done.stdout).toBe(0);
  const schemas = (done.json() as Document).components.map(({ outputs }) => outputs?.schema);
  return {
    rows: TABLES.map((table) => readFileSync(dir.join(`${engine}-${table}.json`), "utf8")),
    schemas,
  };
}

describe("the shop in SQL", () => {
  test("runs on DuckDB, passes its checks and writes the tables that its data give", async () => {
    using dir = tempDir();
    const components = await runExample(dir, "duckdb");
    expect(components.map(({ name, outputs }) => [name, outputs?.rows, outputs?.failed ?? 0])).toEqual([
      ["Clean(orders)", 350, 0],
      ["Check(orders)", 350, 0],
      ["Sum(revenue)", 29, 0],
      ["Rank(products)", 5, 0],
      ["Check(revenue)", 29, 0],
    ]);
    expect(totals()).toEqual(await totalsWritten(dir));
  });

  test.skipIf(server === undefined)(
    "writes equal rows on Spark, by one line (skipped where the Spark server can't be had)",
    async () => {
      using dir = tempDir();
      const ours = await runExample(dir, "duckdb");
      const sparks = await runExample(dir, "spark");
      const facts = (all: Document["components"]) =>
        all.map(({ name, status, outputs }) => [name, status, outputs?.rows, outputs?.failed ?? 0]);
      expect(facts(sparks)).toEqual(facts(ours));
      expect(await tablesOf(dir, "spark")).toEqual(await tablesOf(dir, "duckdb"));
    },
    TIMEOUT_MS,
  );
});

/** Revenue by product in cents, counted from the data without any SQL. */
function totals(): ReadonlyMap<string, number> {
  const lines = readFileSync(join(EXAMPLE, "data/orders.csv"), "utf8").trim().split("\n").slice(1);
  const sums = new Map<string, number>();
  for (const line of new Set(lines)) {
    const [, customer, product = "", quantity, price, , status] = line.split(",");
    if (status !== "paid" || customer === "") continue;
    const cents = Math.abs(Number(quantity)) * Math.round(Number(price) * 100);
    sums.set(product, (sums.get(product) ?? 0) + cents);
  }
  return sums;
}

async function totalsWritten(dir: TempDir): Promise<ReadonlyMap<string, number>> {
  const { rows } = await tablesOf(dir, "duckdb");
  const ranking = (rows[2] ?? "").trim().split("\n");
  return new Map(
    ranking.map((line) => {
      const { product, revenue } = JSON.parse(line) as { product: string; revenue: number };
      return [product, Math.round(revenue * 100)];
    }),
  );
}
