import { join } from "node:path";

/** A Spark that tests know, by its minor version. */
export type SparkVersion = "3.5" | "4.0" | "4.1" | "4.2" | "4.3";

/** What is fetched for one version. */
export interface SparkRelease {
  /** The file with what `pip` brings, each package with its sum. */
  readonly requirements: string;
  /** Whether PySpark's client and what it needs comes along; the other versions' client borrows it. */
  readonly withClient: boolean;
  /** Spark Connect's jar at Maven, where PySpark doesn't bring it, and its SHA-256. */
  readonly connect?: { readonly artifact: string; readonly sha256: string };
}

function release(file: string, more: Partial<SparkRelease> = {}): SparkRelease {
  return { requirements: join(import.meta.dir, file), withClient: false, ...more };
}

/** The version that tests run on where they don't say which. */
export const NEWEST: SparkVersion = "4.3";

export const RELEASES: Readonly<Record<SparkVersion, SparkRelease>> = {
  // The newest of 3.5 whose connect jar can be had.
  "3.5": release("requirements-3.5.txt", {
    connect: {
      artifact: "org.apache.spark:spark-connect_2.12:3.5.7",
      sha256: "15366e21273a874c760b51fa00743a2acb8fa78642cc35d7a076a3ade0c5eef6",
    },
  }),
  "4.0": release("requirements-4.0.txt"),
  "4.1": release("requirements-4.1.txt"),
  "4.2": release("requirements-4.2.txt"),
  "4.3": release("requirements.txt", { withClient: true }),
};

/** The version that `text` names. @throws where tests know no such version. */
export function sparkVersion(text: string): SparkVersion {
  const found = (Object.keys(RELEASES) as SparkVersion[]).find((version) => version === text);
  if (found !== undefined) return found;
  throw new Error(
    `there is no test server of Spark ${text}: the versions are ${Object.keys(RELEASES).join(", ")}`,
  );
}
