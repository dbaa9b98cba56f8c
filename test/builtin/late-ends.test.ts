import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { Registry } from "prom-client";
import { auditHooks, loggingHooks, metricsFileHooks, metricsHooks } from "../../src/builtin/mod.ts";
import { tempDir } from "../kit/mod.ts";
import { fixedClock, playLateEnds } from "./sample-run.ts";

const ABANDONED = {
  run_id: "run-1",
  pipeline_name: "hooks demo",
  duration_ms: 5000,
  status: "abandoned",
  last_seen: "2026-11-23T18:00:05.000Z",
  closed_by: "resume",
  components_completed: 1,
  components_failed: 0,
};
const LATE = {
  run_id: "run-2",
  status: "failure",
  late: true,
  ended_at: "2026-11-23T18:10:00.000Z",
  repeated: true,
};

test("the structured log has an event for an abandoned run, and says of a late end when it was", async () => {
  const lines: unknown[] = [];
  await playLateEnds(loggingHooks.structured({ write: (line) => void lines.push(JSON.parse(line)) }));
  expect(lines).toMatchObject([
    { event: "pipeline_abandoned", ...ABANDONED },
    { event: "pipeline_end", ...LATE },
  ]);
});

test("the log for people says them in sentences", async () => {
  const lines: string[] = [];
  await playLateEnds(loggingHooks.humanReadable({ write: (line) => void lines.push(line) }));
  expect(lines).toEqual([
    'Pipeline "hooks demo" abandoned: run run-1 was last seen at 2026-11-23T18:00:05.000Z, with 1 of 3 components completed',
    'Pipeline "hooks demo" failed (42 ms): 2 of 3 components completed, 1 failed; it ended at 2026-11-23T18:10:00.000Z and was not told then',
  ]);
});

test("the audit trail has a line for each", async () => {
  using dir = tempDir();
  await playLateEnds(auditHooks.toFile(dir.join("audit.jsonl"), { env: {} }));
  const lines = dir
    .read("audit.jsonl")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
  expect(lines).toMatchObject([
    { event_type: "pipeline_abandoned", ...ABANDONED },
    { event_type: "pipeline_end", ...LATE },
  ]);
});

test("the metrics count both, an abandoned run without a duration, at the times at which they ended", async () => {
  const registry = new Registry();
  await playLateEnds(metricsHooks(registry, { clock: fixedClock }));
  const text = await registry.metrics();
  const of = (name: string): string[] =>
    text.split("\n").filter((line) => line.startsWith(`pipeline_${name}{`));
  expect(of("runs_total")).toEqual([
    'pipeline_runs_total{pipeline_name="hooks demo",status="abandoned"} 1',
    'pipeline_runs_total{pipeline_name="hooks demo",status="failure"} 1',
  ]);
  expect(of("duration_seconds_count")).toEqual([
    'pipeline_duration_seconds_count{pipeline_name="hooks demo",status="failure"} 1',
  ]);
  expect(of("last_end_timestamp_seconds")).toEqual([
    `pipeline_last_end_timestamp_seconds{pipeline_name="hooks demo",status="abandoned"} ${Date.parse("2026-11-23T18:00:05Z") / 1000}`,
    `pipeline_last_end_timestamp_seconds{pipeline_name="hooks demo",status="failure"} ${Date.parse("2026-11-23T18:10:00Z") / 1000}`,
  ]);
});

test("the metrics file is written for an abandoned run, too", async () => {
  using dir = tempDir();
  const file = dir.join("runs.prom");
  const { onAbandoned = () => undefined } = metricsFileHooks(file);
  await playLateEnds({ onAbandoned });
  expect(readFileSync(file, "utf8")).toContain('status="abandoned"} 1');
});
