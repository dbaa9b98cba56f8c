import { describe, test } from "bun:test";
import { storeConformance } from "../../../src/store/testing.ts";
import { hdfsBench, hdfsForFile } from "./hdfs-bench.ts";

const server = await hdfsForFile("HDFS");

if (server !== undefined) {
  storeConformance({ name: "hdfs", runner: { describe, test }, open: () => hdfsBench(server) });
}
