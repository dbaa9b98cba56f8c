import { readFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, installed, runTool, startServer, type Installation, type RunningServer } from "../mod.ts";
import type { S3Server } from "./s3-server.ts";

const SERVER = join(import.meta.dir, "moto_server.py");
const REQUIREMENTS = join(import.meta.dir, "moto-requirements.txt");

/** The packages are for one version of Python. */
async function pythonVersion(): Promise<string> {
  return (await runTool(["python3", "-c", "import sys; print('%d.%d' % sys.version_info[:2])"])).trim();
}

/** `pip` checks every package against the sums in `moto-requirements.txt`. */
export async function moto(): Promise<Installation> {
  const sum = new Bun.CryptoHasher("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
  return {
    name: "moto",
    key: `${sum}-python${await pythonVersion()}`,
    async fill(folder) {
      const pip = ["python3", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
      await runTool([...pip, "--target", folder, "--require-hashes", "--requirement", REQUIREMENTS]);
    },
  };
}

/** Starts moto's S3: in memory, without checks of signatures. */
export async function startMoto(mayInstall: boolean): Promise<RunningServer & S3Server> {
  const packages = await installed(await moto(), mayInstall);
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const server = await startServer({
    name: "moto",
    command: ["python3", SERVER, String(port)],
    env: { PYTHONPATH: packages, PYTHONDONTWRITEBYTECODE: "1" },
    isUp: async () => (await fetch(`${endpoint}/moto-api/`)).ok,
  });
  return { ...server, endpoint, port };
}
