import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";

import {
  callFunction,
  col,
  expr,
  lit,
  openSession,
  SparkError,
  type SparkSession,
  StorageLevel,
} from "../../src/spark/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { SETTINGS } from "./pyspark.ts";

const server = await sharedSpark();

/** A catalog of Spark's own that makes and changes tables by itself, on a database in the server's memory. */
const DERBY: Readonly<Record<string, string>> = {
  "spark.sql.catalog.derby": "org.apache.spark.sql.execution.datasources.v2.jdbc.JDBCTableCatalog",
  "spark.sql.catalog.derby.url": "jdbc:derby:memory:catalog-test;create=true",
  "spark.sql.catalog.derby.driver": "org.apache.derby.jdbc.EmbeddedDriver",
};

async function classOf(promise: Promise<unknown>): Promise<string | undefined> {
  const thrown = await promise.catch((reason: unknown) => reason);
  return thrown instanceof SparkError ? thrown.errorClass : undefined;
}

describe.skipIf(server === undefined)("the catalog", () => {
  let spark: SparkSession;

  beforeAll(async () => {
    if (!server) return;
    spark = openSession(server.url, { settings: { ...SETTINGS, ...DERBY } });
    await spark.catalog.dropDatabase("catalog_test", { ifExists: true, cascade: true });
    await spark.catalog.createDatabase("catalog_test", { properties: { owner: "tests" } });
  }, 240_000);

  afterAll(async () => {
    await spark?.catalog.dropDatabase("catalog_test", { ifExists: true, cascade: true });
    await spark?.stop();
  }, 120_000);

  test("knows databases, and which is the current one", async () => {
    const { catalog } = spark;
    expect(await catalog.currentCatalog()).toBe("spark_catalog");
    expect(await catalog.currentDatabase()).toBe("default");
    expect((await catalog.listDatabases("catalog_t*")).map(({ name }) => name)).toEqual(["catalog_test"]);
    const database = await catalog.getDatabase("catalog_test");
    expect(database).toMatchObject({ name: "catalog_test", catalog: "spark_catalog" });
    expect(database.locationUri).toContain("catalog_test");
    expect(await catalog.databaseExists("catalog_test")).toBe(true);
    expect(await catalog.databaseExists("catalog_none")).toBe(false);
    expect(await classOf(catalog.getDatabase("catalog_none"))).toContain("NOT_FOUND");
    await catalog.setCurrentDatabase("catalog_test");
    expect(await catalog.currentDatabase()).toBe("catalog_test");
    await catalog.setCurrentDatabase("default");
    expect((await catalog.listCatalogs()).map(({ name }) => name)).toContain("spark_catalog");
  }, 120_000);

  test("makes tables, describes them and drops them", async () => {
    const { catalog } = spark;
    const table = await catalog.createTable("catalog_test.orders", "id bigint, day string", {
      source: "parquet",
      description: "what was ordered",
    });
    expect(await table.dtypes()).toEqual([
      ["id", "bigint"],
      ["day", "string"],
    ]);
    expect(await table.count()).toBe(0);
    expect(await classOf(catalog.createTable("catalog_test.orders", "id bigint"))).toContain(
      "ALREADY_EXISTS",
    );
    expect(await catalog.getTable("catalog_test.orders")).toEqual({
      name: "orders",
      catalog: "spark_catalog",
      namespace: ["catalog_test"],
      description: "what was ordered",
      tableType: "MANAGED",
      isTemporary: false,
    });
    expect(await catalog.listColumns("catalog_test.orders")).toMatchObject([
      { name: "id", dataType: "bigint", nullable: true, isPartition: false },
      { name: "day", nullable: true, isBucket: false },
    ]);
    expect(await catalog.getCreateTableString("catalog_test.orders")).toStartWith("CREATE TABLE");
    expect((await catalog.listTables("catalog_test")).map(({ name }) => name)).toEqual(["orders"]);
    await catalog.dropTable("catalog_test.orders");
    expect(await catalog.tableExists("catalog_test.orders")).toBe(false);
    expect(await classOf(catalog.dropTable("catalog_test.orders"))).toContain("NOT_FOUND");
    await catalog.dropTable("catalog_test.orders", { ifExists: true });
  }, 120_000);

  test("looks after partitions, statistics and what is cached", async () => {
    const { catalog } = spark;
    const name = "catalog_test.parts";
    await spark.range(6).withColumn("part", col("id").mod(3)).writeTo(name).partitionedBy("part").create();
    expect(await catalog.listPartitions(name)).toEqual(["part=0", "part=1", "part=2"]);
    await catalog.recoverPartitions(name);
    await catalog.analyzeTable(name);
    await catalog.refreshTable(name);
    await catalog.refreshByPath("/nowhere");
    expect(await catalog.isCached(name)).toBe(false);
    await catalog.cacheTable(name, StorageLevel.MEMORY_ONLY);
    expect(await catalog.isCached(name)).toBe(true);
    await catalog.uncacheTable(name);
    expect(await catalog.isCached(name)).toBe(false);
    await catalog.truncateTable(name);
    expect(await spark.table(name).count()).toBe(0);
  }, 120_000);

  test("drops views, temporary and global ones", async () => {
    const { catalog } = spark;
    await spark.range(1).createOrReplaceTempView("catalog_view");
    await spark.range(1).createOrReplaceGlobalTempView("catalog_global");
    expect((await catalog.listViews("default", "catalog_v*")).map(({ name }) => name)).toEqual([
      "catalog_view",
    ]);
    expect(await catalog.tableExists("catalog_view")).toBe(true);
    expect(await catalog.tableExists("global_temp.catalog_global")).toBe(true);
    expect(await catalog.dropTempView("catalog_view")).toBe(true);
    expect(await catalog.dropTempView("catalog_view")).toBe(false);
    expect(await catalog.dropGlobalTempView("catalog_global")).toBe(true);
    await spark.sql("CREATE VIEW catalog_test.kept AS SELECT 1 AS one");
    await catalog.dropView("catalog_test.kept");
    expect(await catalog.tableExists("catalog_test.kept")).toBe(false);
  }, 120_000);

  test("knows functions, and registers those of Java", async () => {
    const { catalog } = spark;
    expect(await catalog.functionExists("abs")).toBe(true);
    expect(await catalog.functionExists("shout")).toBe(false);
    expect((await catalog.getFunction("abs")).className).toEndWith(".Abs");
    expect((await catalog.listFunctions(undefined, "date_tr*")).map(({ name }) => name)).toEqual([
      "date_trunc",
    ]);
    expect(String(await spark.udf.registerJavaFunction("shout", "Shout", "string").catch(String))).toContain(
      "Shout",
    );
    await spark.addArtifact(join(import.meta.dir, "java/shout.jar"));
    await spark.udf.registerJavaFunction("shout", "Shout", "string");
    expect(await catalog.functionExists("shout")).toBe(true);
    const frame = spark.range(1).select(callFunction("shout", lit("hey"), lit(2)).alias("said"));
    expect(await frame.collect()).toEqual([{ said: "HEYHEY" }]);
  }, 120_000);

  test("has tables written by the catalogs that can: what they can't, Spark says", async () => {
    const rows = async (name: string): Promise<unknown> =>
      (await spark.table(name).orderBy("id").collectArrays()).flat();
    const table = "derby.APP.catalog_test";
    await spark.range(2).writeTo(table).create();
    expect(await classOf(spark.range(2).writeTo(table).create())).toContain("ALREADY_EXISTS");
    await spark.range(3, { start: 2 }).writeTo(table).append();
    expect(await rows(table)).toEqual([0n, 1n, 2n]);
    await spark.range(9, { start: 8 }).writeTo(table).overwrite(lit(true));
    expect(await rows(table)).toEqual([8n]);
    expect(await classOf(spark.range(1).writeTo(table).overwritePartitions())).toBe(
      "UNSUPPORTED_FEATURE.TABLE_OPERATION",
    );
    expect(await classOf(spark.range(1).writeTo("derby.APP.catalog_none").append())).toContain("NOT_FOUND");
    await spark.catalog.dropTable(table);
    const kept = "catalog_test.plain";
    await spark.range(2).writeTo(kept).using("parquet").tableProperty("about", "tests").create();
    expect(await spark.catalog.getTableProperties(kept)).toMatchObject({ about: "tests" });
    const merge = spark
      .range(1)
      .alias("new")
      .mergeInto(kept, expr(`${kept}.id = new.id`))
      .whenNotMatched()
      .insertAll();
    for (const refused of [
      () => spark.range(1).writeTo(kept).replace(),
      () => spark.range(1).writeTo(kept).createOrReplace(),
      () => merge.merge(),
    ]) {
      expect(await classOf(refused())).toBe("UNSUPPORTED_FEATURE.TABLE_OPERATION");
    }
    const empty = spark.range(1).mergeInto(kept, lit(true));
    expect(await empty.merge().catch(String)).toContain("nothing is to happen to any row");
  }, 120_000);
});
