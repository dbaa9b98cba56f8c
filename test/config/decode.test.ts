import { describe, expect, test } from "bun:test";
import { toJson } from "../../src/hocon/mod.ts";
import { pipelineOf, pipelineText } from "./load.ts";

/** The example of the source page, with values for its dots. */
const SOURCE_PAGE = `
spark {
  app-name = "Daily ETL"
  config { "spark.sql.shuffle.partitions" = "200" }
}
pipeline {
  pipeline-name = "Daily ETL Pipeline"
  fail-fast = true
  checkpoint {
    enabled = true
    location = "s3a://data-lake/checkpoints"
    auto-resume = true
    cleanup-on-success = true
  }
  pipeline-components = [
    { instance-type = "com.example.Extract", instance-name = "Extract(orders)", instance-config { } },
    { instance-type = "com.example.Load", instance-name = "Load(warehouse)", instance-config { a-b = 1 } }
  ]
}`;

describe("a whole file", () => {
  test("of the source page loads with its values", async () => {
    const pipeline = await pipelineOf(SOURCE_PAGE);
    expect(pipeline).toMatchObject({
      pipelineName: "Daily ETL Pipeline",
      failFast: true,
      maxParallel: 1,
      timeoutMs: undefined,
      pluginFolders: [],
      redact: [],
      hooks: [],
      checkpoint: {
        enabled: true,
        location: "s3a://data-lake/checkpoints",
        autoResume: true,
        cleanupOnSuccess: true,
        onConfigChange: "refuse",
        onCodeChange: "warn",
        storeTimeoutMs: 240_000,
        leaseMs: 300_000,
        store: undefined,
      },
      spark: {
        appName: "Daily ETL",
        master: undefined,
        connectString: undefined,
        config: { "spark.sql.shuffle.partitions": "200" },
      },
      file: undefined,
      folder: "/srv/etl",
    });
    expect(pipeline.components.map(({ index, instanceName }) => [index, instanceName])).toEqual([
      [0, "Extract(orders)"],
      [1, "Load(warehouse)"],
    ]);
    const [, load] = pipeline.components;
    expect(load && toJson(load.instanceConfig)).toEqual({ "a-b": 1 });
    expect(load).toMatchObject({
      instanceType: "com.example.Load",
      enabled: true,
      dependsOn: undefined,
      retryPolicy: undefined,
      circuitBreaker: undefined,
      timeoutMs: undefined,
      isolation: undefined,
      memoryLimit: undefined,
    });
  });

  test("without a checkpoint block has its defaults", async () => {
    const { checkpoint, spark } = await pipelineOf(pipelineText(""));
    expect(checkpoint).toMatchObject({
      enabled: false,
      location: undefined,
      autoResume: false,
      node: undefined,
    });
    expect(spark).toBeUndefined();
  });

  test("of the original loads with numbers and booleans in quotes", async () => {
    const pipeline = await pipelineOf(
      pipelineText(`
        fail-fast = "false"
        retry-policy { max-retries = "5", initial-delay-ms = 200, backoff-multiplier = "1.5" }`),
    );
    expect(pipeline.failFast).toBe(false);
    expect(pipeline.components[0]?.retryPolicy).toEqual({
      maxRetries: 5,
      initialDelayMs: 200,
      maxDelayMs: 30_000,
      backoffMultiplier: 1.5,
      jitterFactor: 0.1,
      retryableExceptions: [],
      retryableExitCodes: [],
      maxElapsedMs: undefined,
    });
  });

  test("gives every key of every block", async () => {
    const pipeline = await pipelineOf(
      pipelineText(
        `
        fail-fast = no, max-parallel = 4, timeout = 6 h, plugins = ["./plugins", "/opt/plugins"], redact = [ssn]
        checkpoint { on-config-change = rerun, on-code-change = refuse, store-timeout = 90s, lease = 2 minutes, store { url = x } }
        hooks = [ { type = audit, path = audit.jsonl }, { type = com.example.SlackHooks, channel = "#etl" } ]`,
        `{ instance-type = "spark.submit", instance-name = b, enabled = false, depends-on = [], timeout = 30 minutes,
           isolation = fresh, memory-limit = 512MiB, retry-policy { retryable-exceptions = [TransientError] } }`,
      ),
    );
    expect(pipeline).toMatchObject({
      failFast: false,
      maxParallel: 4,
      timeoutMs: 21_600_000,
      pluginFolders: ["/srv/etl/plugins", "/opt/plugins"],
      redact: ["ssn"],
      checkpoint: {
        onConfigChange: "rerun",
        onCodeChange: "refuse",
        storeTimeoutMs: 90_000,
        leaseMs: 120_000,
      },
    });
    expect(pipeline.hooks.map(({ type, settings }) => [type, toJson(settings)])).toEqual([
      ["audit", { path: "audit.jsonl" }],
      ["com.example.SlackHooks", { channel: "#etl" }],
    ]);
    expect(pipeline.components[1]).toMatchObject({
      enabled: false,
      dependsOn: [],
      timeoutMs: 1_800_000,
      isolation: "fresh",
      memoryLimit: 536_870_912,
      retryPolicy: { maxRetries: 3, retryableExceptions: ["TransientError"] },
    });
  });
});

describe("a component's retry-policy", () => {
  test("replaces the pipeline's as a whole", async () => {
    const { components } = await pipelineOf(
      pipelineText(
        "retry-policy { max-retries = 9, max-delay-ms = 5 }",
        "{ instance-type = a, instance-name = b, retry-policy { max-retries = 1 } }",
      ),
    );
    expect(components[0]?.retryPolicy).toMatchObject({ maxRetries: 9, maxDelayMs: 5 });
    expect(components[1]?.retryPolicy).toMatchObject({ maxRetries: 1, maxDelayMs: 30_000 });
  });
});

describe("Spark's properties", () => {
  test("may be quoted or nested, and of any scalar type", async () => {
    const { spark } = await pipelineOf(`
      spark.connect-string = "sc://h:1"
      spark.config { "spark.a.b" = 1.50, spark { c { d = true } }, "spark.__proto__" = x, none = null }
      ${pipelineText("")}`);
    expect(spark?.connectString).toBe("sc://h:1");
    expect(Object.entries(spark?.config ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual([
      ["spark.__proto__", "x"],
      ["spark.a.b", "1.50"],
      ["spark.c.d", "true"],
    ]);
  });
});

test("null counts as absent", async () => {
  const pipeline = await pipelineOf(pipelineText("timeout = null, fail-fast = null, checkpoint = null"));
  expect(pipeline).toMatchObject({ timeoutMs: undefined, failFast: true, checkpoint: { enabled: false } });
});

test("other keys at the root are the user's", async () => {
  const { root } = await pipelineOf(`data = /data, circuit-breaker { x = 1 }, ${pipelineText("")}`);
  expect([...root.fields.keys()].toSorted()).toEqual(["circuit-breaker", "data", "pipeline"]);
});
