import { create, toBinary } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { AnalyzePlanRequestSchema, PlanSchema } from "../../src/spark/gen/spark/connect/base_pb.ts";
import { DataFrame, openSession, type SparkSession } from "../../src/spark/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";
import { FRAME_PLANS } from "./frame-plans.ts";
import { type PySpark, startPySpark } from "./pyspark.ts";
import { CATALOG_PLANS, QUESTION_PLANS } from "./question-plans.ts";
import { PAIR_PLANS, ROW_PLANS, SOURCE_PLANS, type VerbPlan } from "./verb-plans.ts";

const server = await sharedSpark();

/** A message of the protocol as the client would send it. */
interface Message {
  readonly of: "plan" | "question";
  readonly bytes: string;
}

function planMessage(plan: Parameters<SparkSession["execute"]>[0]): Message {
  return {
    of: "plan",
    bytes: Buffer.from(toBinary(PlanSchema, create(PlanSchema, plan))).toString("base64"),
  };
}

/** What a verb sends, or the plan of the DataFrame that it gives; nothing goes to a server. */
async function messageOf(plan: VerbPlan["plan"]): Promise<Message> {
  const sent: Message[] = [];
  const spark = openSession("sc://127.0.0.1:1");
  spark.execute = async function* (given) {
    await Promise.resolve();
    sent.push(planMessage(given));
    yield* [];
  };
  spark.analyze = (analyze) => {
    const bytes = toBinary(AnalyzePlanRequestSchema, create(AnalyzePlanRequestSchema, { analyze }));
    sent.push({ of: "question", bytes: Buffer.from(bytes).toString("base64") });
    return Promise.reject(new Error("nothing answers"));
  };
  const made = plan({ spark, orders: spark.table("orders"), people: spark.table("people") });
  if (made instanceof DataFrame) return planMessage({ opType: { case: "root", value: made.relation } });
  const thrown = await made.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  const [message] = sent;
  if (message !== undefined) return message;
  throw thrown;
}

describe.skipIf(server === undefined)("verbs send what PySpark sends:", () => {
  let python: PySpark;

  beforeAll(async () => {
    if (!server) return;
    python = startPySpark(server);
    // PySpark asks for the schema where it looks for columns of numbers.
    for (const query of [
      "CREATE OR REPLACE TEMP VIEW orders AS SELECT 1 AS id, 'a' AS who, 'DE' AS country, 1 AS count, 1.5 AS price, current_date() AS day",
      "CREATE OR REPLACE TEMP VIEW people AS SELECT 'a' AS who, 1 AS age",
    ]) {
      expect((await python.ask({ do: "sql", query })).error).toBeUndefined();
    }
  }, 240_000);

  afterAll(async () => {
    await python?.end();
  });

  async function compare(plans: readonly VerbPlan[]): Promise<void> {
    const found = await Promise.all(
      plans.map(async ({ python: text, plan }) => {
        const message = await messageOf(plan);
        return { python: text, ...(await python.ask({ do: "message", python: text, ...message })) };
      }),
    );
    expect(
      found.filter(({ error, differences }) => error !== undefined || differences?.length !== 0),
    ).toEqual([]);
  }

  test("the rows' and columns' verbs", () => compare(ROW_PLANS), 120_000);
  test("joins, unions and subqueries", () => compare(PAIR_PLANS), 120_000);
  test("readers and writers", () => compare(SOURCE_PLANS), 120_000);
  test("questions about plans, and what is kept of rows", () => compare(QUESTION_PLANS), 120_000);
  test("the catalog", () => compare(CATALOG_PLANS), 120_000);
  test("plans whose rows are compared elsewhere", async () => {
    // Where a column is named by its place, PySpark asks the server which one it is; here the server knows by itself.
    const named = FRAME_PLANS.filter(({ python: text }) => !text.includes("orderBy(1,"));
    const plans = named.map(({ python: text, plan }): VerbPlan => ({
      python: text.replaceAll("{orders}", "orders").replaceAll("{people}", "people"),
      plan: ({ orders, people, spark }) => plan(orders, people, spark),
    }));
    await compare(plans);
  }, 120_000);
});
