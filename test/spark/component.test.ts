import { describe, expect, test } from "bun:test";
import { runCairn, tempDir } from "../kit/mod.ts";
import { openSession } from "../../src/spark/mod.ts";
import { sharedSpark } from "../servers/spark/shared-spark.ts";

const server = await sharedSpark();

const ASK = `export default async function ask({ spark, config }) {
  const found = await spark.sql("SELECT sum(id) AS s FROM range(:n)", { n: config.n });
  const [row] = await found.collect();
  return { sum: String(row.s), tags: spark.tags(), partitions: await spark.conf.get("spark.sql.shuffle.partitions") };
}
`;

const LEAVE = `export default async function leave({ spark }) {
  await (await spark.sql("SELECT 42 AS answer")).createOrReplaceTempView("left_behind");
  return { session: spark.sessionId };
}
`;

const FIND = `export default async function find({ spark }) {
  const [row] = await spark.table("left_behind").collect();
  return { session: spark.sessionId, answer: row.answer };
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

  for (const isolation of ["process", "fresh", "none"]) {
    test.skipIf(server === undefined)(
      `is one session for all components of a run, with isolation = ${isolation}; it ends with the run`,
      async () => {
        using folder = tempDir();
        folder.write("plugins/e2e/Leave.ts", LEAVE);
        folder.write("plugins/e2e/Find.ts", FIND);
        const config = folder.write(
          "pipeline.conf",
          `${SPARK}
pipeline {
  pipeline-name = "shares"
  plugins = ["plugins"]
  pipeline-components = [
    { instance-type = "e2e.Leave", instance-name = leave }
    { instance-type = "e2e.Find", instance-name = find }
  ]
}
`,
        );
        const args = ["run", config, "--format=json", `--isolation=${isolation}`];
        const result = await runCairn(args, { cwd: folder.path, timeoutMs: 120_000 });
        const { components } = result.json() as { components: { outputs: { session: string } | null }[] };
        const sessions = components.map(({ outputs }) => outputs?.session);
        expect(components[1]?.outputs, result.stderr).toMatchObject({ answer: 42 });
        expect(new Set(sessions).size).toBe(1);
        if (isolation === "fresh") return;
        const again = openSession(server?.url ?? "", { sessionId: sessions[0] });
        const lost = await again.version().catch((thrown: unknown) => thrown);
        expect(lost).toMatchObject({ code: "SPARK_SESSION_LOST" });
        await again.stop({ release: false });
      },
      180_000,
    );
  }

  test.skipIf(server === undefined)(
    "goes on in a session after the one that the server has closed",
    async () => {
      const first = openSession(server?.url ?? "", {});
      const closed = first.sessionId;
      await first.version();
      await first.stop();
      const next = crypto.randomUUID();
      const second = openSession(server?.url ?? "", { sessionId: closed, sessionAfter: () => next });
      expect(await second.range(3).count()).toBe(3);
      expect(second.sessionId).toBe(next);
      await second.stop();
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
