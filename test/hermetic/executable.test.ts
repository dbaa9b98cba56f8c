import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync } from "node:fs";

import manifest from "../../package.json" with { type: "json" };
import { type CairnResult, compiledCairn, runCairn, type TempDir, tempDir } from "../kit/mod.ts";
import { HOSTILE_MARK, hostileEnvironments, hostileFolder } from "./hostile-folder.ts";
import { FIND_PACKAGES, PACKAGES_FOUND, writePackages } from "./plugin-packages.ts";

/** These look at the executable itself: `scripts/test.sh` builds it first. */
const built = process.env["CAIRN_TEST_COMPILED"] === "1";
const REASON = "(skipped without CAIRN_TEST_COMPILED=1: it needs dist/cairn of these sources)";

/** A component that tells what reached it. */
const PROBE = `
  import { defineComponent, v } from "cairn";
  export default defineComponent({
    description: "Tells what reached it from outside.",
    config: v.object({ name: v.string() }),
    async run({ config }) {
      return {
        name: config.name,
        hostile: "HOSTILE" in globalThis,
        dotenv: process.env["HOSTILE_DOTENV"] ?? null,
        execArgv: process.execArgv,
      };
    },
  });
`;

const UNTOUCHED = { name: "probe", hostile: false, dotenv: null, execArgv: [] };

interface Result {
  readonly status: string;
  readonly components: readonly { readonly outputs: unknown }[];
}

/** A pipeline of one component in a folder of its own, away from the working directory. */
function pipeline(dir: TempDir, component: string): string {
  dir.write("plugins/probe/Tell.ts", component);
  return dir.write(
    "pipeline.conf",
    `pipeline {
       pipeline-name = "Hermetic"
       pipeline-components = [
         { instance-type = "probe.Tell", instance-name = "Tell", instance-config { name = probe } }
       ]
     }`,
  );
}

async function cairn(
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<CairnResult> {
  return runCairn(args, { command: [compiledCairn], cwd, env });
}

/** Runs the pipeline and returns the outputs of its component; fails with all that was said. */
async function outputs(
  file: string,
  isolation: "process" | "none",
  cwd: string,
  env: Record<string, string> = {},
): Promise<unknown> {
  const result = await cairn(["run", file, `--isolation=${isolation}`, "--format", "json"], cwd, env);
  expect(result.stdout + result.stderr).not.toContain(HOSTILE_MARK);
  expect(result.code, result.stdout + result.stderr).toBe(0);
  return (result.json() as Result).components[0]?.outputs;
}

const dir = tempDir();
afterAll(() => dir[Symbol.dispose]());
const config = pipeline(dir, PROBE);

describe.skipIf(!built)(`dist/cairn ${REASON}`, () => {
  test("says its version whatever the working directory and the environment want", async () => {
    using hostile = hostileFolder();
    const plain = await cairn(["--version"], hostile.path);
    expect(plain.stdout).toContain(manifest.version);
    for (const [name, env] of Object.entries(hostileEnvironments(hostile))) {
      const said = await cairn(["--version"], hostile.path, env);
      expect({ name, ...said, json: undefined }).toEqual({ name, ...plain, json: undefined });
    }
  });

  for (const isolation of ["process", "none"] as const) {
    test(`runs a component untouched by a hostile working directory, isolation = ${isolation}`, async () => {
      using hostile = hostileFolder();
      expect(await outputs(config, isolation, hostile.path)).toEqual(UNTOUCHED);
    });

    test(`runs a component untouched by hostile environments, isolation = ${isolation}`, async () => {
      using hostile = hostileFolder();
      for (const [name, env] of Object.entries(hostileEnvironments(hostile))) {
        expect([name, await outputs(config, isolation, hostile.path, env)]).toEqual([name, UNTOUCHED]);
      }
    });

    test(`loads a plugin's own packages, native addon included, isolation = ${isolation}`, async () => {
      using own = tempDir();
      using hostile = hostileFolder();
      writePackages(own, "plugins");
      const file = pipeline(own, `${FIND_PACKAGES}\nexport default async () => found;`);
      expect(await outputs(file, isolation, hostile.path)).toEqual(PACKAGES_FOUND);
    });
  }

  test("hands BUN_OPTIONS and BUN_BE_BUN to no child of a component", async () => {
    using own = tempDir();
    const component = `
      export default async () => ({ env: await new Response(Bun.spawn(["env"]).stdout).text() });
    `;
    const file = pipeline(own, component);
    const said = (await outputs(file, "process", own.path, { BUN_OPTIONS: "--smol", BUN_BE_BUN: "1" })) as {
      env: string;
    };
    expect(said.env).toContain("PATH=");
    expect(said.env).not.toMatch(/BUN_OPTIONS|BUN_BE_BUN/);
  });

  test("works in an empty environment and an empty, read-only working directory", async () => {
    using own = tempDir();
    mkdirSync(own.join("empty"), { mode: 0o555 });
    const child = Bun.spawn([compiledCairn, "run", config, "--format", "json"], {
      cwd: own.join("empty"),
      env: {},
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr, code] = await Promise.all([
      child.stdout.text(),
      child.stderr.text(),
      child.exited,
    ]);
    expect(code, stderr).toBe(0);
    expect((JSON.parse(stdout) as Result).components[0]?.outputs).toEqual(UNTOUCHED);
  });
});
