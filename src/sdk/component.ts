import type { GenericSchema, InferOutput } from "valibot";
import type { JsonValue } from "../base/mod.ts";
import type { ComponentSpark } from "./component-spark.ts";
import type { CONTEXT_FACTS, ContextFacts } from "./context-facts.ts";
import type { IntentRunner } from "./intent.ts";
import type { OutputOpener } from "./output.ts";
import type { ContractSource, InputContract, SchemaContract } from "./contract/contract.ts";

/** Levels of `ctx.log`, lowest first. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

/** A logger whose lines carry the component's name; fields are JSON and are redacted. */
export type ComponentLog = {
  readonly [Level in LogLevel]: (message: string, fields?: Readonly<Record<string, unknown>>) => void;
};

/** What a component may know of the run it is part of. */
export interface RunInfo {
  readonly runId: string;
  readonly rootRunId: string;
  readonly runKey: string | undefined;
  readonly pipelineName: string;
  readonly componentName: string;
  /** 1 for the first attempt in this run. */
  readonly attempt: number;
  readonly resumedFrom: string | undefined;
  /** 0-based place of the component, and how many there are. */
  readonly index: number;
  readonly total: number;
  /** Absolute folder of the configuration file. Absent in tests of a component that give none. */
  readonly configFolder?: string | undefined;
}

export interface ArtifactOptions {
  /** Also record the SHA-256 of a file of this machine (reads it once). Default false. */
  readonly hash?: boolean;
  /** Later components use it up: not checked on resume once a later one has completed. Default false. */
  readonly consumed?: boolean;
}

/** Secrets that a component asks for itself; those that its configuration names are filled in already. */
export interface ComponentSecrets {
  /**
   * The secret that a reference (`secret://env/NAME`, `secret://file/PATH`, or a provider's) names, as it is now. From
   * here on it is masked in everything that is shown or recorded. Rejects with SECRET_UNRESOLVED.
   */
  get(reference: string): Promise<string>;
}

/** What a component's `run` is given. */
export interface ComponentContext<Config = unknown> {
  /** The component's `instance-config`, parsed by its schema. */
  readonly config: Config;
  readonly log: ComponentLog;
  /** Aborts on timeout, interrupt and lost lease; its reason is an Error. */
  readonly signal: AbortSignal;
  /**
   * Runs `fn` once over all attempts and resumes: its JSON result (at most 256 KiB) is durable when the promise
   * resolves and is given back without running `fn` the next time. Names are unique per component.
   */
  readonly step: <T extends JsonValue | void>(name: string, fn: () => T | Promise<T>) => Promise<T>;
  /** Tells how far the work is; `total` in the same unit as `done`. Cheap: call it as often as you like. */
  readonly progress: (done: number, total?: number, label?: string) => void;
  /** Outputs of a completed component by instance name; undefined where it returned none. Throws for a name that is unknown or not completed. */
  readonly outputs: (name: string) => JsonValue | undefined;
  /** Declares a file or object (a path, `file:`, `s3a:`, `hdfs:`) as a result of this component; checked before a resume takes the completion as given. */
  readonly artifact: (pathOrUri: string, options?: ArtifactOptions) => Promise<void>;
  /**
   * Opens an output at a path or URI (local, `s3a:`, `hdfs:`): a temporary place, which gets its name when the component
   * has completed, and is swept where it has not (docs/staged-outputs.md).
   */
  readonly output: OutputOpener;
  /**
   * Starts something outside that must not be done twice: its key is durable before, its JSON result after, and whoever
   * finds it open looks it up (docs/external-actions.md). Keys are unique per component.
   */
  readonly intent: IntentRunner;
  readonly secrets: ComponentSecrets;
  readonly run: RunInfo;
  /** The environment of the process; `CAIRN_*`, `BUN_OPTIONS` and `BUN_BE_BUN` removed. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A Spark Connect session (docs/spark.md); `ctx.spark.settings` is the `spark` block. */
  readonly spark: ComponentSpark;
  /** For the components that programs in other languages are; nothing for plugins. */
  readonly [CONTEXT_FACTS]?: ContextFacts | undefined;
}

/** The `spark` block of the configuration. */
export interface SparkSettings {
  readonly appName?: string | undefined;
  readonly master?: string | undefined;
  readonly connectString?: string | undefined;
  readonly config: Readonly<Record<string, string>>;
}

/** What a component returns: its outputs (JSON, at most 256 KiB), or nothing. */
export type ComponentResult = JsonValue | void;

export interface ComponentDefinition<Schema extends GenericSchema = GenericSchema> {
  readonly kind: "component";
  readonly description: string | undefined;
  /** Undefined: any configuration is given as it is (keys as written). */
  readonly config: Schema | undefined;
  /** What it needs of the components before it; absent: nothing is said. */
  readonly input?: ContractSource<InferOutput<Schema>, InputContract> | undefined;
  /** What it produces; absent: nothing is said. */
  readonly output?: ContractSource<InferOutput<Schema>, SchemaContract> | undefined;
  /** Files that are part of its fingerprint. */
  files(config: InferOutput<Schema>): readonly string[];
  run(context: ComponentContext<InferOutput<Schema>>): ComponentResult | Promise<ComponentResult>;
}
