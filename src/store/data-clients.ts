import type { HdfsCluster } from "./hdfs/hdfs-cluster.ts";
import type { WebHdfsSettings } from "./hdfs/open-web-hdfs.ts";
import type { S3Bucket } from "./s3/s3-bucket.ts";
import type { S3SettingsOptions } from "./s3/s3-settings.ts";

export type { HdfsCluster } from "./hdfs/hdfs-cluster.ts";
export type { S3Bucket } from "./s3/s3-bucket.ts";

/** {@link S3Bucket} by name; the AWS SDK is loaded when this is called. @throws CairnError STORE_BAD_SETTINGS */
export async function openS3Bucket(bucket: string, options: S3SettingsOptions): Promise<S3Bucket> {
  const opening = await import("./s3/s3-bucket.ts");
  return opening.openS3Bucket(bucket, options);
}

/** {@link HdfsCluster} of a URI. @throws CairnError STORE_BAD_LOCATION, STORE_BAD_SETTINGS */
export async function openHdfsCluster(uri: string, settings: WebHdfsSettings): Promise<HdfsCluster> {
  const opening = await import("./hdfs/hdfs-cluster.ts");
  return opening.openHdfsCluster(uri, settings);
}
