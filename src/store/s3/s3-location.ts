import { storeError } from "../errors.ts";

/** Where checkpoints lie in S3. */
export interface S3Location {
  readonly bucket: string;
  /** Empty, or ends in a slash: keys of the store begin with it. */
  readonly prefix: string;
  /** As people should see it: `s3a://lake/checkpoints`. */
  readonly text: string;
}

const PARTS = /^(s3a?):\/\/([^/?#]*)([^]*)$/i;
/** Names of buckets, access points' aliases included; old buckets may have capitals and underscores. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;
/** A key has 1,024 bytes at most, and the store's own part of it up to 500. */
const LONGEST_PREFIX = 500;

/**
 * Reads `s3a://bucket/prefix` or `s3://bucket/prefix`. As in Hadoop, the prefix is taken as it is written: no
 * %-escapes. Slashes at its ends don't count.
 *
 * @throws CairnError STORE_BAD_LOCATION; it never quotes what stands before an "@", which is a secret key.
 */
export function parseS3Location(text: string): S3Location {
  const [, scheme = "", bucket = "", path = ""] = PARTS.exec(text) ?? [];
  if (bucket.includes("@")) {
    throw badLocation(
      `${scheme}://…@${bucket.slice(bucket.lastIndexOf("@") + 1)}${path}`,
      "a location is no place for keys",
      "Remove them, and treat them as known to others: they are in logs and shell histories. Keys belong in the AWS environment or in spark.hadoop.fs.s3a.access.key and .secret.key.",
    );
  }
  if (!BUCKET.test(bucket)) {
    throw badLocation(text, "it names no bucket", "Write it as s3a://BUCKET/PREFIX.");
  }
  if (/[?#]/.test(path.slice(0, 1))) {
    throw badLocation(text, "a query or fragment has no meaning here", "Write it as s3a://BUCKET/PREFIX.");
  }
  const prefix = path.replace(/^\/+|\/+$/g, "");
  const parts = prefix === "" ? [] : prefix.split("/");
  if (parts.some((part) => part === "" || part === "." || part === ".." || hasControls(part))) {
    throw badLocation(
      text,
      "its prefix has an empty part, a dot part or a control character",
      "Servers and tools take such keys for different ones. Choose a plain prefix.",
    );
  }
  if (Buffer.byteLength(prefix) > LONGEST_PREFIX) {
    throw badLocation(text, `its prefix is longer than ${LONGEST_PREFIX} bytes`, "Choose a shorter one.");
  }
  return {
    bucket,
    prefix: prefix === "" ? "" : `${prefix}/`,
    text: `${scheme.toLowerCase()}://${bucket}${prefix === "" ? "" : `/${prefix}`}`,
  };
}

function hasControls(text: string): boolean {
  return [...text].some((character) => character < " " || character === "\u007f");
}

function badLocation(text: string, why: string, hint: string): Error {
  return storeError(
    "STORE_BAD_LOCATION",
    `Cannot use ${JSON.stringify(text)} as a checkpoint location: ${why}`,
    { hint },
  );
}
