import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { CairnError } from "../base/mod.ts";
import { type PipelineConfig, redactorFor } from "../config/mod.ts";
import { configInput } from "../plugin/mod.ts";
import {
  type CheckpointStore,
  defaultLocation as defaultPlace,
  localStore,
  openMemoryStore,
  type StoreRegistry,
  systemFileSystem,
} from "../store/mod.ts";
import { invalidConfig, readConfig } from "./load-config.ts";
import type { Environment } from "./options.ts";
import { retriedStoreAt, type StoreAtRequest } from "./store-at.ts";

/** A store in a local folder; its folders are made when the first record is written. */
export function fileSystemCheckpointStore(path: string): CheckpointStore {
  return localStore({ folder: resolve(path) });
}

/** A store that is gone with the process: for tests and programs. */
export function memoryCheckpointStore(): CheckpointStore {
  return openMemoryStore();
}

/** The user's own folder in the system's temporary folder. @throws CairnError STORE_DEFAULT_UNSAFE */
export function defaultLocation(): string {
  // Where the system has no user numbers, the folder is the user's own anyway.
  return defaultPlace({ tempFolder: tmpdir(), uid: process.getuid?.() ?? 0, fs: systemFileSystem });
}

export interface OpenStoreRequest {
  /** A path or URI; undefined: the configuration's, else the default location. */
  readonly location?: string | undefined;
  /** A configuration file whose `checkpoint.location` is meant. */
  readonly config?: string | undefined;
  /** Absolute folder that a relative location counts from. Default: the process's working directory. */
  readonly cwd?: string | undefined;
  readonly env?: Environment | undefined;
  /** Plugin folders before those of the configuration, for stores that are plugins. */
  readonly plugins?: readonly string[] | undefined;
  /** Stores by scheme. Default: the built-in ones, then plugins. */
  readonly registry?: StoreRegistry | undefined;
  /** Is told of each failure that is followed by another try. */
  readonly warn?: ((message: string) => void) | undefined;
}

/**
 * Opens the store of a location: what `cairn checkpoints` works on. Its failures are retried for a while. The caller
 * closes it.
 *
 * @throws CairnError STORE_UNKNOWN_SCHEME, CONFIG_INVALID, …
 */
export async function openStore(request: OpenStoreRequest = {}): Promise<CheckpointStore> {
  return retriedStoreAt(await storeRequest(request));
}

/** Which store is meant, with the settings that its configuration has for it. */
export async function storeRequest(request: OpenStoreRequest): Promise<StoreAtRequest> {
  const { cwd = process.cwd(), env = process.env, plugins = [], registry, warn } = request;
  const lookup = { plugins, env, cwd };
  const rest = { lookup, registry, warn };
  const given = request.location;
  if (request.config === undefined) {
    const place = { text: given ?? defaultLocation(), folder: cwd, configured: false };
    return { place, config: undefined, redactor: redactorFor(undefined), ...rest };
  }
  const loaded = await readConfig(request.config, { cwd, env, allowUnsetEnv: true });
  const config = loaded.pipeline;
  if (config === undefined) throw invalidConfig(request.config, loaded.findings);
  const { checkpoint, folder } = config;
  refuseUnset(request.config, config, loaded.placeholders);
  const place =
    given === undefined
      ? {
          text: checkpoint.location ?? defaultLocation(),
          folder,
          configured: checkpoint.location !== undefined,
        }
      : { text: given, folder: cwd, configured: false };
  return { place, config, redactor: redactorFor(config), ...rest };
}

/** A location or setting of the store whose variables aren't set can't be used. */
function refuseUnset(path: string, config: PipelineConfig, placeholders: ReadonlySet<string>): void {
  const { location, store } = config.checkpoint;
  const settings = store === undefined ? "" : JSON.stringify(configInput(store).value);
  const unset = [...placeholders].find(
    (each) => location?.includes(each) === true || settings.includes(each),
  );
  if (unset === undefined) return;
  throw new CairnError(
    `Cannot open the checkpoint location of "${path}": it needs the variable of ${unset}, which is not set`,
    {
      code: "CONFIG_INVALID",
      kind: "config",
      hint: "Set the variable, or give the location with --location=URI.",
    },
  );
}
