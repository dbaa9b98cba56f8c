import type { Environment } from "./s3-endpoint.ts";
import type { S3aKeys } from "./s3a-keys.ts";

/** How requests travel. */
export interface S3Network {
  /** Longest time for a connection, in ms. */
  readonly connectMs: number;
  /** Longest silence of a server that is connected, in ms. */
  readonly answerMs: number;
  /** Connections at a time. */
  readonly connections: number;
  readonly proxy: S3Proxy | undefined;
  /** A file of PEM certificates that are trusted in place of the system's (AWS_CA_BUNDLE). */
  readonly caFile: string | undefined;
}

export interface S3Proxy {
  /** For requests to `https:` and `http:` servers, with user and password where it wants them. */
  readonly https: string | undefined;
  readonly http: string | undefined;
  /** Hosts that are reached without it: names, `.suffix`, `host:port`, `*`. */
  readonly except: readonly string[];
}

const CONNECT_MS = 5_000;
const ANSWER_MS = 10_000;
/** As many as the store ever has under way, and some for the lease. */
const CONNECTIONS = 32;

/**
 * What `fs.s3a.…` and the environment say about the network. Timeouts of s3a count where they are shorter than ours:
 * they are often set to minutes for large files, and here a long wait would only delay the next try.
 *
 * @throws CairnError STORE_BAD_SETTINGS
 */
export function s3Network(keys: S3aKeys, env: Environment): S3Network {
  const shorter = (ours: number, ...names: string[]): number =>
    Math.min(ours, ...names.map((name) => keys.duration(name) || ours));
  return {
    connectMs: shorter(CONNECT_MS, "connection.establish.timeout"),
    answerMs: shorter(ANSWER_MS, "connection.timeout", "connection.request.timeout"),
    connections: Math.min(CONNECTIONS, keys.count("connection.maximum") || CONNECTIONS),
    proxy: proxyOfKeys(keys) ?? proxyOfEnvironment(env),
    caFile: env["AWS_CA_BUNDLE"] || undefined,
  };
}

function proxyOfKeys(keys: S3aKeys): S3Proxy | undefined {
  const host = keys.text("proxy.host");
  if (host === undefined) return undefined;
  const secure = keys.flag("proxy.ssl.enabled") ?? false;
  const port = keys.count("proxy.port") ?? (secure ? 443 : 80);
  const url = URL.parse(`${secure ? "https" : "http"}://${host}:${port}`);
  if (url === null) throw keys.refused("proxy.host", "it is no host", "Give a name or address.");
  url.username = encodeURIComponent(keys.text("proxy.username") ?? "");
  url.password = encodeURIComponent(keys.text("proxy.password") ?? "");
  return { https: url.href, http: url.href, except: [] };
}

function proxyOfEnvironment(env: Environment): S3Proxy | undefined {
  const https = env["https_proxy"] || env["HTTPS_PROXY"] || env["all_proxy"] || env["ALL_PROXY"] || undefined;
  // In upper case it is what a CGI client sets by a header; curl reads the lower case only, and so do we.
  const http = env["http_proxy"] || env["all_proxy"] || env["ALL_PROXY"] || undefined;
  if (https === undefined && http === undefined) return undefined;
  const except = (env["no_proxy"] || env["NO_PROXY"] || "").split(",").map((part) => part.trim());
  return { https, http, except: except.filter((part) => part !== "") };
}

/** The proxy for a request to a server; undefined where it goes straight there. */
export function proxyFor(proxy: S3Proxy, url: URL): string | undefined {
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const excepted = proxy.except.some((entry) => {
    if (entry === "*") return true;
    const [, name = "", wanted] = /^\[?(.*?)\]?(?::([0-9]+))?$/.exec(entry.toLowerCase()) ?? [];
    const bare = name.replace(/^\*?\./, "");
    return (wanted === undefined || wanted === port) && (host === bare || host.endsWith(`.${bare}`));
  });
  return excepted ? undefined : url.protocol === "https:" ? proxy.https : proxy.http;
}
