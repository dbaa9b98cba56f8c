import type { GenericSchema, InferOutput } from "valibot";
import { CairnError } from "../base/mod.ts";
import type { CheckpointStore } from "../store/mod.ts";
import type { PlainConfig } from "./define-component.ts";
import { checkDefinition } from "./definition-check.ts";

/** What a store is opened with. */
export interface StoreRequest<Config = unknown> {
  /** The location as configured, e.g. `redis://cache:6379/0`. */
  readonly location: string;
  /** `checkpoint.store { … }`, parsed by the schema. */
  readonly config: Config;
  /** The environment of the process; `CAIRN_*`, `BUN_OPTIONS` and `BUN_BE_BUN` removed. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** A checkpoint store as a plugin gives it. */
export interface StoreDefinition<Schema extends GenericSchema = GenericSchema> {
  readonly kind: "store";
  /** The URI scheme of its locations, without colon: `redis`. */
  readonly scheme: string;
  readonly description: string | undefined;
  readonly config: Schema | undefined;
  open(request: StoreRequest<InferOutput<Schema>>): CheckpointStore | Promise<CheckpointStore>;
}

export interface StoreOptions<Schema extends GenericSchema> {
  /** The URI scheme of its locations, without colon: `redis`. */
  readonly scheme: string;
  readonly description?: string | undefined;
  /** The valibot schema of `checkpoint.store`. Absent: it is given as it is. */
  readonly config?: Schema | undefined;
  /** Connects; throws where the location can't be reached. The laws of what it gives are those of `CheckpointStore`. */
  open(request: StoreRequest<InferOutput<Schema>>): CheckpointStore | Promise<CheckpointStore>;
}

/** RFC 3986, in lower case; a single letter would be a drive. */
const SCHEME = /^[a-z][a-z0-9+.-]+$/;

/**
 * Defines a checkpoint store: the default export of the plugin file named after its scheme
 * (`plugins/redis.ts` for `redis://…`). `storeConformance` of `cairn/testing` shows whether it keeps the laws.
 *
 * Throws PLUGIN_DEFINITION_INVALID where the definition is not one.
 */
export function defineCheckpointStore<const Schema extends GenericSchema = PlainConfig>(
  options: StoreOptions<Schema>,
): StoreDefinition<Schema> {
  checkDefinition("defineCheckpointStore", options, {
    known: ["scheme", "description", "config", "open"],
    functions: ["open"],
    texts: ["scheme", "description"],
  });
  if (options.scheme === undefined || !SCHEME.test(options.scheme)) {
    throw new CairnError(
      `Cannot define a plugin: defineCheckpointStore needs "scheme", a URI scheme in lower case; it is ${JSON.stringify(options.scheme) ?? "absent"}`,
      {
        code: "PLUGIN_DEFINITION_INVALID",
        kind: "config",
        hint: 'Write scheme: "redis" for locations like redis://….',
      },
    );
  }
  return {
    kind: "store",
    scheme: options.scheme,
    description: options.description,
    config: options.config,
    open: (request) => options.open(request),
  };
}
