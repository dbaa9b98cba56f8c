import type { HoconObject } from "../hocon/mod.ts";

/** `retry-policy`, the original's keys and defaults. */
export interface RetryPolicy {
  /** Default 3. */
  readonly maxRetries: number;
  /** Default 1000. */
  readonly initialDelayMs: number;
  /** Default 30000. */
  readonly maxDelayMs: number;
  /** At least 1; default 2. */
  readonly backoffMultiplier: number;
  /** 0 to 1; default 0.1. */
  readonly jitterFactor: number;
  /** Error class names; empty: all but PermanentError. */
  readonly retryableExceptions: readonly string[];
  /** Exit codes of programs. With both lists empty every error is retried. */
  readonly retryableExitCodes: readonly number[];
  /** No retry starts later than this after the first attempt, ms; undefined: no bound. */
  readonly maxElapsedMs: number | undefined;
}

/** `circuit-breaker`, the original's keys and defaults. */
export interface CircuitBreakerPolicy {
  /** Failed attempts in a row that open it; default 5. */
  readonly failureThreshold: number;
  /** How long it stays open; default 60000. */
  readonly resetTimeoutMs: number;
  /** Successful attempts that close it again; default 2. */
  readonly halfOpenSuccessThreshold: number;
}

/** `schema-validation`, the original's keys and defaults. */
export interface SchemaValidation {
  /** Whether contracts are checked at all. Default false. */
  readonly enabled: boolean;
  /** All components must declare contracts. Default false. */
  readonly strict: boolean;
  /** What would be a warning is an error. Default false. */
  readonly failOnWarning: boolean;
}

export type Isolation = "process" | "fresh" | "none";

/** One entry of `pipeline-components`. */
export interface ComponentConfig {
  /** 0-based place in the file. */
  readonly index: number;
  readonly instanceType: string;
  readonly instanceName: string;
  /** As written (keys unchanged), with its origins; the plugin's schema reads it. */
  readonly instanceConfig: HoconObject;
  readonly enabled: boolean;
  /** Names it comes after; undefined: the component before it in the file. */
  readonly dependsOn: readonly string[] | undefined;
  /** The component's own policy, else the pipeline's, else undefined (no retries). */
  readonly retryPolicy: RetryPolicy | undefined;
  /** The component's own, else the pipeline's, else undefined (none). */
  readonly circuitBreaker: CircuitBreakerPolicy | undefined;
  /** Milliseconds. */
  readonly timeoutMs: number | undefined;
  readonly isolation: Isolation | undefined;
  /** Resident bytes at which its process is ended. */
  readonly memoryLimit: number | undefined;
  /** The whole entry, for findings. */
  readonly node: HoconObject;
}

export interface CheckpointConfig {
  readonly enabled: boolean;
  /** As written; undefined: the default location. */
  readonly location: string | undefined;
  readonly autoResume: boolean;
  readonly cleanupOnSuccess: boolean;
  readonly onConfigChange: "refuse" | "rerun" | "accept";
  readonly onCodeChange: "warn" | "refuse" | "rerun";
  /** Runs of a chain that may start a component and end without completing it; 0: no bound. Default 20. */
  readonly maxResumes: number;
  /** How old a run may be that is resumed, counted from the first of its chain, ms; undefined: no bound. */
  readonly maxAgeMs: number | undefined;
  /** How many completed checkpoints of the pipeline stay after a success; undefined: all. */
  readonly keepLast: number | undefined;
  /** When the store fails for good: end the run, or go on without records. Default fail. */
  readonly onStoreFailure: "fail" | "continue";
  /** How long a failing store is retried, ms; shorter than the lease. */
  readonly storeTimeoutMs: number;
  /** Length of a timed lease, ms. */
  readonly leaseMs: number;
  /** How long an external action that can't be found may still turn up, ms. */
  readonly intentSettleMs: number;
  /** No second runner ever starts. Default false. */
  readonly singleWriter: boolean;
  /** The store's own settings. */
  readonly store: HoconObject | undefined;
  readonly node: HoconObject | undefined;
}

export interface SparkConfig {
  readonly appName: string | undefined;
  readonly master: string | undefined;
  readonly connectString: string | undefined;
  /** Flat: `spark.sql.shuffle.partitions` → `200`, from quoted and nested keys alike. */
  readonly config: Readonly<Record<string, string>>;
}

/** One entry of `hooks`. */
export interface HookConfig {
  /** 0-based place in the file. */
  readonly index: number;
  readonly type: string;
  /** The other keys of the entry, as written. */
  readonly settings: HoconObject;
  readonly node: HoconObject;
}

/** A whole configuration file, decoded. */
export interface PipelineConfig {
  readonly pipelineName: string;
  readonly failFast: boolean;
  readonly maxParallel: number;
  readonly timeoutMs: number | undefined;
  /** Absolute plugin folders from the file. */
  readonly pluginFolders: readonly string[];
  readonly checkpoint: CheckpointConfig;
  readonly schemaValidation: SchemaValidation;
  /** More key names that hold secrets. */
  readonly redact: readonly string[];
  /** Settings of secret providers by scheme. */
  readonly secrets: HoconObject | undefined;
  readonly hooks: readonly HookConfig[];
  readonly components: readonly ComponentConfig[];
  readonly spark: SparkConfig | undefined;
  /** Absolute path of the file, undefined for stdin and text. */
  readonly file: string | undefined;
  /** Folder that relative paths of the file count from. */
  readonly folder: string;
  /** The whole resolved tree. */
  readonly root: HoconObject;
}

/** What could be decoded of a component that may be wrong elsewhere: enough to check it, not to run it. */
export interface ReadableComponent extends Pick<
  ComponentConfig,
  "index" | "instanceType" | "enabled" | "dependsOn" | "node"
> {
  /** Empty where it is absent or wrong. */
  readonly instanceName: string;
  /** Undefined where what was given is no object. */
  readonly instanceConfig: HoconObject | undefined;
}

/** What could be decoded of a configuration that may be wrong elsewhere, for the checks that come after decoding. */
export interface ReadablePipeline extends Pick<
  PipelineConfig,
  "pluginFolders" | "redact" | "secrets" | "hooks" | "file" | "folder"
> {
  readonly components: readonly ReadableComponent[];
  /** Disabled where it is wrong. */
  readonly schemaValidation: SchemaValidation;
  /** Texts such as `${NAME}` that stand for values yet to come. */
  readonly placeholders: ReadonlySet<string>;
}
