import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { freePort, installed, runTool, startServer, type Installation, type RunningServer } from "../mod.ts";

/** Debian 12's packages: the server's program is in redis-tools, under the name of its checker, and needs two libraries. */
const PACKAGES: Readonly<Record<string, string>> = {
  "redis-tools": "5:7.0.15-1~deb12u10",
  liblzf1: "3.6-3",
  libjemalloc2: "5.3.0-1",
};

/** Unpacked, not installed. `apt-get` checks the packages against the signed sums of the mirror. */
export const redis: Installation = {
  name: "redis",
  key: `7.0.15-deb12u10-${process.arch}`,
  async fill(folder) {
    const packages = join(folder, "packages");
    mkdirSync(packages);
    for (const [name, version] of Object.entries(PACKAGES)) await download(packages, name, version);
    for (const file of readdirSync(packages)) {
      if (file.endsWith(".deb")) await runTool(["dpkg", "-x", join(packages, file), folder]);
    }
    rmSync(packages, { recursive: true });
  },
};

/** The pinned version; a mirror that has thrown it away for a security update gives that one. */
async function download(folder: string, name: string, version: string): Promise<void> {
  try {
    await runTool(["apt-get", "download", `${name}=${version}`], { cwd: folder });
  } catch {
    await runTool(["apt-get", "download", name], { cwd: folder });
  }
}

export interface RedisServer extends RunningServer {
  readonly port: number;
}

export interface RedisOptions {
  /** Where it keeps its append-only file; its own, and empty at first. */
  readonly folder: string;
  readonly mayInstall: boolean;
  /** Further arguments, e.g. `--appendfsync everysec`. */
  readonly more?: readonly string[];
  readonly port?: number;
}

/** Starts Redis on a free port of 127.0.0.1; every answered write is on the disk. */
export async function startRedis({
  folder,
  mayInstall,
  more = [],
  port,
}: RedisOptions): Promise<RedisServer> {
  const root = await installed(redis, mayInstall);
  const at = port ?? (await freePort());
  const libraries = join(
    root,
    "usr/lib",
    process.arch === "arm64" ? "aarch64-linux-gnu" : "x86_64-linux-gnu",
  );
  // The checker is the server: which of the two it is, it sees by the name it is called by.
  const program = ["bash", "-c", 'exec -a redis-server "$0" "$@"', join(root, "usr/bin/redis-check-rdb")];
  const settings = ["--port", String(at), "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
  const server = await startServer({
    name: "redis",
    command: [...program, ...settings, "--appendonly", "yes", "--appendfsync", "always", ...more],
    env: { LD_LIBRARY_PATH: libraries },
    isUp: () => answers(at),
  });
  return { ...server, port: at };
}

/** It answers something, be it that a password is missing. */
async function answers(port: number): Promise<boolean> {
  let heard: (text: string) => void = () => undefined;
  const reply = new Promise<string>((resolve) => {
    heard = resolve;
  });
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: { data: (_, bytes) => heard(bytes.toString()), close: () => heard(""), error: () => heard("") },
  });
  socket.write("PING\r\n");
  const text = await reply;
  socket.end();
  return text.startsWith("+PONG") || text.startsWith("-NOAUTH");
}
