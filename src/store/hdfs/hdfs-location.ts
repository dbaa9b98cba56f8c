import { storeError } from "../errors.ts";

/** Where checkpoints lie in an HDFS. */
export interface HdfsLocation {
  readonly scheme: "hdfs" | "webhdfs" | "swebhdfs";
  /** A host, or a nameservice; empty where the default file system of Hadoop's configuration is meant. */
  readonly host: string;
  readonly port: number | undefined;
  /** Absolute and without a slash at its end; empty for the root. */
  readonly path: string;
  /** As people should see it: `hdfs://prod/checkpoints`. */
  readonly text: string;
}

const PARTS = /^(s?webhdfs|hdfs):(?:\/\/([^/]*))?(\/[^]*)?$/i;
const AUTHORITY = /^([A-Za-z0-9](?:[A-Za-z0-9._-]*)|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?$/;
const LARGEST_PORT = 65_535;
/** HDFS takes no longer path than 8,000 characters and no longer name than 255 bytes; the store's own names are below 500. */
const LONGEST_PATH = 7_000;
const LONGEST_NAME = 255;

/**
 * Reads `hdfs:///path`, `hdfs:/path`, `hdfs://NAMESERVICE/path`, `hdfs://HOST:PORT/path` and the like with `webhdfs:`
 * and `swebhdfs:`. As in Hadoop, the path is taken as it is written: no %-escapes.
 *
 * @throws CairnError STORE_BAD_LOCATION
 */
export function parseHdfsLocation(text: string): HdfsLocation {
  const [, scheme = "", authority = "", written = ""] = PARTS.exec(text) ?? [];
  const kind = scheme.toLowerCase() as HdfsLocation["scheme"];
  if (authority.includes("@")) {
    throw badLocation(
      `${kind}://…@${authority.slice(authority.lastIndexOf("@") + 1)}${written}`,
      "a location names no user",
      "Name the user in HADOOP_USER_NAME; passwords are not used here.",
    );
  }
  const [, host = "", port] = AUTHORITY.exec(authority) ?? [];
  const broken =
    written === "" || (authority !== "" && host === "") || Number(port ?? 1) > LARGEST_PORT || port === "0";
  if (broken) {
    throw badLocation(
      text,
      written === "" ? "it has no path" : "its host is none",
      "Write it as hdfs:///PATH, hdfs://NAMESERVICE/PATH or hdfs://HOST:PORT/PATH.",
    );
  }
  if (kind !== "hdfs" && host === "") {
    throw badLocation(text, "it names no host", `Write it as ${kind}://HOST:PORT/PATH.`);
  }
  const path = written.replace(/\/+$/, "");
  checkPath(text, path);
  return {
    scheme: kind,
    host,
    port: port === undefined ? undefined : Number(port),
    path,
    text: `${kind}://${authority}${path === "" ? "/" : path}`,
  };
}

function checkPath(text: string, path: string): void {
  const parts = path.split("/").slice(1);
  if (parts.some((part) => part === "" || part === "." || part === "..")) {
    throw badLocation(text, "its path has an empty part or a dot part", "Write the path in full.");
  }
  if (parts.some((part) => part.includes(":") || [...part].some((character) => character < " "))) {
    throw badLocation(
      text,
      "its path has a colon or a control character, which HDFS refuses",
      "Choose a plain path.",
    );
  }
  if (path.length > LONGEST_PATH || parts.some((part) => Buffer.byteLength(part) > LONGEST_NAME)) {
    throw badLocation(text, "its path is longer than HDFS takes", "Choose a shorter one.");
  }
}

function badLocation(text: string, why: string, hint: string): Error {
  return storeError(
    "STORE_BAD_LOCATION",
    `Cannot use ${JSON.stringify(text)} as a checkpoint location: ${why}`,
    { hint },
  );
}
