import { readdirSync, truncateSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { openStore, storeRegistry, type CheckpointStore } from "../../../src/store/mod.ts";
import type { StoreUnderTest } from "../../../src/store/testing.ts";
import { sparkConfig } from "../../servers/s3/s3-server.ts";

export const BUCKET = "lake";

export interface OpenS3Options {
  readonly leaseMs?: number;
  readonly singleWriter?: boolean;
  /** Further settings of Spark or Hadoop. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Opens the store at a prefix as a pipeline does that has only `spark.config`. */
export function openS3(
  endpoint: string,
  prefix: string,
  options: OpenS3Options = {},
): Promise<CheckpointStore> {
  const { settings, ...others } = options;
  const hadoop = { ...sparkConfig(endpoint), ...settings };
  return openStore(storeRegistry(), `s3a://${BUCKET}/${prefix}`, "/", { hadoop, env: {}, ...others });
}

let prefixes = 0;

/** A prefix that nothing has used before. */
export function newPrefix(): string {
  return `checkpoints/${process.pid}-${++prefixes}`;
}

/** A bench for the conformance suite: handles take turns with the endpoints. */
export async function s3Bench(
  endpoints: readonly string[],
  prefix: string,
): Promise<StoreUnderTest & { readonly another: () => Promise<CheckpointStore> }> {
  const opened: CheckpointStore[] = [];
  const another = async (): Promise<CheckpointStore> => {
    const endpoint = endpoints[opened.length % endpoints.length] ?? "";
    const store = await openS3(endpoint, prefix);
    opened.push(store);
    return store;
  };
  return {
    store: await another(),
    another,
    async [Symbol.asyncDispose]() {
      for (const store of opened) await store.close();
    },
  };
}

/** Cuts the last record of a log that lies in a folder of versitygw. */
export function tearLast(folder: string, log: string): void {
  const records = join(folder, `${log}.log`);
  const last = join(records, readdirSync(records).toSorted().at(-1) ?? "");
  truncateSync(last, 7);
}

/** Puts the leases that lie in a folder of versitygw an hour back. */
export function ageLeases(folder: string): void {
  const longAgo = Date.now() / 1000 - 3600;
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (name.includes(".lease/")) utimesSync(join(folder, name), longAgo, longAgo);
  }
}
