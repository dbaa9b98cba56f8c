import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import {
  col,
  type DataFrame,
  Decimal,
  functions,
  lit,
  Observation,
  openSession,
  type SparkSession,
  when,
  Window,
} from "../../src/spark/mod.ts";
import { COLUMN_FUNCTIONS, SERVER_NAMES } from "../../src/spark/frame/function-names.ts";
import { SKETCH_FUNCTIONS, SKETCH_VALUE_FUNCTIONS } from "../../src/spark/frame/sketch-function-names.ts";
import {
  LAMBDA_FUNCTIONS,
  TEXT_FIRST_FUNCTIONS,
  VALUE_FUNCTIONS,
} from "../../src/spark/frame/value-function-names.ts";
import { Schema } from "../../src/spark/schema/schema.ts";
import { fieldsFromMessage } from "../../src/spark/schema/type-message.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { exactly } from "./arrow/exactly.ts";
import { FRAME_PLANS, ORDERS, PEOPLE } from "./frame-plans.ts";
import { type PySpark, SETTINGS, startPySpark } from "./pyspark.ts";

const server = await sharedSpark();

function sqlOf(python: string): string {
  return python.slice(python.indexOf('"""') + 3, python.lastIndexOf('"""'));
}

describe.skipIf(server === undefined)("DataFrames", () => {
  let session: SparkSession;
  let python: PySpark;
  let orders: DataFrame;
  let people: DataFrame;

  beforeAll(async () => {
    if (!server) return;
    session = openSession(server.url, { settings: SETTINGS });
    python = startPySpark(server);
    orders = await session.sql(sqlOf(ORDERS));
    people = await session.sql(sqlOf(PEOPLE));
  }, 240_000);

  afterAll(async () => {
    await python?.end();
    await session?.stop();
  });

  test("give what PySpark's same plans give", async () => {
    const asked = FRAME_PLANS.map((given) =>
      python.ask({
        do: "plan",
        python: given.python.replaceAll("{orders}", ORDERS).replaceAll("{people}", PEOPLE),
      }),
    );
    for (const [index, given] of FRAME_PLANS.entries()) {
      const frame = given.plan(orders, people, session);
      const rows = (await frame.collectArrays()).map((row) => row.map(exactly));
      const schema = (await frame.schema()).simpleString();
      expect({ python: given.python, schema, rows }).toEqual({
        python: given.python,
        ...(await asked[index]),
      } as never);
    }
  }, 240_000);

  test("are read by their actions", async () => {
    const frame = orders.select("id", "price").orderBy("id");
    const first = { id: 1, price: Decimal.parse("10.50") };
    expect(await frame.count()).toBe(6);
    expect(await frame.isEmpty()).toBe(false);
    expect(await frame.filter("false").isEmpty()).toBe(true);
    expect(await frame.first()).toEqual(first);
    expect(await frame.filter("false").first()).toBeUndefined();
    expect(await frame.take(1)).toEqual([first]);
    expect(await frame.head(2)).toHaveLength(2);
    expect((await frame.tail<{ id: number }>(1)).map(({ id }) => id)).toEqual([5]);
    expect(await frame.columns()).toEqual(["id", "price"]);
    expect((await frame.schema()).toDdl()).toBe("`id` INT NOT NULL, `price` DECIMAL(4,2)");
    expect(await frame.explain()).toContain("Physical Plan");
    expect(await frame.explain("extended")).toContain("Analyzed Logical Plan");
    expect(await frame.limit(2).showString()).toBe(
      "+---+-----+\n| id|price|\n+---+-----+\n|  1|10.50|\n|  2|99.00|\n+---+-----+\n",
    );
    const ids: number[] = [];
    for await (const { id } of frame.rows<{ id: number }>()) ids.push(id);
    expect(ids).toEqual([1, 2, 3, 4, 5, 5]);
  }, 120_000);

  test("give Arrow that other readers take, of many batches and of none", async () => {
    const frame = session
      .range(0, { start: -50_000, partitions: 3 })
      .withColumn("s", col("id").cast("string"));
    const table = await frame.toArrow();
    expect(table.rows).toBe(50_000);
    expect(table.schema.simpleString()).toBe("struct<id:bigint,s:string>");
    const path = `${server?.folder}/table.arrows`;
    await Bun.write(path, table.data);
    const read = await python.ask({ do: "arrow", path });
    expect(read).toEqual({
      schema: "id: int64 not null, s: string not null",
      rows: [[50_000, -50_000, "-1"]],
    });
    const none = await frame.filter("false").toArrow();
    expect([none.rows, none.schema.simpleString()]).toEqual([0, "struct<id:bigint,s:string>"]);
  }, 120_000);

  test("say their schema as Spark prints it", async () => {
    const frame =
      await session.sql(`SELECT 1Y AS b, array(map('k', 2L)) AS l, struct(1.50BD AS p, 'x' AS q) AS s,
      interval '1' DAY AS i, 'u' COLLATE UNICODE AS u, current_timestamp() AS t`);
    const plan = { opType: { case: "root" as const, value: frame.relation } };
    const answer = await session.analyze({ case: "treeString", value: { plan } });
    const schema = await frame.schema();
    expect(schema.treeString()).toBe(
      answer.case === "treeString" ? answer.value.treeString.trimEnd() + "\n" : "",
    );
    const parsed = await session.analyze({ case: "ddlParse", value: { ddlString: schema.toDdl() } });
    const said = parsed.case === "ddlParse" && parsed.value.parsed;
    // DDL has no words for arrays and maps without null, so it is read back with the types it says.
    expect(said && fieldsFromMessage(said)).toEqual(Schema.parse(schema.toDdl()).fields);
  }, 120_000);

  test("know functions that the server knows", async () => {
    const known = new Set(
      (await (await session.sql("SHOW ALL FUNCTIONS")).collectArrays()).flat().map(String),
    );
    const ours = [...COLUMN_FUNCTIONS, ...VALUE_FUNCTIONS, ...TEXT_FIRST_FUNCTIONS, ...LAMBDA_FUNCTIONS];
    // Partitions of tables, and what the parser alone or DataFrames alone know.
    const hidden = ["bucket", "days", "hours", "months", "years", "product", "timestampadd", "timestampdiff"];
    for (const name of hidden) known.add(name);
    const sketches = [...SKETCH_FUNCTIONS, ...SKETCH_VALUE_FUNCTIONS];
    const named = [...ours, ...sketches].map((name) => SERVER_NAMES[name] ?? name);
    expect(named.filter((name) => !known.has(name) && !known.has(name.replaceAll("_", "")))).toEqual([]);
  }, 120_000);

  test("have names in SQL by temporary views", async () => {
    await orders.createOrReplaceTempView("frame_orders");
    expect(await (await session.sql("SELECT count(*) AS n FROM frame_orders")).collect()).toEqual([
      { n: 6n },
    ]);
    const taken = await orders.createTempView("frame_orders").catch((thrown: unknown) => thrown);
    expect(String(taken)).toContain("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS");
  }, 120_000);

  test("take values in SQL by name and by place, of every form", async () => {
    const args = {
      n: null,
      i: 5,
      big: 3_000_000_000,
      l: 5n,
      d: 1.5,
      zero: -0,
      dec: Decimal.parse("12.340"),
      t: "it's",
      b: Uint8Array.of(1, 255),
      day: Temporal.PlainDate.from("2024-02-29"),
      at: Temporal.Instant.from("2024-02-29T00:00:00.000001Z"),
      js: new Date(5),
      local: Temporal.PlainDateTime.from("2024-02-29T01:02:03.000004"),
      ym: Temporal.Duration.from("P1Y2M"),
      dt: Temporal.Duration.from("-PT1.5S"),
      list: [1, null, 3],
      map: new Map([["k", 1.5]]),
      struct: { a: 1, b: ["x"] },
    };
    const names = Object.keys(args);
    const frame = await session.sql(`SELECT ${names.map((name) => `:${name} AS ${name}`).join(", ")}`, args);
    const sent = { ...args, big: 3_000_000_000n, js: Temporal.Instant.fromEpochMilliseconds(5) };
    expect(exactly(await frame.first())).toEqual(exactly(sent));
    const places = await session.sql("SELECT ? AS a, ? AS b", ["x", 2]);
    expect(await places.collect()).toEqual([{ a: "x", b: 2 }]);
  }, 120_000);

  test("refuse two columns of one name as objects, and give them as arrays", async () => {
    const frame = orders.select(col("id"), col("count").alias("id")).limit(1);
    const refused = await frame.collect().catch((thrown: unknown) => thrown);
    expect(String(refused)).toContain('two columns are called "id"');
    expect(await frame.collectArrays()).toEqual([[1, 2]]);
  }, 120_000);

  test("refuse what is no plan before anything is sent", () => {
    const wrong: readonly (readonly [() => unknown, string])[] = [
      [() => orders.limit(-1), "the limit is -1, not a whole number of at least 0"],
      [() => orders.limit(1.5), "the limit is 1.5"],
      [() => orders.join(people, "who", "lefft" as "left"), '"lefft" is no way to join'],
      [
        () => orders.join(people, ["who", col("x")] as never),
        "give names of columns or conditions, not both",
      ],
      [() => orders.withColumns({}), "withColumns() needs one at least"],
      [() => orders.select(5 as never), "5 is neither a column nor the name of one"],
      [() => orders.orderBy(), "there is no column to sort by"],
      [() => orders.groupBy("who").agg(), "agg() needs one column at least"],
      [() => orders.groupBy("who").sum(), "sum() needs the names of columns"],
      [() => orders.sample(2, { seed: 1 }), "2 is no share of the rows"],
      [() => orders.alias(" "), "it is empty"],
      [() => orders.col(""), "a column's name is missing"],
      [() => col("a").when(col("b"), 1), "when() and otherwise() go on from when()"],
      [() => when(col("a"), 1).otherwise(2).otherwise(3), "nothing comes after otherwise()"],
      [() => Window.orderBy("a").rowsBetween(1, 0), "the smaller first"],
      [() => lit(2n ** 63n), "it has more than 64 bits"],
      [() => lit(Symbol("x") as never), "it is no value of Spark's"],
      [() => orders.randomSplit([1, -1], 1), "1, -1 are no weights"],
      [() => orders.randomSplit([1], 0.5), "its seed 0.5 is no whole number"],
      [() => orders.sampleBy("who", { ann: 2 }, 1), "2 is no share of the rows"],
      [() => orders.replace(1, "x"), "numbers alone, texts alone or booleans alone"],
      [() => orders.dropna({ how: "some" as "any" }), '"some" is neither "any" nor "all"'],
      [() => orders.fillna({}), "there is no value"],
      [() => orders.lateralJoin(people, undefined, "right" as "left"), '"right" is no way to do it'],
      [() => orders.nearestByJoin(people, col("x"), { count: 100_001 }), "100000 are the limit"],
      [() => orders.repartitionByRange(3), "there is no column"],
      [() => orders.observe(new Observation()), "there is no aggregate"],
      [() => new Observation(""), "its name is empty"],
      [() => new Observation("early").get, "no action has told it yet"],
      [() => orders.orderBy(0), "a column's place is 0"],
      [() => functions.transform("a", () => col("x")), "has 0 parameters, not 1 to 3"],
    ];
    for (const [make, state] of wrong) expect(make).toThrow(state);
  });
});
