/**
 * Installs every server that the normal tests use, with CAIRN_TEST_LONG=1 also those of the long ones, or those named:
 * `bun test/servers/main.ts [versitygw moto …]`. What can't be installed is said, and ends the program with 1; with
 * CAIRN_TEST_SERVERS=none nothing is done.
 */
import { hdfs } from "./hdfs/hdfs-server.ts";
import { installed, type Installation } from "./mod.ts";
import { redis } from "./redis/redis.ts";
import { moto } from "./s3/moto.ts";
import { versitygw } from "./s3/versitygw.ts";
import { spark } from "./spark/spark.ts";
import { NEWEST, RELEASES, type SparkVersion } from "./spark/versions.ts";

const OLDER = (Object.keys(RELEASES) as SparkVersion[]).filter((version) => version !== NEWEST);
/** 400 MB each; tests on them run with CAIRN_TEST_LONG=1 alone. */
const LONG_ONLY = new Set(["spark4.0", "spark4.1", "spark4.2"]);

const servers: Readonly<Record<string, () => Installation | Promise<Installation>>> = {
  hdfs: () => hdfs,
  moto,
  redis: () => redis,
  spark: () => spark(),
  ...Object.fromEntries(OLDER.map((version) => [`spark${version}`, () => spark(version)])),
  versitygw: () => versitygw,
};

const named = process.argv.slice(2);
const long = process.env["CAIRN_TEST_LONG"] === "1";
const all = Object.keys(servers).filter((name) => long || !LONG_ONLY.has(name));
const wanted = process.env["CAIRN_TEST_SERVERS"] === "none" ? [] : all;

async function install(name: string): Promise<void> {
  try {
    const found = servers[name];
    if (found === undefined) throw new Error(`the servers are ${Object.keys(servers).join(", ")}`);
    console.log(`${name}: ${await installed(await found(), true)}`);
  } catch (thrown) {
    console.error(
      `${name}: cannot be installed: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
    );
    process.exitCode = 1;
  }
}

// All at once: most of it is waiting for downloads.
await Promise.all((named.length > 0 ? named : wanted).map(install));
