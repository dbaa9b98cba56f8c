import { describe, expect, test } from "bun:test";
import { runCairn, tempDir } from "../kit/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";

const server = await sharedSpark();

const ASK = `export default async function ask({ spark, config }) {
  const found = await spark.sql("SELECT sum(id) AS s FROM range(:n)", { n: config.n });
  const [row] = await found.collect();
  return { sum: String(row.s), tags: spark.tags(), partitions: await spark.conf.get("spark.sql.shuffle.partitions") };
}
`;

const SPARK = `spark {
  connect-string = "${server?.url ?? "sc://127.0.0.1:1"}"
  config { spark.sql.shuffle.partitions = 7 }
}`;

async function run(spark: string): Promise<{ code: number; text: string; outputs: unknown }> {
  using folder = tempDir();
  folder.write("plugins/e2e/Ask.ts", ASK);
  const config = folder.write(
    "pipeline.conf",
    `${spark}
pipeline {
  pipeline-name = "asks"
  plugins = ["plugins"]
  pipeline-components = [ { instance-type = "e2e.Ask", instance-name = ask, instance-config { n = 1000 } } ]
}
`,
  );
  const result = await runCairn(["run", config, "--format=json"], { cwd: folder.path, timeoutMs: 120_000 });
  const { components } = result.json() as { components: { outputs?: unknown }[] };
  return { code: result.code, text: result.stdout + result.stderr, outputs: components[0]?.outputs };
}

describe("ctx.spark", () => {
  test.skipIf(server === undefined)(
    "is a session with the run's settings and tags",
    async () => {
      const { code, outputs } = await run(SPARK);
      expect(outputs).toMatchObject({ sum: "499500", partitions: "7" });
      expect((outputs as { tags: string[] }).tags).toEqual([
        expect.stringMatching(/^cairn-run=/),
        "cairn-component=ask",
        "cairn-attempt=1",
      ]);
      expect(code).toBe(0);
    },
    180_000,
  );

  test("without a connect-string is an error that says what is missing", async () => {
    const { code, text } = await run("");
    expect(code).not.toBe(0);
    expect(text).toContain("SPARK_NOT_CONFIGURED");
    expect(text).toContain("spark.connect-string");
  });
});
