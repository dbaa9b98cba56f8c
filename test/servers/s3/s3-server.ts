/** A running S3 server. */
export interface S3Server {
  readonly endpoint: string;
  readonly port: number;
}

/** The keys of all S3 servers of tests. */
export const KEYS = { accessKeyId: "testkey", secretAccessKey: "testsecret" } as const;

/** Settings of s3a for a server of tests, as a pipeline has them in `spark.config`. */
export function sparkConfig(endpoint: string): Record<string, string> {
  return {
    "spark.hadoop.fs.s3a.endpoint": endpoint,
    "spark.hadoop.fs.s3a.access.key": KEYS.accessKeyId,
    "spark.hadoop.fs.s3a.secret.key": KEYS.secretAccessKey,
    "spark.hadoop.fs.s3a.path.style.access": "true",
  };
}

/** Makes a bucket. */
export async function makeBucket(endpoint: string, bucket: string): Promise<void> {
  const { S3Client, CreateBucketCommand } = await import("@aws-sdk/client-s3");
  const client = new S3Client({ region: "us-east-1", endpoint, forcePathStyle: true, credentials: KEYS });
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  client.destroy();
}
