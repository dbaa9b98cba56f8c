import type { JsonObject, JsonValue } from "../../base/mod.ts";
import type { Artifact, Launcher } from "../../checkpoint/mod.ts";
import type { SecretPlaces } from "../../config/mod.ts";
import type { CheckedConfig, Inspection, ResolvedType, SecretProviderFacts } from "../../plugin/mod.ts";
import type { ContractOrder, InputContract, LogLevel, SchemaContract, SparkSettings } from "../../sdk/mod.ts";

/** An error as it crosses a process. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly code?: string | undefined;
  readonly hint?: string | undefined;
  readonly stack?: string | undefined;
  /** What a typed error asks of the runner. */
  readonly steering?: "transient" | "permanent" | "skip" | undefined;
  /** Of the process or program that failed, for `retryable-exit-codes`. */
  readonly exitCode?: number | undefined;
  /** Names of its classes, nearest first, for `retryable-exceptions`. */
  readonly classes: readonly string[];
}

/** What stays the same for all components of a run; sent once, before the first of them. */
export interface RunFacts {
  readonly runId: string;
  readonly rootRunId: string;
  readonly runKey: string | undefined;
  readonly pipelineName: string;
  readonly resumedFrom: string | undefined;
  readonly total: number;
  /** Absolute folder of the configuration file, from which relative paths of built-in components count. */
  readonly configFolder: string;
  /** With references in the place of secrets. */
  readonly spark: SparkSettings | undefined;
  /** The secret providers that there are. */
  readonly secretProviders?: readonly SecretProviderFacts[] | undefined;
}

/** A component's configuration to be checked; `at` comes back with the answer. */
export interface DescribeItem {
  readonly at: number;
  readonly resolved: ResolvedType;
  readonly config: JsonObject;
  /** Texts of numbers that JavaScript would write otherwise. */
  readonly numberTexts?: Readonly<Record<string, string>> | undefined;
  /** Tell its contracts too. */
  readonly contracts?: true | undefined;
}

/** What a component declares of what it needs and produces, where that could be told. */
export interface DeclaredContracts {
  readonly input?: InputContract | undefined;
  readonly output?: SchemaContract | undefined;
}

export interface Described {
  readonly at: number;
  /** Absent where the plugin did not load. */
  readonly checked?: CheckedConfig | undefined;
  readonly codeHash?: string | undefined;
  /** Files that count as its code, as it names them. */
  readonly files?: readonly string[] | undefined;
  /** Absent where nobody asked, and where its configuration is wrong. */
  readonly contracts?: DeclaredContracts | undefined;
  /** Why it did not load. */
  readonly problem?: WireError | undefined;
}

/** One attempt of a component. */
export interface AttemptOrder {
  readonly index: number;
  readonly name: string;
  readonly attempt: number;
  readonly resolved: ResolvedType;
  /** `instance-config` as written, with references in the place of secrets. */
  readonly config: JsonObject;
  /** Where those references stand in the configuration. */
  readonly secretPlaces?: SecretPlaces | undefined;
  readonly numberTexts?: Readonly<Record<string, string>> | undefined;
  /** Step results that are durable already. */
  readonly steps?: Readonly<Record<string, JsonValue>> | undefined;
  /** Places of outputs that attempts before it kept, as room `files` has them. */
  readonly kept?: readonly JsonObject[] | undefined;
  /** Components completed since this worker was last told: name, and outputs where there are any. */
  readonly completed: readonly (readonly [name: string, outputs?: JsonValue])[];
  /** What its contracts are checked with; absent: they are not. */
  readonly contracts?: ContractOrder | undefined;
}

/** Plugins to be loaded and described. */
export interface InspectOrder {
  /** Absolute, in order. */
  readonly folders: readonly string[];
  /** Only this type; absent: all. */
  readonly type?: string | undefined;
}

/** What an attempt asks its runner to record, or to tell, about work outside. */
export type AttemptAsk =
  /** A temporary place is about to be made; before it is swept it is to be known. */
  | { readonly what: "stage"; readonly staged: JsonObject }
  /** It was given up and swept. */
  | { readonly what: "unstage"; readonly staged: JsonObject }
  /** An external action is wanted; answered with what is known of it. */
  | { readonly what: "begin"; readonly key: string; readonly launcher: Launcher }
  /** It was surely not started, and is now. */
  | { readonly what: "again"; readonly key: string; readonly launcher: Launcher }
  | { readonly what: "done"; readonly key: string; readonly result: JsonValue }
  | { readonly what: "cancelled"; readonly key: string };

/** From the runner to a worker. */
export type ToWorker =
  | { readonly kind: "run"; readonly run: RunFacts }
  | {
      readonly kind: "describe";
      readonly redact: readonly string[];
      readonly items: readonly DescribeItem[];
    }
  | { readonly kind: "inspect"; readonly inspect: InspectOrder }
  | { readonly kind: "start"; readonly order: AttemptOrder }
  | { readonly kind: "step-kept"; readonly step: number; readonly problem?: WireError | undefined }
  | {
      readonly kind: "answer";
      readonly ask: number;
      readonly answer?: JsonValue | undefined;
      readonly problem?: WireError | undefined;
    }
  /** The runner masks the secrets that were told with this number. */
  | { readonly kind: "secrets-known"; readonly ask: number }
  | { readonly kind: "abort"; readonly reason: WireError }
  /** The runner lives; without a word of it for `silenceMs` the worker ends itself. */
  | { readonly kind: "ping"; readonly silenceMs: number }
  /** `last`: the run is over; what all components shared ends, too. */
  | { readonly kind: "close"; readonly last?: true | undefined };

/** How an attempt ended, as the worker saw it. */
export type AttemptEnd =
  | {
      readonly how: "completed";
      readonly outputs?: JsonValue | undefined;
      readonly artifacts?: readonly Artifact[] | undefined;
      /** What is to be published, as room `files` has it. */
      readonly staged?: readonly JsonObject[] | undefined;
    }
  | { readonly how: "skipped"; readonly reason: string }
  | { readonly how: "failed"; readonly error: WireError };

/** From a worker to the runner. */
export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "described"; readonly items: readonly Described[] }
  | { readonly kind: "inspected"; readonly inspection: Inspection }
  | {
      readonly kind: "log";
      readonly level: LogLevel;
      readonly message: string;
      readonly fields?: Readonly<Record<string, JsonValue>> | undefined;
    }
  /** Something that belongs into the run's result as well. */
  | { readonly kind: "warning"; readonly message: string }
  | {
      readonly kind: "progress";
      readonly done: number;
      readonly total?: number | undefined;
      readonly label?: string | undefined;
    }
  | { readonly kind: "step"; readonly step: number; readonly name: string; readonly result: JsonValue }
  | { readonly kind: "ask"; readonly ask: number; readonly body: AttemptAsk }
  /** Secrets that a component is about to be given: the runner keeps them in memory, to mask them. */
  | { readonly kind: "secrets"; readonly ask: number; readonly values: readonly string[] }
  | {
      readonly kind: "ended";
      readonly end: AttemptEnd;
      /** Set where output is still on its way: a marker with this number follows it on both streams. */
      readonly marker?: number | undefined;
      /** Set where processes that the component started are still there. */
      readonly leftovers?: true | undefined;
    }
  /** An error that nobody caught; `running` tells whether a component was running. */
  | { readonly kind: "uncaught"; readonly error: WireError; readonly running: boolean }
  /** A component waits for something that can't happen any more. */
  | { readonly kind: "stuck" };

/**
 * What begins a log line on the worker's stdout, followed by its {@link LogFrame} and a line feed: for those of
 * programs, which come in any number. A pipe holds back who prints too fast, which messages don't.
 */
export const LOG_MARKER = "\u0000cairn-log:";

/** A log line on the worker's stdout. */
export interface LogFrame {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields?: Readonly<Record<string, JsonValue>> | undefined;
}

/** What begins the marker of the end of an attempt's output; followed by its number and a line feed. */
export const OUTPUT_MARKER = "\u0000cairn-end:";
