import { describe, test } from "bun:test";
import { storeConformance } from "../../../src/store/testing.ts";
import { testFileComponents } from "./file-components.ts";
import { hdfsBench, hdfsForFile, LAW_MS } from "./hdfs-bench.ts";
import { testKills } from "./kills.ts";
import { testFaults } from "./network-faults.ts";
import { testPromises, testSyncs } from "./promises.ts";
import { testRaces } from "./races.ts";

/** Listings come in pages of 100 and not 1,000, so that a log of 1,000 records has several. */
const server = await hdfsForFile("HDFS", { settings: { "dfs.ls.limit": "100" } });

describe.skipIf(server === undefined)("HDFS", () => {
  if (server === undefined) return;
  testSyncs(server);
  storeConformance({
    name: "hdfs",
    runner: { describe, test },
    timeoutMs: LAW_MS,
    open: () => hdfsBench(server),
  });
  testPromises(server);
  testFileComponents(server);
  testRaces(server);
  testFaults(server);
  testKills(server);
});
