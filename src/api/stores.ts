import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { CairnError } from "../base/mod.ts";
import {
  type CheckpointStore,
  defaultLocation as defaultPlace,
  localStore,
  openMemoryStore,
  openStore as openAt,
  type StoreRegistry,
  storeRegistry,
  systemFileSystem,
} from "../store/mod.ts";
import { loadConfig } from "./load-config.ts";
import type { Environment } from "./options.ts";

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
  readonly plugins?: readonly string[] | undefined;
  /** Stores by scheme. Default: the built-in ones. */
  readonly registry?: StoreRegistry | undefined;
}

/** Opens the store of a location: what `cairn checkpoints` works on. The caller closes it. @throws CairnError STORE_UNKNOWN_SCHEME, … */
export async function openStore(request: OpenStoreRequest = {}): Promise<CheckpointStore> {
  const { config, cwd = process.cwd(), env = process.env, registry = storeRegistry() } = request;
  if (request.location !== undefined) return openAt(registry, request.location, cwd, { env });
  if (config === undefined) return openAt(registry, defaultLocation(), cwd, { env });
  const { checkpoint, folder } = await loadConfig(config, { cwd, env, allowUnsetEnv: true });
  if (checkpoint.location === undefined) return openAt(registry, defaultLocation(), cwd, { env });
  if (checkpoint.location.includes("${")) {
    throw new CairnError(
      `Cannot open the checkpoint location of "${config}": "${checkpoint.location}" needs a variable that is not set`,
      {
        code: "CONFIG_INVALID",
        kind: "config",
        hint: "Set the variable, or give the location with --location=URI.",
      },
    );
  }
  return openAt(registry, checkpoint.location, folder, { env });
}
