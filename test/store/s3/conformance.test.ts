import { describe, test } from "bun:test";
import { storeConformance } from "../../../src/store/testing.ts";
import { ageLeases, BUCKET, newPrefix, s3Bench, tearLast } from "./s3-bench.ts";
import { motoForFile, versitygwForFile } from "./servers.ts";

const versity = await versitygwForFile(2);
const moto = await motoForFile();

if (versity !== undefined) {
  storeConformance({
    name: "s3 (versitygw, two gateways over one folder)",
    runner: { describe, test },
    async open() {
      const prefix = newPrefix();
      const folder = versity.pathOf(BUCKET, prefix);
      const endpoints = versity.gateways.map(({ endpoint }) => endpoint);
      return {
        ...(await s3Bench(endpoints, prefix)),
        tear: async (log) => tearLast(folder, log),
        async die(store) {
          await store.close();
          ageLeases(folder);
        },
      };
    },
  });
}

if (moto !== undefined) {
  const unseen = "moto's objects are in its memory, where no test can spoil or age them; versitygw's are";
  storeConformance({
    name: "s3 (moto)",
    runner: { describe, test },
    open: () => s3Bench([moto.endpoint], newPrefix()),
    skip: {
      "a log of 1,000 records is read in order, from any number on, and its last record alone":
        "moto answers one request at a time, each in milliseconds of Python; versitygw shows it",
      "a torn last record is void: what stands before it is whole, and the next append goes on behind it":
        unseen,
      "a torn first record leaves a log that can be written": unseen,
      "an append that was cut off in the middle is void, and the record that follows it stands": unseen,
      "the lease of a dead process is taken over, and its taker told whose it was": unseen,
    },
  });
}
