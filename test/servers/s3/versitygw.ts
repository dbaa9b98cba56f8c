import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, installed, runTool, startServer, type Installation, type RunningServer } from "../mod.ts";
import { KEYS, type S3Server } from "./s3-server.ts";

const MODULE = join(import.meta.dir, "versitygw");
const PACKAGE = "github.com/versity/versitygw/cmd/versitygw";

/** Built from source: Go checks every module against the sums in `versitygw/go.sum`. */
export const versitygw: Installation = {
  name: "versitygw",
  key: new Bun.CryptoHasher("sha256")
    .update(readFileSync(join(MODULE, "go.mod")))
    .digest("hex")
    .slice(0, 12),
  async fill(folder) {
    const source = join(folder, "source");
    cpSync(MODULE, source, { recursive: true });
    const binary = join(folder, "versitygw");
    await runTool(["go", "build", "-mod=readonly", "-ldflags=-s -w", "-o", binary, PACKAGE], { cwd: source });
  },
};

/** Gateways over one folder: a store with several front ends. */
export interface Versitygw extends AsyncDisposable {
  readonly gateways: readonly S3Server[];
  /** The path of an object, to spoil or to back-date it. */
  pathOf(bucket: string, key: string): string;
}

/** Starts `count` gateways over one new folder in `folder`. */
export async function startVersitygw(folder: string, count: number, mayInstall: boolean): Promise<Versitygw> {
  const binary = join(await installed(versitygw, mayInstall), "versitygw");
  const data = join(folder, "data");
  const side = join(folder, "side");
  for (const made of [data, side]) mkdirSync(made, { recursive: true });
  const running: RunningServer[] = [];
  const gateways: S3Server[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((server) => server.stop()));
  };
  try {
    for (let i = 0; i < count; i++) {
      const port = await freePort();
      const endpoint = `http://127.0.0.1:${port}`;
      running.push(
        await startServer({
          name: "versitygw",
          command: [
            binary,
            "--port",
            `127.0.0.1:${port}`,
            "--keep-alive",
            "--quiet",
            "posix",
            "--sidecar",
            side,
            data,
          ],
          env: { ROOT_ACCESS_KEY: KEYS.accessKeyId, ROOT_SECRET_KEY: KEYS.secretAccessKey },
          isUp: async () => (await fetch(endpoint)).status > 0,
        }),
      );
      gateways.push({ endpoint, port });
    }
  } catch (thrown) {
    await stop();
    throw thrown;
  }
  return {
    gateways,
    pathOf: (bucket, key) => join(data, bucket, key),
    [Symbol.asyncDispose]: stop,
  };
}
