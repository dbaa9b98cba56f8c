import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../base/mod.ts";
import { storeError } from "../errors.ts";
import { readHadoopConfig, type HadoopConfig } from "../hadoop/hadoop-config.ts";
import { hadoopRecord } from "../hadoop/hadoop-record.ts";
import type { Network } from "./exchange.ts";
import type { HdfsLocation } from "./hdfs-location.ts";
import { identityOf, tokenFor, userName } from "./identity.ts";
import { nameNodesOf } from "./name-nodes.ts";
import { negotiate } from "./spnego.ts";
import { readTokens } from "./token-file.ts";
import { WebHdfs } from "./web-hdfs.ts";

/** What says how a cluster is reached. */
export interface WebHdfsSettings {
  /** Settings of Spark or Hadoop by name; over those of the files in HADOOP_CONF_DIR. */
  readonly hadoop?: Readonly<Record<string, string>> | undefined;
  /** HADOOP_CONF_DIR, HADOOP_USER_NAME, HADOOP_TOKEN_FILE_LOCATION. */
  readonly env?: Environment | undefined;
  /** Other limits, or another `fetch`, for tests. */
  readonly network?: Partial<Network> | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

const CONNECT_MS = 5_000;
const ANSWER_MS = 10_000;
/** A NameNode tells milliseconds. */
const TIME_GRAIN_MS = 1;
/** Of two NameNodes: their clocks are kept alike, but not to the millisecond. */
const TIME_GRAIN_OF_SEVERAL_MS = 5_000;
/** Where the files are that say how to reach a cluster, if HADOOP_CONF_DIR and HADOOP_HOME don't say. */
const USUAL_FOLDER = "/etc/hadoop/conf";

/** A client for the cluster of a location, and how far the clocks of its NameNodes may be apart, in ms. No request is made. */
export async function openWebHdfs(
  location: HdfsLocation,
  settings: WebHdfsSettings,
): Promise<{ readonly client: WebHdfs; readonly timeGrainMs: number }> {
  const { hadoop = {}, env = process.env } = settings;
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
  const network = { fetch, connectMs: CONNECT_MS, answerMs: ANSWER_MS, ...settings.network };
  return {
    client: new WebHdfs({ urls, identity, network }),
    timeGrainMs: urls.length > 1 ? TIME_GRAIN_OF_SEVERAL_MS : TIME_GRAIN_MS,
  };
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
