import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync } from "node:fs";
import { join } from "node:path";

import { compile } from "../../scripts/build/compile.ts";
import { deafened } from "../../scripts/build/private-runtime.ts";
import { cleanEnv, type TempDir, tempDir } from "../kit/mod.ts";
import { HOSTILE_MARK, hostileEnvironments, hostileFolder } from "./hostile-folder.ts";
import { FIND_PACKAGES, PACKAGES_FOUND, writePackages } from "./plugin-packages.ts";

/** Compiling copies Bun several times; on a loaded machine that takes a while. */
const BUILD_TIMEOUT_MS = 120_000;

const PROBE = join(import.meta.dir, "probe.ts");
let dir: TempDir;
let probe: string;

beforeAll(async () => {
  dir = tempDir("cairn-build-test-");
  probe = dir.join("out/probe");
  await compile(PROBE, probe);
}, BUILD_TIMEOUT_MS);
afterAll(() => dir[Symbol.dispose]());

async function run(args: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<string> {
  const child = Bun.spawn([probe, ...args], {
    cwd,
    env: cleanEnv(env),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return code === 0 ? stdout + stderr : `exit ${code}: ${stdout}${stderr}`;
}

async function reachable(port: number): Promise<boolean> {
  try {
    const socket = await Bun.connect({ hostname: "127.0.0.1", port, socket: { data: () => undefined } });
    socket.end();
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ECONNREFUSED") throw error;
    return false;
  }
}

const UNTOUCHED = {
  args: ["--flag", "value"],
  execArgv: [],
  hostile: false,
  dotenv: null,
  nodeEnv: "production",
  sameProcess: true,
  worker: { got: "ping", execArgv: [] },
};

describe("a program compiled by Cairn's build", () => {
  test("reaches the C library and works as its own worker", async () => {
    expect(JSON.parse(await run(["--flag", "value"], dir.path))).toEqual(UNTOUCHED);
  });

  test("reads no bunfig.toml, .env, tsconfig.json or package.json of its working directory", async () => {
    using hostile = hostileFolder();
    expect(JSON.parse(await run(["--flag", "value"], hostile.path))).toEqual(UNTOUCHED);
  });

  test("serves its module to a plugin, whatever the working directory calls by that name", async () => {
    using hostile = hostileFolder();
    const plugin = dir.write(
      "served/plugin.ts",
      `import { answer } from "cairn"; export default { answer };`,
    );
    expect(await run(["load", plugin], hostile.path)).toBe('{"answer":42}\n');
  });

  test("finds a plugin's packages: exports map, bun condition, CommonJS inside, native addon", async () => {
    writePackages(dir, "plugins");
    const plugin = dir.write("plugins/com/example/Find.ts", `${FIND_PACKAGES}\nexport default found;`);
    using hostile = hostileFolder();
    expect(JSON.parse(await run(["load", plugin], hostile.path))).toEqual(PACKAGES_FOUND);
  });

  test("installs nothing by itself when a plugin's package is missing", async () => {
    const plugin = dir.write("missing/plugin.ts", `import "left-pad";`);
    expect(await run(["load", plugin], dir.path)).toContain("Cannot find package 'left-pad'");
  });

  test("doesn't print a request's credentials under BUN_CONFIG_VERBOSE_FETCH", async () => {
    using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("answer") });
    const said = await run(["fetch", server.url.href], dir.path, { BUN_CONFIG_VERBOSE_FETCH: "curl" });
    expect(said).toBe("answer\n");
  });

  test("opens no debugger's port under BUN_INSPECT", async () => {
    const free = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
    const { port } = free;
    free.stop(true);
    const child = Bun.spawn([probe, "wait"], {
      env: cleanEnv({ BUN_INSPECT: `ws://127.0.0.1:${port}/x` }),
      stdin: "pipe",
      stdout: "pipe",
      stderr: "ignore",
    });
    for await (const chunk of child.stdout) if (chunk.length > 0) break;
    expect(await reachable(port)).toBe(false);
    await child.stdin.end();
    expect(await child.exited).toBe(0);
  });

  test("is still Bun for whoever asks by the name that docs/hermetic.md gives", async () => {
    expect(await run(["--version"], dir.path, { _UN_BE_BUN: "1" })).toBe(`${Bun.version}\n`);
  });

  test("is the same bytes again from another folder, whatever the builder's environment", async () => {
    cpSync(PROBE, dir.join("elsewhere/probe.ts"));
    const before = { ...process.env };
    process.env["NODE_ENV"] = "development";
    process.env["BUN_OPTIONS"] = "--smol";
    try {
      await compile(dir.join("elsewhere/probe.ts"), dir.join("again/probe"));
    } finally {
      for (const name of ["NODE_ENV", "BUN_OPTIONS"]) {
        const value = before[name];
        if (value === undefined) Reflect.deleteProperty(process.env, name);
        else process.env[name] = value;
      }
    }
    const [first, again] = await Promise.all([
      Bun.file(probe).bytes(),
      Bun.file(dir.join("again/probe")).bytes(),
    ]);
    expect(Bun.SHA256.hash(again, "hex")).toBe(Bun.SHA256.hash(first, "hex"));
  }, 120_000);
});

describe("a program compiled by Cairn's build is untouched by", () => {
  using names = hostileFolder();
  for (const name of Object.keys(hostileEnvironments(names))) {
    test(name, async () => {
      using hostile = hostileFolder();
      const said = await run(["--flag", "value"], hostile.path, hostileEnvironments(hostile)[name]);
      expect(said).not.toContain(HOSTILE_MARK);
      expect(JSON.parse(said)).toEqual(UNTOUCHED);
    });
  }
});

test("the build stops at a Bun that keeps the names of its variables otherwise", () => {
  expect(() => deafened(Buffer.from("\0BUN_OPTIONS\0"))).toThrow(
    /^Cannot make the runtime ignore BUN_INSPECT \(it opens a debugger's port\): its name is there 0 times, not 1/,
  );
  expect(() => deafened(Buffer.from("\0BUN_OPTIONS\0 \0BUN_OPTIONS\0"))).toThrow("there 2 times, not 1");
});
