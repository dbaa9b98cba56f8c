import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { membersOf } from "../../scripts/docs/spark-page.ts";
import { otherFunctions, vocabulary } from "../../scripts/docs/spark-vocabulary.ts";
import { type DataFrame, expr, functions, Observation, openSession, Window } from "../../src/spark/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { type PySpark, startPySpark } from "./pyspark.ts";

const server = await sharedSpark();

/** What other rooms and this client use. */
const OURS = ["constructor", "execute", "analyze", "nextPlanId", "next", "spec", "metricsOf", "tell"];

/** Every public name of an object, however it came by it; fields aside. */
function namesOf(object: object): string[] {
  const names: string[] = [];
  for (let proto: unknown = Object.getPrototypeOf(object); proto !== Object.prototype;) {
    names.push(...Object.getOwnPropertyNames(proto));
    proto = Object.getPrototypeOf(proto);
  }
  return names.filter((name) => !OURS.includes(name));
}

test("every verb of a Spark session has a docstring, and so a line in docs/reference/spark-api.md", async () => {
  const spark = openSession("sc://127.0.0.1:1");
  const frame: DataFrame = spark.range(1);
  const objects: readonly object[] = [
    spark,
    frame,
    frame.na,
    frame.stat,
    frame.groupBy(),
    expr("x"),
    Window.orderBy("x"),
    spark.read,
    frame.write,
    frame.writeTo("t"),
    frame.mergeInto("t", expr("x")),
    spark.catalog,
    spark.udf,
    spark.tvf,
    spark.conf,
    new Observation(),
  ];
  for (const [index, part] of vocabulary.entries()) {
    const documented = (await membersOf(part)).map(({ name }) => name);
    const names = namesOf(objects[index] ?? {});
    expect({ of: part.title, without: names.filter((name) => !documented.includes(name)) }).toEqual({
      of: part.title,
      without: [],
    });
  }
});

describe.skipIf(server === undefined)("the vocabulary of PySpark", () => {
  let python: PySpark;

  beforeAll(() => {
    if (server) python = startPySpark(server);
  });

  afterAll(async () => {
    await python?.end();
  });

  for (const part of vocabulary) {
    test(`${part.title}: each name is here, or said to be absent`, async () => {
      const { names = [], error } = await python.ask({ do: "names", python: part.pyspark });
      expect(error).toBeUndefined();
      const here = (await membersOf(part)).map(({ name }) => name);
      const said = Object.keys(part.other);
      expect(names.filter((name) => !here.includes(name) && !said.includes(name))).toEqual([]);
      expect(said.filter((name) => here.includes(name) || !names.includes(name))).toEqual([]);
    }, 120_000);
  }

  test("functions: each name is here, or said to be absent", async () => {
    const { names = [] } = await python.ask({ do: "names", python: "F" });
    const camelCase = (name: string): string =>
      name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    const said = Object.keys(otherFunctions);
    const here = Object.keys(functions);
    expect(names.length).toBeGreaterThan(500);
    expect(names.filter((name) => !here.includes(camelCase(name)) && !said.includes(name))).toEqual([]);
    expect(said.filter((name) => here.includes(camelCase(name)) || !names.includes(name))).toEqual([]);
  }, 120_000);
});
