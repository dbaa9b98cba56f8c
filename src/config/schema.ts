import type { HoconNode, HoconObject } from "../hocon/mod.ts";
import { sectionKind } from "./decode-section.ts";
import { type Section, section } from "./field.ts";
import {
  anything,
  choice,
  duration,
  flag,
  list,
  name,
  object,
  size,
  text,
  typeName,
  wholeNumber,
} from "./kinds.ts";
import type {
  CheckpointConfig,
  CircuitBreakerPolicy,
  Isolation,
  RetryPolicy,
  SchemaValidation,
  SparkConfig,
} from "./pipeline.ts";
import { circuitBreakerSection, retryPolicySection } from "./resilience-sections.ts";
import { NO_SCHEMA_VALIDATION, schemaValidationSection } from "./schema-validation.ts";

const MINUTE_MS = 60_000;

export const checkpointSection: Section<Omit<CheckpointConfig, "node">> = section<
  Omit<CheckpointConfig, "node">
>({
  path: "pipeline.checkpoint",
  doc: "Whether and where completions are recorded, and what a later run does with them.",
  fields: {
    enabled: { key: "enabled", doc: "record completions", kind: flag, default: false },
    location: {
      key: "location",
      doc: "a path (relative: from this file's folder) or the URI of a checkpoint store",
      kind: name,
      defaultText: "the user's own folder in the system's temporary folder",
    },
    autoResume: {
      key: "auto-resume",
      doc: "go on from the last unfinished run",
      kind: flag,
      default: false,
    },
    cleanupOnSuccess: {
      key: "cleanup-on-success",
      doc: "remove the checkpoint once the whole run has completed",
      kind: flag,
      default: true,
    },
    onConfigChange: {
      key: "on-config-change",
      doc: "what a resume does where a completed component's configuration has changed",
      kind: choice("refuse", "rerun", "accept"),
      default: "refuse",
    },
    onCodeChange: {
      key: "on-code-change",
      doc: "what a resume does where a completed component's code has changed",
      kind: choice("warn", "refuse", "rerun"),
      default: "warn",
    },
    maxResumes: {
      key: "max-resumes",
      doc: "how many runs may start a component, one after the other, and end without completing it; then the run is poisoned (exit 8). 0: no bound",
      kind: wholeNumber(0),
      default: 20,
    },
    maxAgeMs: {
      key: "max-age",
      doc: "how old a run may be that is resumed, since the first of its chain began",
      kind: duration,
      defaultText: "no bound",
    },
    keepLast: {
      key: "keep-last",
      doc: "how many completed checkpoints of the pipeline a success leaves, where it is not cleaned up itself",
      kind: wholeNumber(1),
      defaultText: "all, until they are pruned",
    },
    onStoreFailure: {
      key: "on-store-failure",
      doc: "what a run does when the store fails for longer than store-timeout: end, or go on without records (local stores and single-writer only)",
      kind: choice("fail", "continue"),
      default: "fail",
    },
    storeTimeoutMs: {
      key: "store-timeout",
      doc: "how long a failing store is retried; shorter than the lease",
      kind: duration,
      default: 4 * MINUTE_MS,
      defaultText: "4/5 of the lease: 4 minutes",
    },
    leaseMs: {
      key: "lease",
      doc: "how long a run may be silent, on object stores, before another may take its place",
      kind: duration,
      default: 5 * MINUTE_MS,
      defaultText: "5 minutes",
    },
    intentSettleMs: {
      key: "intent-settle",
      doc: "how long an external action that can't be found may still turn up, where nobody knows if its launcher is dead",
      kind: duration,
      default: 2 * MINUTE_MS,
      defaultText: "2 minutes",
    },
    singleWriter: {
      key: "single-writer",
      doc: "no second runner ever starts: allows stores without conditional writes, and on-store-failure = continue on any store",
      kind: flag,
      default: false,
    },
    store: { key: "store", doc: "the store's own settings; those of a plugin by its schema", kind: object },
  },
});

/** The `spark` block before its properties are flattened. */
export interface SparkBlock extends Omit<SparkConfig, "config"> {
  readonly config: HoconObject | undefined;
}

export const sparkSection: Section<SparkBlock> = section<SparkBlock>({
  path: "spark",
  doc: "Spark's settings, for the components that use Spark. May be absent.",
  fields: {
    appName: { key: "app-name", doc: "the application's name", kind: text },
    master: {
      key: "master",
      doc: "Spark's master, e.g. local[2]; ignored where connect-string is set",
      kind: text,
    },
    connectString: {
      key: "connect-string",
      doc: "a Spark Connect server, e.g. sc://spark-server:15002",
      kind: text,
    },
    config: {
      key: "config",
      doc: "Spark properties, as quoted keys or nested ones",
      kind: object,
      defaultText: "{}",
    },
  },
});

/** One entry of `pipeline-components`, without its place. */
export interface ComponentBlock {
  readonly instanceType: string;
  readonly instanceName: string;
  readonly instanceConfig: HoconObject | undefined;
  readonly enabled: boolean;
  readonly dependsOn: readonly string[] | undefined;
  readonly retryPolicy: RetryPolicy | undefined;
  readonly circuitBreaker: CircuitBreakerPolicy | undefined;
  readonly timeoutMs: number | undefined;
  readonly isolation: Isolation | undefined;
  readonly memoryLimit: number | undefined;
}

export const componentSection: Section<ComponentBlock> = section<ComponentBlock>({
  path: "pipeline.pipeline-components[]",
  doc: "One component.",
  fields: {
    instanceType: {
      key: "instance-type",
      doc: "the plugin or built-in that does the work, e.g. com.example.Extract",
      kind: typeName,
      required: true,
    },
    instanceName: {
      key: "instance-name",
      doc: "the component's name in this pipeline, e.g. Extract(orders); should be unique",
      kind: name,
      required: true,
    },
    instanceConfig: {
      key: "instance-config",
      doc: "the component's own configuration, checked by its schema",
      kind: object,
      defaultText: "{}",
    },
    enabled: {
      key: "enabled",
      doc: "false leaves the component out; its place in the numbering stays",
      kind: flag,
      default: true,
    },
    dependsOn: {
      key: "depends-on",
      doc: "names of the components it comes after; [] none",
      kind: list(text),
      defaultText: "the component before it in the file",
    },
    retryPolicy: {
      key: "retry-policy",
      doc: "replaces the pipeline's retry-policy for this component",
      kind: sectionKind(retryPolicySection),
      defaultText: "the pipeline's",
    },
    circuitBreaker: {
      key: "circuit-breaker",
      doc: "replaces the pipeline's circuit-breaker for this component",
      kind: sectionKind(circuitBreakerSection),
      defaultText: "the pipeline's",
    },
    timeoutMs: { key: "timeout", doc: "how long one attempt may take", kind: duration },
    isolation: {
      key: "isolation",
      doc: "run in a reused worker process, in a fresh one, or in the runner itself",
      kind: choice("process", "fresh", "none"),
      defaultText: "process",
    },
    memoryLimit: {
      key: "memory-limit",
      doc: "resident memory at which the component's process is ended, with what it started counted in, e.g. 512MiB",
      kind: size,
    },
  },
});

/** One entry of `hooks`; its other keys belong to the hook. */
export const hookSection: Section<{ readonly type: string }> = section<{ readonly type: string }>({
  path: "pipeline.hooks[]",
  doc: "One hook; the other keys are the hook's own settings.",
  open: true,
  fields: {
    type: {
      key: "type",
      doc: "audit, logging, metrics, or the type of a plugin",
      kind: typeName,
      required: true,
    },
  },
});

/** The `pipeline` block; lists of components and hooks are decoded entry by entry. */
export interface PipelineBlock {
  readonly pipelineName: string;
  readonly failFast: boolean;
  readonly maxParallel: number;
  readonly timeoutMs: number | undefined;
  readonly plugins: readonly string[];
  readonly checkpoint: HoconObject | undefined;
  readonly redact: readonly string[];
  readonly secrets: HoconObject | undefined;
  readonly retryPolicy: RetryPolicy | undefined;
  readonly circuitBreaker: CircuitBreakerPolicy | undefined;
  readonly schemaValidation: SchemaValidation;
  readonly hooks: readonly HoconNode[];
  readonly components: readonly HoconNode[];
}

export const pipelineSection: Section<PipelineBlock> = section<PipelineBlock>({
  path: "pipeline",
  doc: "The pipeline.",
  fields: {
    pipelineName: {
      key: "pipeline-name",
      doc: "the pipeline's name; checkpoints are kept under it",
      kind: name,
      required: true,
    },
    failFast: {
      key: "fail-fast",
      doc: "stop at the first failure; false: go on, exit 3",
      kind: flag,
      default: true,
    },
    maxParallel: {
      key: "max-parallel",
      doc: "how many components may run side by side once what they depend on has completed",
      kind: wholeNumber(1),
      default: 1,
    },
    timeoutMs: { key: "timeout", doc: "how long the whole run may take", kind: duration },
    plugins: {
      key: "plugins",
      doc: "folders with plugins, relative to this file",
      kind: list(name),
      default: [],
      defaultText: "plugins/ beside the file",
    },
    checkpoint: { key: "checkpoint", doc: checkpointSection.doc, kind: object },
    redact: {
      key: "redact",
      doc: "more key names that hold secrets",
      kind: list(name),
      default: [],
    },
    secrets: {
      key: "secrets",
      doc: "settings of secret providers by scheme: `secrets { vault { address = … } }`",
      kind: object,
      defaultText: "{}",
    },
    retryPolicy: {
      key: "retry-policy",
      doc: retryPolicySection.doc,
      kind: sectionKind(retryPolicySection),
    },
    circuitBreaker: {
      key: "circuit-breaker",
      doc: circuitBreakerSection.doc,
      kind: sectionKind(circuitBreakerSection),
    },
    schemaValidation: {
      key: "schema-validation",
      doc: schemaValidationSection.doc,
      kind: sectionKind(schemaValidationSection),
      default: NO_SCHEMA_VALIDATION,
      defaultText: "off",
    },
    hooks: {
      key: "hooks",
      doc: "what looks on: logging, audit, metrics, plugins",
      kind: list(anything),
      default: [],
    },
    components: {
      key: "pipeline-components",
      doc: "the components, in order",
      kind: list(anything),
      required: true,
    },
  },
});

/** All sections, in the order of the reference. */
export const sections: readonly Section<never>[] = [
  sparkSection,
  pipelineSection,
  checkpointSection,
  retryPolicySection,
  circuitBreakerSection,
  schemaValidationSection,
  componentSection,
  hookSection,
] as unknown as readonly Section<never>[];
