import type { DescMessage } from "@bufbuild/protobuf";
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { AnalyzePlanRequestSchema, PlanSchema } from "../../src/spark/gen/spark/connect/base_pb.ts";
import { HARMLESS, SINCE } from "../../src/spark/session/protocol-since.ts";
import { isBefore } from "../../src/spark/session/server-version.ts";
import { installed, runTool, serverFor } from "../servers/mod.ts";
import { spark, sparkPythonPath } from "../servers/spark/spark.ts";
import { RELEASES, type SparkVersion } from "../servers/spark/versions.ts";

const long = process.env["CAIRN_TEST_LONG"] === "1";
const versions = (Object.keys(RELEASES) as SparkVersion[]).filter((version) => long || version === "3.5");
const PROGRAM = join(import.meta.dir, "../servers/spark/protocol.py");

type Protocol = Readonly<Record<string, readonly string[]>>;

/** The protocol of a release, as its own PySpark has it. */
async function protocolOf(version: SparkVersion, mayInstall: boolean): Promise<Protocol> {
  const packages = await installed(await spark(version), mayInstall);
  await installed(await spark(), mayInstall);
  const env = { PYTHONPATH: await sparkPythonPath(version, packages), PYTHONDONTWRITEBYTECODE: "1" };
  return JSON.parse(await runTool(["python3", "-W", "ignore", PROGRAM], { env })) as Protocol;
}

/** All messages of Spark's that a plan, or a question about one, can hold. */
function messagesOfPlans(): DescMessage[] {
  const found = new Map<string, DescMessage>();
  const add = (message: DescMessage): void => {
    if (found.has(message.typeName) || !message.typeName.startsWith("spark.connect.")) return;
    found.set(message.typeName, message);
    for (const field of message.fields) if (field.message !== undefined) add(field.message);
  };
  add(PlanSchema);
  add(AnalyzePlanRequestSchema);
  return [...found.values()];
}

describe("the list of what older servers don't know of a plan", () => {
  for (const version of versions) {
    const name = `is that of Spark ${version}'s own protocol`;
    test(
      name,
      async () => {
        const protocol = await serverFor(`the protocol of Spark ${version}`, (mayInstall) =>
          protocolOf(version, mayInstall),
        );
        if (protocol === undefined) return;
        const unknown: string[] = [];
        const listed: string[] = [];
        for (const { typeName, fields } of messagesOfPlans()) {
          const known = protocol[typeName];
          // A message that is new altogether is only reached by a field that is new.
          if (known === undefined) continue;
          for (const field of fields) {
            const key = `${typeName.slice("spark.connect.".length)}.${field.name}`;
            const isUnknown = !known.includes(field.name);
            if (isUnknown && !HARMLESS.has(key)) unknown.push(key);
            const since = SINCE[key];
            if (since !== undefined && isBefore(version, since[0])) listed.push(key);
          }
        }
        expect(listed).toEqual(unknown);
      },
      600_000,
    );
  }
});
