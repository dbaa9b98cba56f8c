import type { GenericSchema, InferOutput } from "valibot";
import { CairnError } from "../base/mod.ts";
import {
  type CheckpointStore,
  DEFAULT_LEASE_MS,
  type ObjectOperations,
  openObjectStore,
  withStoreErrors,
} from "../store/mod.ts";
import type { PlainConfig } from "./define-component.ts";
import { checkDefinition } from "./definition-check.ts";

/** What a store is opened with. */
export interface StoreRequest<Config = unknown> {
  /** The location as configured, e.g. `redis://cache:6379/0`. */
  readonly location: string;
  /** `checkpoint.store { … }`, parsed by the schema. */
  readonly config: Config;
  /** The environment of the process; `BUN_OPTIONS` and `BUN_BE_BUN` removed. Empty by default. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts when nobody waits for the store any more. */
  readonly signal: AbortSignal;
  /** `checkpoint.lease` in ms, for stores with leases of their own; 5 minutes by default. */
  readonly leaseMs: number;
  /** `checkpoint.single-writer`: no second runner ever starts. False by default. */
  readonly singleWriter: boolean;
}

/** What opens a store, with defaults for all but location and settings, so that tests stay short. */
export type StoreOpening<Config = unknown> = Pick<StoreRequest<Config>, "location" | "config"> &
  Partial<StoreRequest<Config>>;

/** What a plugin's `open` gives: a whole store, or five operations and the time, of which Cairn makes one. */
export type OpenedStore = CheckpointStore | ObjectOperations;

/** A checkpoint store as a plugin gives it. */
export interface StoreDefinition<Schema extends GenericSchema = GenericSchema> {
  readonly kind: "store";
  /** The URI scheme of its locations, without colon: `redis`. */
  readonly scheme: string;
  readonly description: string | undefined;
  readonly config: Schema | undefined;
  /**
   * Opens a whole store. What its calls throw are errors of stores: whatever is none becomes STORE_IO, and an answer
   * of the wrong shape STORE_BAD_ANSWER. Throws PLUGIN_DEFINITION_INVALID where the plugin's `open` gave no store.
   */
  open(opening: StoreOpening<InferOutput<Schema>>): Promise<CheckpointStore>;
}

export interface StoreOptions<Schema extends GenericSchema> {
  /** The URI scheme of its locations, without colon: `redis`. */
  readonly scheme: string;
  readonly description?: string | undefined;
  /** The valibot schema of `checkpoint.store`. Absent: it is given as it is. */
  readonly config?: Schema | undefined;
  /**
   * Gives a whole store, whose laws are those of `CheckpointStore`, or five operations and the time, whose laws are
   * those of `ObjectOperations`; records, logs and leases are then made of them. Throws where the location can't be
   * used. It need not connect: an error of the first call is retried as every other one.
   */
  open(request: StoreRequest<InferOutput<Schema>>): OpenedStore | Promise<OpenedStore>;
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
    open: (opening) => openDefined(options, opening),
  };
}

/** What tells the five operations from a whole store, and what a whole store has. */
const OPERATIONS = ["putIfAbsent", "put", "get", "list", "delete", "time", "close"] as const;
const CALLS = [
  "append",
  "read",
  "last",
  "logs",
  "remove",
  "takeLease",
  "leaseHolder",
  "time",
  "writtenAt",
  "close",
] as const;

async function openDefined<Schema extends GenericSchema>(
  options: StoreOptions<Schema>,
  opening: StoreOpening<InferOutput<Schema>>,
): Promise<CheckpointStore> {
  const { location, config } = opening;
  const request: StoreRequest<InferOutput<Schema>> = {
    location,
    config,
    env: opening.env ?? {},
    signal: opening.signal ?? new AbortController().signal,
    leaseMs: opening.leaseMs ?? DEFAULT_LEASE_MS,
    singleWriter: opening.singleWriter ?? false,
  };
  const opened: unknown = await options.open(request);
  if (isOperations(opened)) {
    checkCalls(options.scheme, opened, OPERATIONS);
    return withStoreErrors(openObjectStore({ objects: opened, leaseMs: request.leaseMs }));
  }
  checkCalls(options.scheme, opened, CALLS);
  return withStoreErrors(opened as CheckpointStore);
}

function isOperations(opened: unknown): opened is ObjectOperations {
  return typeof opened === "object" && opened !== null && "putIfAbsent" in opened;
}

/** Throws PLUGIN_DEFINITION_INVALID where `opened` lacks some of `calls`. */
function checkCalls(scheme: string, opened: unknown, calls: readonly string[]): void {
  const has = (name: string): boolean =>
    typeof opened === "object" && opened !== null && typeof Reflect.get(opened, name) === "function";
  const missing = calls.filter((name) => !has(name));
  if (missing.length === 0) return;
  const what =
    missing.length === calls.length
      ? "no store"
      : `a store without ${missing.map((name) => `"${name}"`).join(", ")}`;
  throw new CairnError(`Cannot open a store of "${scheme}:": the plugin's open gave ${what}`, {
    code: "PLUGIN_DEFINITION_INVALID",
    kind: "config",
    hint: "It gives a whole CheckpointStore, or putIfAbsent, put, get, list, delete, time and close.",
  });
}
