import {
  CairnError,
  type Clock,
  durationText,
  type JsonObject,
  messageOf,
  type Redactor,
} from "../base/mod.ts";
import {
  holdsSecretReference,
  type Judged,
  judgedCheckpoint,
  locateIssues,
  type PipelineConfig,
  resolveSecrets,
} from "../config/mod.ts";
import { configInput } from "../plugin/mod.ts";
import { invalidConfig } from "../run/mod.ts";
import {
  type CheckpointStore,
  openStore,
  type OpenStoreOptions,
  parseLocation,
  retrying,
  schemeOf,
  type StoreRegistry,
  storeRegistry,
  withProbe,
  withRetry,
} from "../store/mod.ts";
import { locatingSecrets } from "./located-secrets.ts";
import { runnerSecrets } from "./runner-secrets.ts";
import { findStorePlugin } from "./store-plugins.ts";
import type { Lookup } from "./wire.ts";

/** A location as somebody wrote it. */
export interface StorePlace {
  readonly text: string;
  /** Absolute folder that a relative path counts from. */
  readonly folder: string;
  /** True: it stands in the configuration, where findings can point at it. */
  readonly configured: boolean;
}

export interface StoreAtRequest {
  readonly place: StorePlace;
  /** Whose settings hold: `checkpoint` and Spark's. */
  readonly config: PipelineConfig | undefined;
  readonly lookup: Lookup;
  readonly clock?: Clock | undefined;
  readonly redactor?: Redactor | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For somebody who looks whether the store keeps its word himself: nothing is tried at the first write. */
  readonly isTrial?: boolean | undefined;
  /** Stores by scheme. Default: the built-in ones. */
  readonly registry?: StoreRegistry | undefined;
  /** How long a failing store is retried where the configuration doesn't say, in ms. */
  readonly storeTimeoutMs?: number | undefined;
  /** When it aborts, nothing is repeated any more: see `withRetry`. */
  readonly hurry?: AbortSignal | undefined;
  /** Is told of each failure that is followed by another try. */
  readonly warn?: ((message: string) => void) | undefined;
}

/**
 * Opens the store at a location: a built-in one, or a plugin's by its scheme. Nothing is retried.
 *
 * @throws CairnError STORE_UNKNOWN_SCHEME, CONFIG_INVALID with findings where the configuration is to blame, …
 */
export async function storeAt(request: StoreAtRequest): Promise<CheckpointStore> {
  return located(request, async () => openFound(await findStore(request), request));
}

/** Whether a location's store is known and its settings are right, as far as that can be told without opening it. */
export async function checkStoreAt(request: StoreAtRequest): Promise<void> {
  await located(request, () => findStore(request));
}

/** Does `work`; what it says of a configured location is said at its place in the file. */
async function located<T>({ place, config }: StoreAtRequest, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const isConfigs =
      thrown instanceof CairnError && thrown.kind === "config" && thrown.code !== "CONFIG_INVALID";
    if (!isConfigs || !place.configured || config === undefined) throw thrown;
    const { message, hint, code } = thrown;
    const findings = locateIssues(judgedCheckpoint(config), [{ path: ["location"], message, hint }]);
    throw invalidConfig(findings.map((finding) => ({ ...finding, code, message })));
  }
}

/** The stores that there are for a location, and whether its own is a plugin. */
interface Found {
  readonly registry: StoreRegistry;
  readonly plugin: boolean;
}

async function findStore({
  place,
  config,
  lookup,
  redactor,
  registry = storeRegistry(),
}: StoreAtRequest): Promise<Found> {
  const scheme = schemeOf(place.text);
  if (scheme === undefined || scheme === "file" || registry.has(scheme)) {
    parseLocation(place.text, place.folder, registry.keys());
    return { registry, plugin: false };
  }
  const found = await findStorePlugin({ scheme, config, lookup, redactor });
  if (!("open" in found)) return refuseScheme(place, registry, found.lookedIn);
  return { registry: new Map([...registry, [scheme, found.open]]), plugin: true };
}

/** Settings and Hadoop keys of a built-in store with their secrets. Throws SECRET_UNRESOLVED, at its place in the file. */
async function builtinSettings({
  config,
  lookup,
  redactor,
}: StoreAtRequest): Promise<Pick<OpenStoreOptions, "settings" | "hadoop">> {
  if (config === undefined) return {};
  const { store } = config.checkpoint;
  const given = {
    settings: store === undefined ? {} : configInput(store).value,
    hadoop: { ...config.spark?.config },
  };
  const whole = { ...(store && { settings: given.settings }), hadoop: config.spark?.config };
  if (!holdsSecretReference(given)) return whole;
  const sources = runnerSecrets(config, lookup, redactor);
  const fill = async (value: JsonObject, judged: Judged): Promise<JsonObject> => {
    const filled = await locatingSecrets(judged, () => resolveSecrets(value, sources));
    redactor?.learn(filled.secrets);
    return filled.value as JsonObject;
  };
  const spark = { node: config.root, prefix: ["spark", "config"], label: "spark.config" };
  return {
    ...(store && { settings: await fill(given.settings, judgedCheckpoint(config, "store")) }),
    hadoop: (await fill(given.hadoop, spark)) as Record<string, string>,
  };
}

async function openFound({ registry, plugin }: Found, request: StoreAtRequest): Promise<CheckpointStore> {
  const { place, config, lookup, clock, signal } = request;
  const options: OpenStoreOptions = {
    env: lookup.env,
    ...(clock && { clock }),
    ...(signal && { signal }),
    ...(!plugin && (await builtinSettings(request))),
    ...(config && {
      singleWriter: config.checkpoint.singleWriter,
      leaseMs: config.checkpoint.leaseMs,
    }),
  };
  const store = await openStore(registry, place.text, place.folder, options);
  // A plugin may rest on a server that ignores conditions; built-in stores look for that themselves.
  const isProbed = plugin && config?.checkpoint.singleWriter !== true && request.isTrial !== true;
  return isProbed ? withProbe(store) : store;
}

/** The refusal of `parseLocation`, with where a plugin was looked for. */
function refuseScheme(place: StorePlace, registry: StoreRegistry, lookedIn: readonly string[]): never {
  try {
    parseLocation(place.text, place.folder, registry.keys());
  } catch (thrown) {
    if (!(thrown instanceof CairnError)) throw thrown;
    const { message, code, kind, hint, details } = thrown;
    const where = lookedIn.length === 0 ? "there is no plugin folder" : `looked in ${lookedIn.join(", ")}`;
    const ending = "Other schemes come with plugins";
    throw new CairnError(message, {
      code,
      kind,
      hint: hint?.replace(`${ending}.`, `${ending}: ${where}.`),
      details,
    });
  }
  throw new Error("a scheme without a store was accepted");
}

/** How long a failing store is retried where nothing is said, in ms: for commands that somebody waits for. */
const COMMAND_TIMEOUT_MS = 30_000;

/** Opens the store at a location; failures that may pass are retried for `store-timeout`, with a word on each. */
export async function retriedStoreAt(request: StoreAtRequest): Promise<CheckpointStore> {
  const { clock, config, place, signal } = request;
  const timeoutMs = config?.checkpoint.storeTimeoutMs ?? request.storeTimeoutMs ?? COMMAND_TIMEOUT_MS;
  const retry = { timeoutMs, clock, hurry: request.hurry, ...retryWords(request.warn) };
  const store = await retrying(request.redactor?.text(place.text) ?? place.text, "open", retry, signal, () =>
    storeAt(request),
  );
  // This machine's own files answer before anything else gets its turn and fail for good: retries and their
  // timers would be pure cost, paid for each completion.
  const isOwn = (schemeOf(place.text) ?? "file") === "file" && store.can.lease === "os";
  return isOwn ? store : withRetry(store, retry);
}

/** Says each retry of a store. */
export function retryWords(warn: ((message: string) => void) | undefined): {
  readonly onRetry?: NonNullable<Parameters<typeof withRetry>[1]>["onRetry"];
} {
  if (warn === undefined) return {};
  return {
    onRetry({ call, attempt, delayMs, error }) {
      warn(
        `the checkpoint store failed (${call}, try ${attempt}): ${messageOf(error)}; trying again in ${durationText(delayMs)}`,
      );
    },
  };
}
