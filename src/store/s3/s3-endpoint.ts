import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isIP } from "node:net";
import { join } from "node:path";
import { errnoOf } from "../errors.ts";
import type { S3aKeys } from "./s3a-keys.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Which server answers for the bucket, and how it is spoken to. */
export interface S3Endpoint {
  /** A URL without path; undefined: Amazon's own for the region. */
  readonly url: string | undefined;
  /** Undefined: what the AWS SDK finds (profile, instance metadata), else us-east-1. */
  readonly region: string | undefined;
  /** The bucket in the path and not in the host's name. */
  readonly pathStyle: boolean;
  readonly fips: boolean;
  /** Ask another region where the bucket is said to be. */
  readonly followRegions: boolean;
}

/** `s3.eu-west-1.amazonaws.com`, `s3-eu-west-1.amazonaws.com`, `s3.cn-north-1.amazonaws.com.cn`, `s3.amazonaws.com`. */
const AMAZON = /^s3(?:[.-]([a-z0-9-]+))?\.amazonaws\.com(?:\.cn)?$/;

/** Servers that aren't Amazon's sign for this region where nobody says another. */
const DEFAULT_REGION = "us-east-1";

/** The endpoint of a bucket: s3a keys first, then the AWS environment. @throws CairnError STORE_BAD_SETTINGS */
export function s3Endpoint(keys: S3aKeys, env: Environment): S3Endpoint {
  const url = endpointUrl(keys, env);
  const amazon = url === undefined ? undefined : AMAZON.exec(url.hostname);
  const regionSaid =
    keys.text("endpoint.region") ?? amazon?.[1] ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"];
  const region = regionSaid === "" ? undefined : regionSaid;
  const pathStyle = keys.flag("path.style.access");
  const fips = keys.flag("endpoint.fips") ?? false;
  if (url === undefined || amazon) {
    return {
      url: undefined,
      region,
      pathStyle: pathStyle ?? false,
      fips,
      followRegions: keys.flag("cross.region.access.enabled") ?? true,
    };
  }
  return {
    url: url.origin,
    region: region ?? profileRegion(env) ?? DEFAULT_REGION,
    pathStyle: pathStyle ?? isBareHost(url.hostname),
    fips,
    followRegions: false,
  };
}

function endpointUrl(keys: S3aKeys, env: Environment): URL | undefined {
  const said = keys.text("endpoint");
  const text = said ?? (env["AWS_ENDPOINT_URL_S3"] || env["AWS_ENDPOINT_URL"]);
  if (text === undefined || text === "") return undefined;
  const scheme = (keys.flag("connection.ssl.enabled") ?? true) ? "https" : "http";
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `${scheme}://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.username !== "") {
    throw keys.refused(
      "endpoint",
      `${said === undefined ? "AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, which stands in for it," : "it"} is no address of a server`,
      'Give it as "https://host:port" or "host", without a path.',
    );
  }
  return url;
}

/** Whether no name of a bucket can stand before the host: an address, or a name of this machine or network. */
function isBareHost(host: string): boolean {
  return isIP(host.replace(/^\[|\]$/g, "")) !== 0 || !host.includes(".") || host.endsWith(".localhost");
}

/** The region of the profile in `~/.aws/config`: Amazon's SDK would ask the instance's metadata, too, which takes seconds where there is none. */
function profileRegion(env: Environment): string | undefined {
  const file = env["AWS_CONFIG_FILE"] ?? join(env["HOME"] ?? homedir(), ".aws", "config");
  const profile = env["AWS_PROFILE"] ?? "default";
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (thrown) {
    // No file, or not ours to read: nobody says a region.
    if (errnoOf(thrown) !== undefined) return undefined;
    throw thrown;
  }
  let section = "";
  for (const line of text.split("\n")) {
    section = /^\s*\[\s*(?:profile\s+)?([^\]]+?)\s*\]/.exec(line)?.[1] ?? section;
    const region = /^\s*region\s*=\s*(\S+)/.exec(line)?.[1];
    if (section === profile && region !== undefined) return region;
  }
  return undefined;
}
