import { describe, expect, test } from "bun:test";

import { Schema } from "../../../src/spark/schema/schema.ts";
import { sentSchema } from "../../../src/spark/schema/sent-schema.ts";
import { fitPlan } from "../../../src/spark/session/fit-plan.ts";

/** A plan of rows with those columns. */
function rowsOf(ddl: string): Parameters<typeof fitPlan>[0] {
  const schema = sentSchema(Schema.parse(ddl));
  return {
    opType: { case: "root", value: { relType: { case: "localRelation", value: { schema } } } },
  };
}

describe("rows for older servers", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["a array<timestamp_ltz(9)>", "4.2.0", "a timestamp in nanoseconds came with Spark 4.3"],
    ["a struct<t:time(0)>", "4.0.1", "the type time came with Spark 4.1"],
    ["a map<string,geometry(any)>", "4.0.1", "the type geometry came with Spark 4.1"],
    ["a variant", "3.5.6", "the type variant came with Spark 4.0"],
    ["a string collate UNICODE", "3.5.6", "a collation came with Spark 4.0"],
  ];
  for (const [ddl, version, problem] of cases) {
    test(`are refused where the server doesn't know a type of theirs: ${ddl} by ${version}`, () => {
      expect(() => fitPlan(rowsOf(ddl), version)).toThrow(`Cannot run this on Spark ${version}: ${problem}`);
      expect(fitPlan(rowsOf(ddl), "4.3.0")).toEqual(rowsOf(ddl));
    });
  }

  test("are sent where it knows all of them", () => {
    const ddl = "a string, b array<map<int, struct<c: decimal(5,2), d: timestamp_ntz, e: interval>>>, f void";
    expect(() => fitPlan(rowsOf(ddl), "3.5.6")).not.toThrow();
  });
});
