import { readHadoopConfig, type HadoopConfig } from "../hadoop/hadoop-config.ts";
import { hadoopRecord } from "../hadoop/hadoop-record.ts";
import { credentialSources, type CredentialSource } from "./s3-credentials.ts";
import { s3Endpoint, type Environment, type S3Endpoint } from "./s3-endpoint.ts";
import { s3Network, type S3Network } from "./s3-network.ts";
import { s3Writing, type S3Writing } from "./s3-writing.ts";
import { s3aKeys } from "./s3a-keys.ts";

/** Everything that a client for one bucket is made of. Holds secrets: never to be printed. */
export interface S3Settings {
  /** What requests name: the bucket, or the access point that stands for it. */
  readonly bucket: string;
  readonly endpoint: S3Endpoint;
  readonly credentials: readonly CredentialSource[];
  readonly network: S3Network;
  readonly writing: S3Writing;
  readonly requesterPays: boolean;
  /** Objects in one answer to a listing. */
  readonly page: number;
  /** False: the user says that the server knows no conditions. */
  readonly conditions: boolean;
  /** Send and check CRC sums on top of what is signed. */
  readonly checksums: boolean;
  readonly userAgent: string | undefined;
}

export interface S3SettingsOptions {
  /** Settings of Spark or Hadoop by name, `spark.hadoop.fs.s3a.…` or `fs.s3a.…`: over those of `core-site.xml`. */
  readonly hadoop?: Readonly<Record<string, string>> | undefined;
  readonly env: Environment;
}

/** The largest page that S3 gives. */
const LARGEST_PAGE = 1_000;

/**
 * The settings for a bucket: first `hadoop`, then `core-site.xml` in HADOOP_CONF_DIR, then the AWS environment.
 *
 * @throws CairnError STORE_BAD_SETTINGS
 */
export function readS3Settings(bucket: string, options: S3SettingsOptions): S3Settings {
  const { env, hadoop = {} } = options;
  const config: HadoopConfig = readHadoopConfig({
    folder: env["HADOOP_CONF_DIR"] || undefined,
    files: ["core-site.xml"],
    over: hadoopRecord(hadoop),
    env,
  });
  const keys = s3aKeys(config, bucket);
  const endpoint = s3Endpoint(keys, env);
  const accessPoint = keys.text("accesspoint.arn");
  if (accessPoint === undefined && keys.flag("accesspoint.required") === true) {
    throw keys.refused(
      "accesspoint.required",
      `no access point is set for the bucket "${bucket}"`,
      `Set fs.s3a.bucket.${bucket}.accesspoint.arn.`,
    );
  }
  return {
    bucket: accessPoint ?? bucket,
    endpoint,
    credentials: credentialSources(keys, env),
    network: s3Network(keys, env),
    writing: s3Writing(keys),
    requesterPays: keys.flag("requester.pays.enabled") ?? false,
    page: Math.max(1, Math.min(LARGEST_PAGE, keys.count("paging.maximum") ?? LARGEST_PAGE)),
    conditions: keys.flag("create.conditional.enabled") ?? true,
    // Servers that aren't Amazon's may refuse headers that are newer than they are.
    checksums: endpoint.url === undefined,
    userAgent: keys.text("user.agent.prefix"),
  };
}
