import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { openStore, storeRegistry } from "../../src/store/mod.ts";
import { tempDir } from "../../test/kit/mod.ts";
import { faultProxy } from "../../test/servers/mod.ts";
import { KEYS, makeBucket, sparkConfig } from "../../test/servers/s3/s3-server.ts";
import { startVersitygw } from "../../test/servers/s3/versitygw.ts";
import type { Row } from "../row.ts";
import { countCosts, type Measured, measureLatency } from "./store-costs.ts";

const BUCKET = "bench";

/** S3 by versitygw: counts at the proxy, latency beside a loop of the SDK's conditional PUTs. */
export async function measureS3(rounds: number): Promise<Row[]> {
  using dir = tempDir();
  await using server = await startVersitygw(dir.path, 1, true);
  const { endpoint = "", port = 0 } = server.gateways[0] ?? {};
  await makeBucket(endpoint, BUCKET);
  await using proxy = await faultProxy(port);
  const client = new S3Client({ region: "us-east-1", endpoint, forcePathStyle: true, credentials: KEYS });
  const measured: Measured = {
    name: "S3",
    open: (place, counted) =>
      openStore(storeRegistry(), `s3a://${BUCKET}/${place}`, "/", {
        hadoop: sparkConfig(counted ? proxy.endpoint : endpoint),
        env: {},
      }),
    reset: () => proxy.arm(),
    exchanges: () => proxy.exchanges,
    async bare(name, text) {
      await client.send(
        new PutObjectCommand({ Bucket: BUCKET, Key: `bare/${name}`, Body: text, IfNoneMatch: "*" }),
      );
    },
    perCompletion: 1,
    targets: { graceful: 15, killed: 115 },
  };
  const rows = [...(await countCosts(measured)), await measureLatency(measured, rounds)];
  client.destroy();
  return rows;
}
