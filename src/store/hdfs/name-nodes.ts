import { storeError } from "../errors.ts";
import type { HadoopConfig } from "../hadoop/hadoop-config.ts";
import type { HdfsLocation } from "./hdfs-location.ts";

/** Who answers for a file system. */
export interface NameNodes {
  /** Where WebHDFS is spoken, without a slash at the end: `http://nn1.example.com:9870`. Of several one is active. */
  readonly urls: readonly string[];
  /** What delegation tokens for this file system may name as their service: `ha-hdfs:prod`, `nn1.example.com:8020`. */
  readonly services: readonly string[];
}

/** Ports where nothing else is said. */
const RPC_PORT = 8020;
const HTTP_PORT = 9870;
const HTTPS_PORT = 9871;

interface Authority {
  readonly host: string;
  readonly port: number | undefined;
}

/**
 * Finds the NameNodes of a location by Hadoop's own settings: `fs.defaultFS`, `dfs.nameservices`,
 * `dfs.ha.namenodes.*`, `dfs.namenode.rpc-address*`, `dfs.namenode.http(s)-address*`, `dfs.http.policy`. A host that
 * no setting names is asked on WebHDFS's usual port, 9870, or 9871 for https.
 *
 * @throws CairnError STORE_BAD_SETTINGS where the settings don't say where to ask.
 */
export function nameNodesOf(location: HdfsLocation, config: HadoopConfig): NameNodes {
  const { scheme, host, port } = location;
  if (host !== "") return ofAuthority(scheme, { host, port }, config);
  const base = config.get("fs.defaultFS") ?? config.get("fs.default.name") ?? "file:///";
  const [, kind = "", authority = ""] = /^(hdfs|s?webhdfs):\/\/([^/]+)/i.exec(base) ?? [];
  if (authority === "") {
    throw storeError(
      "STORE_BAD_SETTINGS",
      `Cannot open the checkpoint store "${location.text}": it names no host, and Hadoop's fs.defaultFS is "${base}"`,
      {
        hint: "Set HADOOP_CONF_DIR to the folder of core-site.xml and hdfs-site.xml, or name the nameservice or host in the location.",
      },
    );
  }
  return ofAuthority(kind.toLowerCase() as HdfsLocation["scheme"], authorityOf(authority), config);
}

function ofAuthority(scheme: HdfsLocation["scheme"], asked: Authority, config: HadoopConfig): NameNodes {
  const secure =
    scheme === "swebhdfs" || (scheme === "hdfs" && config.get("dfs.http.policy") === "HTTPS_ONLY");
  const names = namesIn(config.get(`dfs.ha.namenodes.${asked.host}`));
  if (asked.port === undefined && names.length > 0) {
    return {
      urls: names.map((name) => webUrl(config, `.${asked.host}.${name}`, secure)),
      services: [`ha-hdfs:${asked.host}`, `ha-webhdfs:${asked.host}`, `ha-swebhdfs:${asked.host}`],
    };
  }
  if (asked.port === undefined && namesIn(config.get("dfs.nameservices")).includes(asked.host)) {
    return single(
      webUrl(config, `.${asked.host}`, secure),
      config.get(`dfs.namenode.rpc-address.${asked.host}`),
    );
  }
  if (scheme !== "hdfs") {
    return single(urlOf(secure, asked.host, asked.port ?? (secure ? HTTPS_PORT : HTTP_PORT)), undefined);
  }
  const rpc = `${asked.host}:${asked.port ?? RPC_PORT}`;
  const suffix = suffixOf(rpc, config);
  if (suffix !== undefined) return single(webUrl(config, suffix, secure, asked.host), rpc);
  return single(urlOf(secure, asked.host, secure ? HTTPS_PORT : HTTP_PORT), rpc);
}

function single(url: string, rpc: string | undefined): NameNodes {
  return { urls: [url], services: [...(rpc === undefined ? [] : [rpc]), new URL(url).host] };
}

/** What stands behind `dfs.namenode.rpc-address` for the NameNode at `rpc`; undefined where no setting names it. */
function suffixOf(rpc: string, config: HadoopConfig): string | undefined {
  const setting = "dfs.namenode.rpc-address";
  for (const name of config.names()) {
    if (name !== setting && !name.startsWith(`${setting}.`)) continue;
    const { host, port } = authorityOf(config.get(name) ?? "");
    if (`${host}:${port ?? RPC_PORT}` === rpc) return name.slice(setting.length);
  }
  // Without an address for RPC, Hadoop takes that of the default file system.
  const { host, port } = authorityOf(/^hdfs:\/\/([^/]+)/i.exec(config.get("fs.defaultFS") ?? "")?.[1] ?? "");
  return `${host}:${port ?? RPC_PORT}` === rpc ? "" : undefined;
}

/** The URL of the NameNode whose settings end in `suffix`; `fallback` is its host where they don't say. */
function webUrl(config: HadoopConfig, suffix: string, secure: boolean, fallback?: string): string {
  const setting = secure ? "dfs.namenode.https-address" : "dfs.namenode.http-address";
  const said = authorityOf(config.get(setting + suffix) ?? "");
  const rpcHost = fallback ?? authorityOf(config.get(`dfs.namenode.rpc-address${suffix}`) ?? "").host;
  // 0.0.0.0 is where a server listens, not where it is found.
  const host = said.host === "" || said.host === "0.0.0.0" ? rpcHost : said.host;
  if (host === "") {
    throw storeError(
      "STORE_BAD_SETTINGS",
      `Cannot find a NameNode: "${setting}${suffix}" is not set in Hadoop's configuration`,
      { hint: "It belongs in hdfs-site.xml in the folder that HADOOP_CONF_DIR names." },
    );
  }
  return urlOf(secure, host, said.port ?? (secure ? HTTPS_PORT : HTTP_PORT));
}

function urlOf(secure: boolean, host: string, port: number): string {
  return `${secure ? "https" : "http"}://${host}:${port}`;
}

/** `host:port`, `host`, `[address]:port`. */
function authorityOf(text: string): Authority {
  const [, host = text, port] = /^(\[[^\]]*\]|[^:]*)(?::([0-9]+))?$/.exec(text) ?? [];
  return { host, port: port === undefined ? undefined : Number(port) };
}

function namesIn(list: string | undefined): string[] {
  return (list ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
