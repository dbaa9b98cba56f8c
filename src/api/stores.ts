import type { CheckpointStore } from "../store/mod.ts";
import type { Environment } from "./options.ts";
import { unfinished } from "./unfinished.ts";

/** A store in a local folder; its folders are made when the first record is written. */
export function fileSystemCheckpointStore(path: string): CheckpointStore {
  return unfinished();
}

/** A store that is gone with the process: for tests and programs. */
export function memoryCheckpointStore(): CheckpointStore {
  return unfinished();
}

/** The user's own folder in the system's temporary folder. */
export function defaultLocation(): string {
  return unfinished();
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
}

/** Opens the store of a location: what `cairn checkpoints` works on. The caller closes it. @throws CairnError STORE_UNKNOWN_SCHEME, … */
export function openStore(request: OpenStoreRequest = {}): Promise<CheckpointStore> {
  return unfinished();
}
