import { create, toBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { COLUMN_FUNCTIONS } from "../../src/spark/frame/function-names.ts";
import { SKETCH_FUNCTIONS, SKETCH_VALUE_FUNCTIONS } from "../../src/spark/frame/sketch-function-names.ts";
import { TEXT_FIRST_FUNCTIONS, VALUE_FUNCTIONS } from "../../src/spark/frame/value-function-names.ts";
import { PlanSchema } from "../../src/spark/gen/spark/connect/base_pb.ts";
import { type Column, functions, openSession } from "../../src/spark/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { type PySpark, startPySpark } from "./pyspark.ts";

const server = await sharedSpark();
const orders = openSession("sc://127.0.0.1:1").table("orders");

/** Where a text is a mode and no column to PySpark, and where `log` is `ln`. */
const OTHERWISE = /^F\.(log|tuple_\w+)\(.*"x"|^F\.log\(/;

type Call = (...args: readonly (string | number)[]) => Column;
const calls = functions as unknown as Readonly<Record<string, Call>>;

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

describe.skipIf(server === undefined)("functions are called as PySpark calls them", () => {
  let python: PySpark;
  let compared = 0;

  beforeAll(() => {
    if (server) python = startPySpark(server);
  });

  afterAll(async () => {
    await python?.end();
  });

  /** Values are given as such after the first argument; PySpark takes some of these texts for columns' names. */
  async function differing(names: readonly string[], values = false): Promise<unknown[]> {
    const { calls: made = {} } = await python.ask({ do: "calls", names });
    const found = names.flatMap((name) =>
      (made[name] ?? []).map(async (args) => {
        const told = args.map((arg, index) =>
          values && index > 0 && arg !== "x" ? `lit(${JSON.stringify(arg)})` : JSON.stringify(arg),
        );
        const text = `F.${name}(${told.join(", ")})`;
        if (OTHERWISE.test(text)) return [];
        const frame = orders.select((calls[camelCase(name)] as Call)(...args));
        const plan = create(PlanSchema, { opType: { case: "root", value: frame.relation } });
        const bytes = Buffer.from(toBinary(PlanSchema, plan)).toString("base64");
        const answer = await python.ask({
          do: "message",
          of: "plan",
          python: `orders.select(${text})`,
          bytes,
        });
        // Some arguments that fit by their types are refused by PySpark itself.
        if (answer.error !== undefined) return [];
        compared++;
        return answer.differences?.length === 0 ? [] : [{ text, ...answer }];
      }),
    );
    return (await Promise.all(found)).flat();
  }

  test("all of columns", async () => {
    expect(await differing([...COLUMN_FUNCTIONS, ...SKETCH_FUNCTIONS])).toEqual([]);
  }, 120_000);

  test("a column and values", async () => {
    expect(await differing([...VALUE_FUNCTIONS, ...SKETCH_VALUE_FUNCTIONS], true)).toEqual([]);
  }, 120_000);

  test("a text and columns", async () => {
    expect(await differing(TEXT_FIRST_FUNCTIONS)).toEqual([]);
    expect(compared).toBeGreaterThan(500);
  }, 120_000);
});
