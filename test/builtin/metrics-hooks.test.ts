import { describe, expect, test } from "bun:test";
import { readFileSync, readdirSync, readlinkSync, symlinkSync } from "node:fs";
import { Registry } from "prom-client";
import { metricsFileHooks, metricsHooks, writeMetricsFile } from "../../src/builtin/mod.ts";
import { tempDir } from "../kit/mod.ts";
import { fixedClock, playRun } from "./sample-run.ts";

describe("metrics in a registry", () => {
  test("are the original's, counted and timed in seconds", async () => {
    const registry = new Registry();
    await playRun(metricsHooks(registry, { clock: fixedClock, tags: { team: "lake" } }));
    const text = await registry.metrics();
    const has = (line: string): void => expect(text.split("\n")).toContain(line);
    has('pipeline_runs_total{pipeline_name="hooks demo",status="failure",team="lake"} 1');
    has('pipeline_duration_seconds_sum{pipeline_name="hooks demo",status="failure",team="lake"} 0.042');
    has(
      'pipeline_component_runs_total{pipeline_name="hooks demo",component_name="c2",team="lake",status="success"} 1',
    );
    has(
      'pipeline_component_duration_seconds_sum{pipeline_name="hooks demo",component_name="c3",team="lake",status="failure"} 0.007',
    );
    has(
      'pipeline_component_retries_total{pipeline_name="hooks demo",component_name="c2",team="lake",error_type="TypeError"} 1',
    );
    has(
      'pipeline_component_retry_attempts_total{pipeline_name="hooks demo",component_name="c2",team="lake",attempt="2"} 1',
    );
    has('pipeline_circuit_breaker_state{pipeline_name="hooks demo",component_name="c3",team="lake"} 2');
    has('pipeline_components_restored_total{pipeline_name="hooks demo",component_name="c1",team="lake"} 1');
    has('pipeline_checkpoint_bytes_total{pipeline_name="hooks demo",team="lake"} 400');
    has('pipeline_checkpoint_duration_seconds_count{pipeline_name="hooks demo",team="lake"} 1');
  });

  test("add up over several runs of one process, under the prefix that was asked for", async () => {
    const registry = new Registry();
    await playRun(metricsHooks(registry, { prefix: "etl" }), "completed");
    await playRun(metricsHooks(registry, { prefix: "etl" }), "completed");
    expect(await registry.getSingleMetricAsString("etl_runs_total")).toContain(
      'etl_runs_total{pipeline_name="hooks demo",status="success"} 2',
    );
  });
});

describe("the metrics file", () => {
  test("holds a run's metrics as OpenMetrics text, and no temporary file stays", async () => {
    using dir = tempDir();
    const file = dir.join("textfile", "cairn.prom");
    await playRun(metricsFileHooks(file, { clock: fixedClock }));
    const text = readFileSync(file, "utf8");
    expect(text).toEndWith("# EOF\n");
    expect(text).toContain("# TYPE pipeline_runs counter\n");
    expect(text).toContain('pipeline_runs_total{pipeline_name="hooks demo",status="failure"} 1');
    expect(readdirSync(dir.join("textfile"))).toEqual(["cairn.prom"]);
  });

  test("is no file where it goes to a device, which keeps its name", async () => {
    using dir = tempDir();
    const device = dir.join("cairn.prom");
    symlinkSync("/dev/null", device);
    await playRun(metricsFileHooks(device, { clock: fixedClock }));
    expect(readlinkSync(device)).toBe("/dev/null");
    expect(readdirSync(dir.path)).toEqual(["cairn.prom"]);
  });

  test("stays as it was where the new one can't be put in its place", async () => {
    using dir = tempDir();
    dir.write("cairn.prom/in-the-way", "");
    const write = writeMetricsFile(new Registry(), dir.join("cairn.prom"));
    expect(String(await write.catch((thrown: unknown) => thrown))).toContain("EISDIR");
    expect(readdirSync(dir.path)).toEqual(["cairn.prom"]);
  });
});

test("prom-client is not loaded before a hook is called", async () => {
  using dir = tempDir();
  const script = dir.write(
    "load.ts",
    `import { metricsFileHooks } from ${JSON.stringify(`${import.meta.dir}/../../src/builtin/mod.ts`)};
     const loaded = () => Object.keys(require.cache).some((name) => name.includes("prom-client"));
     const hooks = metricsFileHooks("unused.prom");
     const before = loaded();
     await hooks.onCheckpoint({ pipelineName: "p", durationMs: 1, bytes: 1 });
     console.log(before, loaded());`,
  );
  const run = Bun.spawnSync([process.execPath, script], { cwd: dir.path });
  expect(run.stdout.toString()).toBe("false true\n");
});
