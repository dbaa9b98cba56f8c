import { expect, test } from "bun:test";
import { tempDir } from "../kit/mod.ts";
import { startHdfs } from "../servers/hdfs/hdfs-server.ts";
import { serverFor } from "../servers/mod.ts";
import { KEYS, makeBucket } from "../servers/s3/s3-server.ts";
import { startVersitygw } from "../servers/s3/versitygw.ts";
import { readmeBlocks, typeIn } from "./type-in.ts";

const TIMEOUT_MS = 180_000;

/** Types the tour's files and then the README's block on a store; says what the block printed. */
async function typed(kind: string, env: Readonly<Record<string, string>>): Promise<string> {
  using dir = tempDir();
  const [files = ""] = await readmeBlocks("tour");
  const [block, ...more] = await readmeBlocks(kind);
  expect([typeof block, more.length]).toEqual(["string", 0]);
  const { code, output, said } = await typeIn(dir, [files, block ?? ""], env);
  expect(code, output).toBe(0);
  return said[1] ?? "";
}

function expectResumed(said: string): void {
  expect(said).toContain("exit 1");
  expect(said).toContain("failed at 2/2 Load(orders)");
  expect(said).toMatch(/Fetch\(orders\) restored/);
  expect(said.match(/fetched 3 orders/g)?.length).toBe(1);
}

const versity = await serverFor("versitygw", async (mayInstall) => {
  const dir = tempDir();
  const server = await startVersitygw(dir.path, 1, mayInstall);
  return { server, dir };
});

test.skipIf(versity === undefined)(
  "the README's run with its checkpoint on S3 does what it says, typed in against a fresh server",
  async () => {
    if (versity === undefined) return;
    const endpoint = versity.server.gateways[0]?.endpoint ?? "";
    try {
      await makeBucket(endpoint, "lake");
      const said = await typed("s3", {
        AWS_ENDPOINT_URL_S3: endpoint,
        AWS_ACCESS_KEY_ID: KEYS.accessKeyId,
        AWS_SECRET_ACCESS_KEY: KEYS.secretAccessKey,
      });
      expectResumed(said);
    } finally {
      await versity.server[Symbol.asyncDispose]();
      versity.dir[Symbol.dispose]();
    }
  },
  TIMEOUT_MS,
);

const hdfs = await serverFor("hdfs", (mayInstall) => startHdfs({}, mayInstall));

test.skipIf(hdfs === undefined)(
  "the README's run with its checkpoint on HDFS does what it says, typed in against a fresh cluster",
  async () => {
    if (hdfs === undefined) return;
    try {
      const said = await typed("hdfs", { HADOOP_CONF_DIR: hdfs.folder, HADOOP_USER_NAME: "hdfs" });
      expectResumed(said);
    } finally {
      await hdfs[Symbol.asyncDispose]();
    }
  },
  TIMEOUT_MS,
);
