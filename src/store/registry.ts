import type { Clock, JsonObject } from "../base/mod.ts";
import type { FileSystem } from "./local/file-system.ts";
import { openLocalStore } from "./local/open-local-store.ts";
import { parseLocation, type StoreLocation } from "./location.ts";
import type { CheckpointStore } from "./store.ts";

/** What a store may need besides its location. */
export interface OpenStoreOptions {
  readonly clock?: Clock | undefined;
  /** The files of this machine; others for tests. */
  readonly fs?: FileSystem | undefined;
  /** Environment variables, for stores that take credentials from them. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** `pipeline.checkpoint.store`, for stores that are plugins. */
  readonly settings?: JsonObject | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Opens the store of one scheme. */
export type OpenStore = (location: StoreLocation, options: OpenStoreOptions) => Promise<CheckpointStore>;

/** Stores by scheme. A value: clone it (`new Map(registry)`) to add or replace some. */
export type StoreRegistry = ReadonlyMap<string, OpenStore>;

/** The stores that are built in. */
export function storeRegistry(): Map<string, OpenStore> {
  return new Map<string, OpenStore>([
    [
      "file",
      ({ target }, { fs, clock }) =>
        openLocalStore({ folder: target, ...(fs && { fs }), ...(clock && { clock }) }),
    ],
  ]);
}

/**
 * Opens the store at a location as users write it; a relative path counts from `folder`.
 *
 * Errors: those of `parseLocation` and of the store.
 */
export async function openStore(
  registry: StoreRegistry,
  text: string,
  folder: string,
  options: OpenStoreOptions = {},
): Promise<CheckpointStore> {
  const location = parseLocation(text, folder, registry.keys());
  const open = registry.get(location.scheme);
  if (open === undefined)
    throw new TypeError(`the registry has no store for the scheme "${location.scheme}"`);
  return open(location, options);
}
