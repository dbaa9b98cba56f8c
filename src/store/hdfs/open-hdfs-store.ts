import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../base/mod.ts";
import { storeError } from "../errors.ts";
import { readHadoopConfig, type HadoopConfig } from "../hadoop/hadoop-config.ts";
import { hadoopRecord } from "../hadoop/hadoop-record.ts";
import type { StoreLocation } from "../location.ts";
import { openObjectStore } from "../object/open-object-store.ts";
import type { OpenStoreOptions } from "../registry.ts";
import type { CheckpointStore } from "../store.ts";
import type { Network } from "./exchange.ts";
import { parseHdfsLocation } from "./hdfs-location.ts";
import { openHdfsObjects } from "./hdfs-objects.ts";
import { identityOf, tokenFor, userName } from "./identity.ts";
import { nameNodesOf } from "./name-nodes.ts";
import { negotiate } from "./spnego.ts";
import { readTokens } from "./token-file.ts";
import { WebHdfs } from "./web-hdfs.ts";

export interface HdfsStoreOptions extends OpenStoreOptions {
  /** Other limits, or another `fetch`, for tests. */
  readonly network?: Partial<Network> | undefined;
}

type Environment = NonNullable<OpenStoreOptions["env"]>;

const CONNECT_MS = 5_000;
const ANSWER_MS = 10_000;
/** A NameNode tells milliseconds. */
const TIME_GRAIN_MS = 1;
/** Of two NameNodes: their clocks are kept alike, but not to the millisecond. */
const TIME_GRAIN_OF_SEVERAL_MS = 5_000;
/** Where the files are that say how to reach a cluster, if HADOOP_CONF_DIR and HADOOP_HOME don't say. */
const USUAL_FOLDER = "/etc/hadoop/conf";

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
  const { hadoop = {}, env = process.env, singleWriter, leaseMs, clock } = options;
  const location = parseHdfsLocation(target);
  const config = readHadoopConfig({
    folder: configFolder(env),
    files: ["core-site.xml", "hdfs-site.xml"],
    over: hadoopRecord(hadoop),
    env,
  });
  const { urls, services } = nameNodesOf(location, config);
  const identity = identityOf({
    user: userName(env, userInfo().username),
    kerberos: wantsKerberos(config),
    token: await tokenFor(tokensOf(env), services),
    negotiate,
  });
  const network = { fetch, connectMs: CONNECT_MS, answerMs: ANSWER_MS, ...options.network };
  const objects = openHdfsObjects({
    client: new WebHdfs({ urls, identity, network }),
    location,
    singleWriter,
    timeGrainMs: urls.length > 1 ? TIME_GRAIN_OF_SEVERAL_MS : TIME_GRAIN_MS,
  });
  return openObjectStore({ objects, leaseMs, clock });
}

function configFolder(env: Environment): string | undefined {
  if (env["HADOOP_CONF_DIR"]) return env["HADOOP_CONF_DIR"];
  if (env["HADOOP_HOME"]) return join(env["HADOOP_HOME"], "etc", "hadoop");
  return existsSync(USUAL_FOLDER) ? USUAL_FOLDER : undefined;
}

function wantsKerberos(config: HadoopConfig): boolean {
  return config.get("hadoop.security.authentication")?.toLowerCase() === "kerberos";
}

function tokensOf(env: Environment): ReturnType<typeof readTokens> {
  const file = env["HADOOP_TOKEN_FILE_LOCATION"];
  if (!file) return [];
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (thrown) {
    throw storeError("STORE_BAD_SETTINGS", `Cannot read the tokens in "${file}": ${messageOf(thrown)}`, {
      cause: thrown,
      hint: "Correct HADOOP_TOKEN_FILE_LOCATION, or unset it.",
    });
  }
  return readTokens(bytes, file);
}
