import { serverFor } from "../mod.ts";
import { type SparkServer, startSpark } from "./spark-server.ts";
import { NEWEST, sparkVersion } from "./versions.ts";

/** Bun runs all test files in one process, each with modules of its own: this is what they share. */
const KEY = Symbol.for("cairn.test.spark");
const shared = globalThis as { [KEY]?: Promise<SparkServer | undefined> };

/**
 * The one Spark Connect server of a test run: started by the first file that asks, ended with the process. Files keep
 * to tables and folders with names of their own. Undefined where Spark is left out, as `serverFor` says it.
 * `CAIRN_TEST_SPARK=3.5` has another version serve.
 *
 * ```ts
 * const server = await sharedSpark();
 * describe.skipIf(server === undefined)("sessions", () => { … });
 * ```
 */
export function sharedSpark(): Promise<SparkServer | undefined> {
  shared[KEY] ??= serverFor("spark", (mayInstall) =>
    startSpark({ mayInstall, version: sparkVersion(process.env["CAIRN_TEST_SPARK"] ?? NEWEST) }),
  );
  return shared[KEY];
}
