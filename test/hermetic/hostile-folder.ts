import { join } from "node:path";

import { type TempDir, tempDir } from "../kit/mod.ts";

/** What a hostile file prints or sets when it gets to run. */
export const HOSTILE_MARK = "HOSTILE CODE RAN";

/** A folder in which every file that a Bun program may read by itself is there and hostile. */
export function hostileFolder(): TempDir {
  const dir = tempDir("cairn-hostile-");
  const evil = dir.write(
    "evil.ts",
    `globalThis.HOSTILE = true; console.log(${JSON.stringify(HOSTILE_MARK)});\n`,
  );
  dir.write(
    "node_modules/cairn/index.ts",
    `import ${JSON.stringify(evil)}; export const v = {}; export const defineComponent = () => ({});\n`,
  );
  const bunfig = `preload = [${JSON.stringify(evil)}]\n[define]\n"process.env.HOSTILE_DEFINE" = "'yes'"\n`;
  dir.write("bunfig.toml", bunfig);
  dir.write(".bunfig.toml", bunfig);
  for (const name of [".env", ".env.local", ".env.production", ".env.development"]) {
    dir.write(name, "HOSTILE_DOTENV=yes\nBUN_OPTIONS=--version\n");
  }
  dir.write(
    "tsconfig.json",
    JSON.stringify({ compilerOptions: { baseUrl: ".", paths: { cairn: ["./evil.ts"] } } }),
  );
  dir.write(
    "package.json",
    JSON.stringify({
      name: "hostile",
      main: "./evil.ts",
      imports: { cairn: "./evil.ts", "#cairn": "./evil.ts" },
      bun: { preload: ["./evil.ts"] },
    }),
  );
  return dir;
}

/**
 * Environments that would hand a Bun program to whoever sets them, each with a name for the test. `HOME` and
 * `XDG_CONFIG_HOME` lead to a `.bunfig.toml`.
 */
export function hostileEnvironments(folder: TempDir): Record<string, Record<string, string>> {
  const evil = join(folder.path, "evil.ts");
  return {
    "BUN_OPTIONS with --preload": { BUN_OPTIONS: `--preload ${evil}` },
    "BUN_OPTIONS with --preload=": { BUN_OPTIONS: `--preload=${evil}` },
    "BUN_OPTIONS with --config": { BUN_OPTIONS: `--config=${folder.join("bunfig.toml")}` },
    "BUN_OPTIONS with --env-file": { BUN_OPTIONS: `--env-file=${folder.join(".env")}` },
    "BUN_OPTIONS with --version": { BUN_OPTIONS: "--version" },
    "BUN_OPTIONS with --print": { BUN_OPTIONS: "--print 1" },
    BUN_BE_BUN: { BUN_BE_BUN: "1" },
    BUN_INSPECT_PRELOAD: { BUN_INSPECT_PRELOAD: evil },
    "NODE_OPTIONS with --require": { NODE_OPTIONS: `--require ${evil}` },
    "NODE_OPTIONS with --import": { NODE_OPTIONS: `--import ${evil}` },
    "NODE_OPTIONS that Node would refuse": { NODE_OPTIONS: "--no-such-option" },
    BUN_CONFIG_VERBOSE_FETCH: { BUN_CONFIG_VERBOSE_FETCH: "curl" },
    "a home with a .bunfig.toml": { HOME: folder.path, XDG_CONFIG_HOME: folder.path },
    NODE_ENV: { NODE_ENV: "development" },
  };
}
