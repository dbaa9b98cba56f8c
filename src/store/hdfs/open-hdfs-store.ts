import type { StoreLocation } from "../location.ts";
import { openObjectStore } from "../object/open-object-store.ts";
import type { OpenStoreOptions } from "../registry.ts";
import type { CheckpointStore } from "../store.ts";
import { parseHdfsLocation } from "./hdfs-location.ts";
import { openHdfsObjects } from "./hdfs-objects.ts";
import { openWebHdfs, type WebHdfsSettings } from "./open-web-hdfs.ts";

export interface HdfsStoreOptions extends OpenStoreOptions, Pick<WebHdfsSettings, "network"> {}

/**
 * Opens the store at `hdfs:///path`, `hdfs://NAMESERVICE/path`, `hdfs://HOST:PORT/path`, `webhdfs://HOST:PORT/path` or
 * `swebhdfs://HOST:PORT/path`, over WebHDFS. No request is made: what the server can do is found out at the first write.
 *
 * @param options `hadoop` (the pipeline's `spark.config`), `env` (HADOOP_CONF_DIR, HADOOP_USER_NAME,
 * HADOOP_TOKEN_FILE_LOCATION), `singleWriter`, `leaseMs`.
 * @throws CairnError STORE_BAD_LOCATION, STORE_BAD_SETTINGS
 */
export async function openHdfsStore(
  { target }: StoreLocation,
  options: HdfsStoreOptions = {},
): Promise<CheckpointStore> {
  const { singleWriter, leaseMs, clock } = options;
  const location = parseHdfsLocation(target);
  const { client, timeGrainMs } = await openWebHdfs(location, options);
  const objects = openHdfsObjects({ client, location, singleWriter, timeGrainMs });
  return openObjectStore({ objects, leaseMs, clock });
}
