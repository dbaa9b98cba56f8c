import { openObjectStore } from "../object/open-object-store.ts";
import type { OpenStoreOptions } from "../registry.ts";
import type { StoreLocation } from "../location.ts";
import type { CheckpointStore } from "../store.ts";
import { openS3Client } from "./s3-client.ts";
import { parseS3Location } from "./s3-location.ts";
import { openS3Objects } from "./s3-objects.ts";
import { readS3Settings } from "./s3-settings.ts";

/**
 * Opens the store at `s3a://bucket/prefix` or `s3://bucket/prefix`. No request is made: what the server can do is
 * found out at the first write, and a wrong bucket or missing credentials at the first call.
 *
 * @param options `hadoop` (the pipeline's `spark.config`, or other settings of s3a), `env`, `singleWriter`, `leaseMs`.
 * @throws CairnError STORE_BAD_LOCATION, STORE_BAD_SETTINGS
 */
export async function openS3Store(
  { target }: StoreLocation,
  options: OpenStoreOptions,
): Promise<CheckpointStore> {
  const { hadoop, env = process.env, singleWriter, leaseMs, clock } = options;
  const location = parseS3Location(target);
  const settings = readS3Settings(location.bucket, { hadoop, env });
  const open = await openS3Client(settings);
  const objects = openS3Objects({ open, location, settings, singleWriter });
  return openObjectStore({ objects, leaseMs, clock });
}
