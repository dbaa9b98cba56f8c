import { afterAll, describe, test } from "bun:test";
import { openDataFiles } from "../../src/files/mod.ts";
import { filesLaws } from "../files/laws.ts";
import { stagingLaws } from "../files/staging-laws.ts";
import { hdfsForFile } from "../store/hdfs/hdfs-bench.ts";
import { crashMatrix } from "./matrix.ts";

/** A busy machine has a whole cluster beside the test. */
const LAW_MS = 180_000;
/** Where runs are stopped: ten points, spread over staging, publishing and recording of all three kinds of output. */
const POINTS = 10;
const server = await hdfsForFile("HDFS");
let folders = 0;

describe.skipIf(server === undefined)("HDFS", () => {
  const env = { HADOOP_CONF_DIR: server?.folder ?? "", HADOOP_USER_NAME: "alice" };
  const hdfs = openDataFiles({ folder: "/", env, timeoutMs: 60_000 });
  afterAll(() => hdfs.close());
  const folder = (): string => `hdfs:///tmp/data-${folders++}`;
  filesLaws("hdfs", () => ({ files: hdfs, folder: folder() }), LAW_MS);
  stagingLaws("hdfs", () => ({ files: hdfs, folder: folder() }), LAW_MS);

  test("stopped at ten points, a resumed run leaves what a whole one does, and a sleeper changes nothing", async () => {
    await crashMatrix({ folder, hadoop: {}, env }, (points) =>
      Array.from({ length: POINTS }, (_, at) => 2 + Math.floor((at * (points.length - 2)) / POINTS)),
    );
  }, 600_000);
});
