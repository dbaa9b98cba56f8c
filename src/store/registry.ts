import type { Clock, JsonObject, JsonValue } from "../base/mod.ts";
import type { FileSystem } from "./local/file-system.ts";
import { openFolderStore, type FolderLayout } from "./link/open-folder-store.ts";
import { storeError } from "./errors.ts";
import { parseLocation, type StoreLocation } from "./location.ts";
import type { CheckpointStore } from "./store.ts";

/** What a store may need besides its location. */
export interface OpenStoreOptions {
  readonly clock?: Clock | undefined;
  /** The files of this machine; others for tests. */
  readonly fs?: FileSystem | undefined;
  /** Environment variables, for stores that take credentials from them. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** `pipeline.checkpoint.store`. For `file`: `layout`, see `openFolderStore`. */
  readonly settings?: JsonObject | undefined;
  /**
   * Settings of Spark or Hadoop by name, for stores that read those: the pipeline's `spark.config` as it is
   * (`spark.hadoop.fs.s3a.…`), or Hadoop's own names. They are over those of HADOOP_CONF_DIR.
   */
  readonly hadoop?: Readonly<Record<string, string>> | undefined;
  /** `pipeline.checkpoint.single-writer`: no second runner ever starts, so that a store may lack conditional writes. */
  readonly singleWriter?: boolean | undefined;
  /** `pipeline.checkpoint.lease` in ms, for stores whose leases are timed; 5 minutes by default. */
  readonly leaseMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Opens the store of one scheme. */
export type OpenStore = (location: StoreLocation, options: OpenStoreOptions) => Promise<CheckpointStore>;

/** Stores by scheme. A value: clone it (`new Map(registry)`) to add or replace some. */
export type StoreRegistry = ReadonlyMap<string, OpenStore>;

/** The stores that are built in. */
export function storeRegistry(): Map<string, OpenStore> {
  return new Map<string, OpenStore>([
    ["file", openFile],
    ["s3a", openS3],
    ["s3", openS3],
    ["hdfs", openHdfs],
    ["webhdfs", openHdfs],
    ["swebhdfs", openHdfs],
  ]);
}

/** Loaded when a location asks for it: the AWS SDK is no small thing. */
const openS3: OpenStore = async (location, options) => {
  const { openS3Store } = await import("./s3/open-s3-store.ts");
  return openS3Store(location, options);
};

const openHdfs: OpenStore = async (location, options) => {
  const { openHdfsStore } = await import("./hdfs/open-hdfs-store.ts");
  return openHdfsStore(location, options);
};

const openFile: OpenStore = ({ target }, { fs, clock, settings, leaseMs }) =>
  openFolderStore({ folder: target, layout: layoutOf(settings?.["layout"]), fs, clock, leaseMs });

function layoutOf(setting: JsonValue | undefined): FolderLayout | undefined {
  if (setting === undefined || setting === "lines" || setting === "link") return setting;
  throw storeError(
    "STORE_BAD_LOCATION",
    `Cannot open the checkpoint store: its layout ${JSON.stringify(setting)} is neither "lines" nor "link"`,
    {
      hint: "Leave pipeline.checkpoint.store.layout out: the file system decides.",
    },
  );
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
