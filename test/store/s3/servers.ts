import { afterAll } from "bun:test";
import { tempDir } from "../../kit/mod.ts";
import { serverFor } from "../../servers/mod.ts";
import { startMoto } from "../../servers/s3/moto.ts";
import { makeBucket, type S3Server } from "../../servers/s3/s3-server.ts";
import { startVersitygw, type Versitygw } from "../../servers/s3/versitygw.ts";
import { BUCKET } from "./s3-bench.ts";

/** Gateways of versitygw with the bucket, for one test file; undefined where they can't be had. */
export async function versitygwForFile(count: number): Promise<Versitygw | undefined> {
  const dir = tempDir();
  const started = await serverFor("versitygw", async (mayInstall) => {
    const server = await startVersitygw(dir.path, count, mayInstall);
    await makeBucket(server.gateways[0]?.endpoint ?? "", BUCKET);
    return server;
  });
  afterAll(async () => {
    await started?.[Symbol.asyncDispose]();
    dir[Symbol.dispose]();
  });
  return started;
}

/** moto with the bucket, for one test file; undefined where it can't be had. */
export async function motoForFile(): Promise<S3Server | undefined> {
  const started = await serverFor("moto", async (mayInstall) => {
    const server = await startMoto(mayInstall);
    await makeBucket(server.endpoint, BUCKET);
    return server;
  });
  afterAll(async () => started?.[Symbol.asyncDispose]());
  return started;
}
