import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import {
  col,
  type DataFrame,
  Decimal,
  functions,
  Observation,
  openSession,
  type SparkSession,
  StorageLevel,
} from "../../src/spark/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { SETTINGS } from "./pyspark.ts";

const server = await sharedSpark();
const { array, collectList, count, fn, lit, max, min, struct } = functions;

describe.skipIf(server === undefined)("what DataFrames are asked besides their rows", () => {
  let spark: SparkSession;
  let numbers: DataFrame;

  beforeAll(() => {
    if (!server) return;
    spark = openSession(server.url, { settings: SETTINGS });
    numbers = spark.range(10).withColumn("half", col("id").divide(2));
  });

  afterAll(async () => {
    await spark?.stop();
  });

  test("statistics", async () => {
    expect(await numbers.corr("id", "half")).toBeCloseTo(1, 12);
    expect(await numbers.stat.cov("id", "half")).toBeCloseTo(55 / 12, 12);
    expect(await numbers.approxQuantile("id", [0, 0.5, 1], 0)).toEqual([0, 4, 9]);
    expect(await numbers.approxQuantile(["id", "half"], [1], 0)).toEqual([[9], [4.5]]);
    expect(await numbers.filter("false").approxQuantile("id", [0.5], 0)).toEqual([]);
    expect(await numbers.approxQuantile("id", [2], 0).catch(String)).toContain("are to be 0 to 1");
  }, 120_000);

  test("what is known of a plan without running it", async () => {
    expect(await numbers.dtypes()).toEqual([
      ["id", "bigint"],
      ["half", "double"],
    ]);
    const same = spark.range(10).withColumn("other", col("id").divide(2));
    expect(await numbers.sameSemantics(same)).toBe(true);
    expect(await numbers.sameSemantics(spark.range(9))).toBe(false);
    expect(await numbers.semanticHash()).toBe(await same.semanticHash());
    expect(await numbers.isLocal()).toBe(false);
    expect(await (await spark.sql("SHOW DATABASES")).isLocal()).toBe(true);
    const path = `${server?.folder}/frame-answers`;
    await numbers.coalesce(1).write.mode("overwrite").parquet(path);
    const files = await spark.read.parquet(path).inputFiles();
    expect(files).toHaveLength(1);
    expect(files[0]).toContain("/frame-answers/part-");
  }, 120_000);

  test("what is kept of their rows, and given up", async () => {
    const kept = await spark.range(77).persist(StorageLevel.MEMORY_ONLY);
    expect(await kept.storageLevel()).toEqual(StorageLevel.MEMORY_ONLY);
    expect(await kept.isCached()).toBe(true);
    expect(await kept.count()).toBe(77);
    expect(await (await kept.unpersist(true)).isCached()).toBe(false);
    expect((await (await kept.cache()).storageLevel()).deserialized).toBe(true);
    await kept.unpersist();
  }, 120_000);

  test("checkpoints, which live until they are released", async () => {
    const taken = await numbers.localCheckpoint();
    expect(await taken.filter(col("id").lt(3)).count()).toBe(3);
    await taken.releaseCheckpoint();
    expect(await taken.count().catch(String)).toContain("DATAFRAME_NOT_FOUND");
    expect(await numbers.releaseCheckpoint().catch(String)).toContain("this DataFrame is none");
    // Written to the server's folder for them (spark.checkpoint.dir).
    expect(await (await numbers.checkpoint()).count()).toBe(10);
  }, 120_000);

  test("observations, by every action, with values of all kinds", async () => {
    const seen = new Observation("seen");
    const observed = numbers.observe(
      seen,
      count("*").alias("rows"),
      max("half"),
      struct(min("id").alias("least"), lit("x").alias("text")).alias("struct"),
      // In whatever order tasks end.
      fn("sort_array", collectList("id")).alias("ids"),
      max(lit(Decimal.parse("1.50"))).alias("decimal"),
      max(lit(Temporal.PlainDate.from("2026-01-31"))).alias("day"),
      max(lit(Temporal.Instant.from("2026-01-31T01:02:03.000004Z"))).alias("at"),
      max(lit(Temporal.PlainDateTime.from("2026-01-31T01:02:03"))).alias("local"),
      max(lit(null)).alias("none"),
      max(array(lit(true))).alias("flags"),
      fn("first", fn("map", lit("k"), lit(1))).alias("map"),
    );
    expect(() => seen.get).toThrow("no action has told it yet");
    expect(() => numbers.observe(seen, count("*"))).toThrow("is in use already");
    await observed.write.mode("overwrite").parquet(`${server?.folder}/observed`);
    expect(seen.get).toEqual({
      rows: 10n,
      "max(half)": 4.5,
      struct: { least: 0n, text: "x" },
      ids: Array.from({ length: 10 }, (_, index) => BigInt(index)),
      decimal: Decimal.parse("1.50"),
      day: Temporal.PlainDate.from("2026-01-31"),
      at: Temporal.Instant.from("2026-01-31T01:02:03.000004Z"),
      local: Temporal.PlainDateTime.from("2026-01-31T01:02:03"),
      none: null,
      flags: [true],
      map: new Map([["k", 1]]),
    });
    // An action over what was made of it tells it, too; a join tells both sides.
    const [left, right] = [new Observation(), new Observation()];
    const joined = numbers
      .observe(left, count("*").alias("n"))
      .join(spark.range(4).observe(right, count("*").alias("n")), "id");
    expect(await joined.collectArrays()).toHaveLength(4);
    expect([left.get, right.get]).toEqual([{ n: 10n }, { n: 4n }]);
  }, 120_000);

  test("texts in the columns of a DataFrame as JSON and CSV", async () => {
    const texts = spark.createDataFrame([{ text: '{"a":1,"b":"x"}' }, { text: '{"a":2}' }]);
    expect(await spark.read.schema("a int, b string").json(texts).collect()).toEqual([
      { a: 1, b: "x" },
      { a: 2, b: null },
    ]);
    const lines = spark.createDataFrame([{ text: "1,x" }]);
    expect(await spark.read.schema("a int, b string").csv(lines).collect()).toEqual([{ a: 1, b: "x" }]);
    expect(() => spark.read.json(...([texts, texts] as unknown as [DataFrame]))).toThrow(
      "more than one DataFrame",
    );
  }, 120_000);
});
