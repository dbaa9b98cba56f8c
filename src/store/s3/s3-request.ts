import type { GetObjectCommandInput, PutObjectCommandInput } from "@aws-sdk/client-s3";
import type { S3Writing } from "./s3-writing.ts";

/** What a request says that reads or writes an object under the customer's own key. */
export type CustomerKey = Pick<
  GetObjectCommandInput,
  "SSECustomerAlgorithm" | "SSECustomerKey" | "SSECustomerKeyMD5"
>;

/** The customer's key, where the bucket's objects have one. */
export function customerKey({ encryption }: S3Writing): CustomerKey {
  if (encryption?.kind !== "customer") return {};
  const { key } = encryption;
  return {
    SSECustomerAlgorithm: "AES256",
    SSECustomerKey: Buffer.from(key).toString("base64"),
    SSECustomerKeyMD5: new Bun.CryptoHasher("md5").update(key).digest("base64"),
  };
}

/** What a request says that writes. */
export function writingInput(writing: S3Writing): Partial<PutObjectCommandInput> {
  const { acl, storageClass, encryption } = writing;
  return {
    ...(acl !== undefined && { ACL: acl }),
    ...(storageClass !== undefined && { StorageClass: storageClass }),
    ...customerKey(writing),
    ...(encryption !== undefined &&
      encryption.kind !== "customer" && { ServerSideEncryption: encryption.kind }),
    ...(encryption !== undefined &&
      "keyId" in encryption &&
      encryption.keyId !== undefined && { SSEKMSKeyId: encryption.keyId }),
  };
}
