import type {
  Counter,
  Gauge,
  Histogram,
  OpenMetricsContentType,
  PrometheusContentType,
  Registry,
} from "prom-client";

/** A registry of prom-client, of either text format. */
export type MetricsRegistry = Registry<PrometheusContentType> | Registry<OpenMetricsContentType>;

/** Upper bounds in seconds: components take milliseconds or hours. */
const DURATION_BUCKETS = [0.01, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 21_600];
/** Upper bounds in seconds: a durable record takes a disk's or an object store's time. */
const CHECKPOINT_BUCKETS = [0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30];

/** The metrics of a pipeline; names in the comments are the original's. */
export interface MetricSet {
  /** `pipeline.duration`, in seconds. */
  readonly duration: Histogram;
  /** `pipeline.runs` */
  readonly runs: Counter;
  /** `pipeline.component.duration`, in seconds. */
  readonly componentDuration: Histogram;
  /** `pipeline.component.runs` */
  readonly componentRuns: Counter;
  /** `pipeline.component.retries` */
  readonly retries: Counter;
  /** `pipeline.component.retry_attempts` */
  readonly retryAttempts: Counter;
  /** `pipeline.circuit_breaker.transitions` */
  readonly breakerTransitions: Counter;
  /** `circuit_breaker.state` */
  readonly breakerState: Gauge;
  readonly componentsRestored: Counter;
  readonly checkpointDuration: Histogram;
  readonly checkpointBytes: Counter;
  readonly lastEnd: Gauge;
}

interface Described {
  readonly kind: "counter" | "gauge" | "histogram";
  /** What stands behind the prefix. */
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets?: number[];
}

const PIPELINE = ["pipeline_name", "status"];
const COMPONENT = ["pipeline_name", "component_name"];

/** The one description of the set. */
const METRICS: Readonly<Record<keyof MetricSet, Described>> = {
  duration: {
    kind: "histogram",
    name: "duration_seconds",
    help: "How long runs took.",
    labels: PIPELINE,
  },
  runs: { kind: "counter", name: "runs_total", help: "Runs that ended.", labels: PIPELINE },
  componentDuration: {
    kind: "histogram",
    name: "component_duration_seconds",
    help: "How long components took, from the last attempt's start.",
    labels: [...COMPONENT, "status"],
  },
  componentRuns: {
    kind: "counter",
    name: "component_runs_total",
    help: "Components that ended.",
    labels: [...COMPONENT, "status"],
  },
  retries: {
    kind: "counter",
    name: "component_retries_total",
    help: "Retries by kind of error.",
    labels: [...COMPONENT, "error_type"],
  },
  retryAttempts: {
    kind: "counter",
    name: "component_retry_attempts_total",
    help: "Retries by number of attempt.",
    labels: [...COMPONENT, "attempt"],
  },
  breakerTransitions: {
    kind: "counter",
    name: "circuit_breaker_transitions_total",
    help: "Changes of circuit breakers.",
    labels: [...COMPONENT, "from", "to"],
  },
  breakerState: {
    kind: "gauge",
    name: "circuit_breaker_state",
    help: "State of circuit breakers: 0 closed, 1 half-open, 2 open.",
    labels: COMPONENT,
  },
  componentsRestored: {
    kind: "counter",
    name: "components_restored_total",
    help: "Completions that a resume took from the checkpoint.",
    labels: COMPONENT,
  },
  checkpointDuration: {
    kind: "histogram",
    name: "checkpoint_duration_seconds",
    help: "How long checkpoint records took to be durable.",
    labels: ["pipeline_name"],
    buckets: CHECKPOINT_BUCKETS,
  },
  checkpointBytes: {
    kind: "counter",
    name: "checkpoint_bytes_total",
    help: "Bytes of checkpoint records.",
    labels: ["pipeline_name"],
  },
  lastEnd: {
    kind: "gauge",
    name: "last_end_timestamp_seconds",
    help: "When the last run ended, in seconds since the epoch.",
    labels: PIPELINE,
  },
};

/**
 * Makes the set in a registry, or takes the metrics that are there already (a second run in one process).
 * prom-client is loaded here, at first use: it costs start time that most runs need not pay.
 */
export async function openMetricSet(
  registry: MetricsRegistry,
  prefix: string,
  tags: readonly string[],
): Promise<MetricSet> {
  const client = await import("prom-client");
  const make = ({ kind, name, help, labels, buckets }: Described): unknown => {
    const full = `${prefix}_${name}`;
    const existing: unknown = registry.getSingleMetric(full);
    if (existing !== undefined) return existing;
    const facts = { name: full, help, labelNames: [...labels, ...tags], registers: [registry] };
    if (kind === "counter") return new client.Counter(facts);
    if (kind === "gauge") return new client.Gauge(facts);
    return new client.Histogram({ ...facts, buckets: buckets ?? DURATION_BUCKETS });
  };
  return Object.fromEntries(
    Object.entries(METRICS).map(([property, described]) => [property, make(described)]),
  ) as unknown as MetricSet;
}
