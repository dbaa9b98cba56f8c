import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { OpenMetricsContentType } from "prom-client";
import { type Clock, systemClock } from "../base/mod.ts";
import type { BreakerState, HookComponent, PipelineHooks } from "../sdk/mod.ts";
import { ABANDONED_STATUS, PIPELINE_STATUS } from "./hook-events.ts";
import { type MetricSet, type MetricsRegistry, openMetricSet } from "./metric-set.ts";

export interface MetricsOptions {
  /** What all names start with. Default `pipeline`, as the original's. */
  readonly prefix?: string | undefined;
  /** Labels that every metric gets. Default none. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly clock?: Clock | undefined;
}

const BREAKER_VALUE: Readonly<Record<BreakerState, number>> = { closed: 0, "half-open": 1, open: 2 };

function seconds(ms: number): number {
  return ms / 1000;
}

/** The points at which a run is over. */
function endCounting(
  open: () => Promise<MetricSet>,
  tags: Readonly<Record<string, string>>,
  clock: Clock,
): PipelineHooks {
  return {
    async afterPipeline(run) {
      const { duration, runs, lastEnd } = await open();
      const labels = { pipeline_name: run.pipelineName, status: PIPELINE_STATUS[run.status], ...tags };
      duration.observe(labels, seconds(run.durationMs));
      runs.inc(labels);
      lastEnd.set(labels, seconds(run.late === undefined ? clock.now() : Date.parse(run.late.endedAt)));
    },
    async onAbandoned(run) {
      const { runs, lastEnd } = await open();
      // How long it ran nobody knows, so it has no place in the durations.
      const labels = { pipeline_name: run.pipelineName, status: ABANDONED_STATUS, ...tags };
      runs.inc(labels);
      lastEnd.set(labels, seconds(Date.parse(run.lastSeenAt)));
    },
  };
}

/** The hooks, given the metrics (which are opened at the first call) and the labels of all of them. */
function countingHooks(
  open: () => Promise<MetricSet>,
  tags: Readonly<Record<string, string>>,
  clock: Clock,
): PipelineHooks {
  const labelsOf = (component: HookComponent): Record<string, string> => ({
    pipeline_name: component.pipelineName,
    component_name: component.name,
    ...tags,
  });
  const componentEnd = async (
    component: HookComponent,
    status: string,
    durationMs: number,
  ): Promise<void> => {
    const { componentDuration, componentRuns } = await open();
    const labels = { ...labelsOf(component), status };
    componentDuration.observe(labels, seconds(durationMs));
    componentRuns.inc(labels);
  };
  return {
    name: "metrics",
    async afterComponent(component) {
      if (component.status === "restored") (await open()).componentsRestored.inc(labelsOf(component));
      else {
        const status = component.status === "skipped" ? "skipped" : "success";
        await componentEnd(component, status, component.durationMs);
      }
    },
    onComponentFailure: (component) => componentEnd(component, "failure", component.durationMs),
    async onRetryAttempt(component) {
      const { retries, retryAttempts } = await open();
      retries.inc({ ...labelsOf(component), error_type: component.error.name });
      retryAttempts.inc({ ...labelsOf(component), attempt: String(component.attempt) });
    },
    async onCircuitBreakerStateChange(component) {
      const { breakerTransitions, breakerState } = await open();
      breakerTransitions.inc({ ...labelsOf(component), from: component.from, to: component.to });
      breakerState.set(labelsOf(component), BREAKER_VALUE[component.to]);
    },
    async onCheckpoint(run) {
      const { checkpointDuration, checkpointBytes } = await open();
      const labels = { pipeline_name: run.pipelineName, ...tags };
      checkpointDuration.observe(labels, seconds(run.durationMs));
      checkpointBytes.inc(labels, run.bytes);
    },
    ...endCounting(open, tags, clock),
  };
}

/**
 * Hooks that count and time runs in a registry of prom-client.
 *
 * ```ts
 * import { register } from "prom-client";
 * const hooks = metricsHooks(register);
 * ```
 */
export function metricsHooks(registry: MetricsRegistry, options: MetricsOptions = {}): PipelineHooks {
  const { prefix = "pipeline", tags = {}, clock = systemClock } = options;
  let opened: Promise<MetricSet> | undefined;
  const open = (): Promise<MetricSet> => (opened ??= openMetricSet(registry, prefix, Object.keys(tags)));
  return countingHooks(open, tags, clock);
}

/**
 * Writes a registry's text to a file for node_exporter's textfile collector (whose files end in `.prom`): to a
 * temporary file in the same folder first, so that a collector never reads half of it. A device or pipe, such as
 * `/dev/stdout`, is written to as it is.
 */
export async function writeMetricsFile(registry: MetricsRegistry, path: string): Promise<void> {
  const text = await registry.metrics();
  if (isSpecial(path)) return writeFileSync(path, text);
  mkdirSync(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const fd = openSync(temporary, "w", 0o644);
  try {
    try {
      let bytes: Uint8Array = Buffer.from(text, "utf8");
      while (bytes.length > 0) bytes = bytes.subarray(writeSync(fd, bytes));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  }
}

/** Whether it is something that a file must not take the name of. */
function isSpecial(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** Hooks that write a run's metrics to a file, in OpenMetrics text, when the run has ended. */
export function metricsFileHooks(path: string, options: MetricsOptions = {}): PipelineHooks {
  const file = resolve(path);
  let opened: Promise<{ readonly registry: MetricsRegistry; readonly hooks: PipelineHooks }> | undefined;
  const open = async (): Promise<{ readonly registry: MetricsRegistry; readonly hooks: PipelineHooks }> => {
    const { Registry } = await import("prom-client");
    const registry = new Registry<OpenMetricsContentType>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    return { registry, hooks: metricsHooks(registry, options) };
  };
  const part = (): ReturnType<typeof open> => (opened ??= open());
  return {
    name: "metrics",
    afterComponent: async (component) => (await part()).hooks.afterComponent?.(component),
    onComponentFailure: async (component) => (await part()).hooks.onComponentFailure?.(component),
    onRetryAttempt: async (component) => (await part()).hooks.onRetryAttempt?.(component),
    onCircuitBreakerStateChange: async (component) =>
      (await part()).hooks.onCircuitBreakerStateChange?.(component),
    onCheckpoint: async (run) => (await part()).hooks.onCheckpoint?.(run),
    async afterPipeline(run) {
      const { registry, hooks } = await part();
      await hooks.afterPipeline?.(run);
      await writeMetricsFile(registry, file);
    },
    async onAbandoned(run) {
      const { registry, hooks } = await part();
      await hooks.onAbandoned?.(run);
      await writeMetricsFile(registry, file);
    },
  };
}
