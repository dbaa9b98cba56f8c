import type { ObjectCannedACL, StorageClass } from "@aws-sdk/client-s3";
import type { S3aKeys } from "./s3a-keys.ts";

/** How the bucket's owner wants objects kept: what is sent along with each write. */
export interface S3Writing {
  readonly acl: ObjectCannedACL | undefined;
  readonly storageClass: StorageClass | undefined;
  readonly encryption: S3Encryption | undefined;
}

export type S3Encryption =
  | { readonly kind: "AES256" }
  | { readonly kind: "aws:kms" | "aws:kms:dsse"; readonly keyId: string | undefined }
  /** The key, 32 bytes, goes along with every request that writes or reads. */
  | { readonly kind: "customer"; readonly key: Uint8Array };

const ACLS: Readonly<Record<string, ObjectCannedACL>> = {
  Private: "private",
  PublicRead: "public-read",
  PublicReadWrite: "public-read-write",
  AuthenticatedRead: "authenticated-read",
  BucketOwnerRead: "bucket-owner-read",
  BucketOwnerFullControl: "bucket-owner-full-control",
};

/** Classes whose objects can be read at once. */
const STORAGE_CLASSES = [
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "ONEZONE_IA",
  "INTELLIGENT_TIERING",
  "GLACIER_IR",
  "OUTPOSTS",
  "EXPRESS_ONEZONE",
  "SNOW",
] as const;
const ARCHIVES = new Set(["GLACIER", "DEEP_ARCHIVE"]);

const ALGORITHM = "encryption.algorithm";
const OLD_ALGORITHM = "server-side-encryption-algorithm";
const KEY = "encryption.key";
const OLD_KEY = "server-side-encryption.key";
const ALGORITHMS = ["AES256", "SSE-KMS", "DSSE-KMS", "SSE-C", "CSE-KMS", "CSE-CUSTOM"] as const;
const CUSTOMER_KEY_BYTES = 32;

/** What `fs.s3a.…` says about writing. @throws CairnError STORE_BAD_SETTINGS */
export function s3Writing(keys: S3aKeys): S3Writing {
  const acl = keys.choice("acl.default", Object.keys(ACLS));
  return {
    acl: acl === undefined ? undefined : ACLS[acl],
    storageClass: storageClassOf(keys),
    encryption: encryptionOf(keys),
  };
}

function storageClassOf(keys: S3aKeys): StorageClass | undefined {
  const name = "create.storage.class";
  if (ARCHIVES.has(keys.text(name)?.toUpperCase() ?? "")) {
    throw keys.refused(
      name,
      "records in an archive can't be read back at once",
      `Choose another for the bucket of the checkpoints, or a bucket of their own: fs.s3a.bucket.NAME.${name}.`,
    );
  }
  return keys.choice(name, STORAGE_CLASSES);
}

function encryptionOf(keys: S3aKeys): S3Encryption | undefined {
  const name = keys.text(ALGORITHM) === undefined ? OLD_ALGORITHM : ALGORITHM;
  const keyName = keys.text(KEY) === undefined ? OLD_KEY : KEY;
  const keyId = keys.text(keyName);
  switch (keys.choice(name, ALGORITHMS)) {
    case undefined:
      return undefined;
    case "AES256":
      return { kind: "AES256" };
    case "SSE-KMS":
      return { kind: "aws:kms", keyId };
    case "DSSE-KMS":
      return { kind: "aws:kms:dsse", keyId };
    case "SSE-C": {
      const key = Buffer.from(keyId ?? "", "base64");
      if (key.length === CUSTOMER_KEY_BYTES) return { kind: "customer", key };
      throw keys.refused(keyName, "it is not 32 bytes in base64", "SSE-C needs such a key.");
    }
    default:
      throw keys.refused(
        name,
        "client-side encryption is not offered",
        "Choose AES256, SSE-KMS, DSSE-KMS or SSE-C for the bucket of the checkpoints.",
      );
  }
}
