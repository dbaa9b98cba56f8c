import { NoAnswer } from "./exchange.ts";
import { hdfsError } from "./hdfs-error.ts";
import { parseHdfsLocation } from "./hdfs-location.ts";
import { NameSpace } from "./name-space.ts";
import { openWebHdfs, type WebHdfsSettings } from "./open-web-hdfs.ts";
import { Refusal } from "./refusal.ts";
import type { WebHdfs } from "./web-hdfs.ts";

/** Longest silence on a data request, in ms. */
const DATA_ANSWER_MS = 60_000;

/** A cluster's files, for data: paths are from its root, without a slash before them. */
export interface HdfsCluster {
  readonly names: NameSpace;
  /** Takes absolute paths. */
  readonly client: WebHdfs;
  /** Does `work`; what it throws becomes a STORE_… error. `doing` as in `write "hdfs:///x"`. */
  call<T>(
    doing: string,
    writing: boolean,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T>;
  /** Simple name of the Java exception that was thrown; empty where it was none. */
  exceptionOf(thrown: unknown): string;
  /** Whether what was thrown leaves open if the request was done. */
  isUnsure(thrown: unknown): boolean;
  close(): Promise<void>;
}

/**
 * Opens the cluster of a URI (`hdfs:///x`, `hdfs://NAMESERVICE/x`, `webhdfs://HOST:PORT/x`) as a checkpoint store there is
 * opened. No request is made. Its rename replaces and refuses as it is told, on a gateway that knows only the old rename
 * as well as that can be.
 *
 * @throws CairnError STORE_BAD_LOCATION, STORE_BAD_SETTINGS
 */
export async function openHdfsCluster(uri: string, settings: WebHdfsSettings): Promise<HdfsCluster> {
  const location = parseHdfsLocation(uri);
  const network = { answerMs: DATA_ANSWER_MS, ...settings.network };
  const { client } = await openWebHdfs(location, { ...settings, network });
  return {
    names: new NameSpace({ client, location: { ...location, path: "" }, singleWriter: true }),
    client,
    async call(doing, writing, signal, work) {
      signal?.throwIfAborted();
      try {
        return await work();
      } catch (thrown) {
        signal?.throwIfAborted();
        throw hdfsError(undefined, doing, writing, thrown);
      }
    },
    exceptionOf: (thrown) => (thrown instanceof Refusal ? thrown.exception : ""),
    isUnsure: (thrown) => thrown instanceof NoAnswer || (thrown instanceof Refusal && thrown.status >= 500),
    async close() {
      try {
        await client.close();
      } catch (thrown) {
        // A token that isn't given back runs out by itself.
        if (!(thrown instanceof Refusal) && !(thrown instanceof NoAnswer)) throw thrown;
      }
    },
  };
}
