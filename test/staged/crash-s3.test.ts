import { describe, test } from "bun:test";
import { sparkConfig } from "../servers/s3/s3-server.ts";
import { BUCKET } from "../store/s3/s3-bench.ts";
import { versitygwForFile } from "../store/s3/servers.ts";
import { crashMatrix } from "./matrix.ts";

/** Every point in a long run, else every second. */
const STRIDE = process.env["CAIRN_TEST_LONG"] === "1" ? 1 : 2;
const gateway = await versitygwForFile(1);
let folders = 0;

describe.skipIf(gateway === undefined)("staged outputs on S3", () => {
  const hadoop = sparkConfig(gateway?.gateways[0]?.endpoint ?? "");
  const place = { folder: () => `s3a://${BUCKET}/matrix${folders++}`, hadoop, env: {} };

  test("stopped at a point, a resumed run leaves what a whole one does, and a sleeper changes nothing", async () => {
    await crashMatrix(place, (points) => points.map((_, at) => at + 1).filter((cut) => cut % STRIDE === 0));
  }, 600_000);
});
