import { cpSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";

import { root, type TempDir } from "../kit/mod.ts";

/** What a module that imports all the packages below finds, where each resolves as its package.json says. */
export const PACKAGES_FOUND = {
  condition: "bun",
  subpath: "subpath in CommonJS",
  conditionOfCommonJs: "require",
  own: "imported by #name",
  nativeImports: 2,
} as const;

/** Statements for a plugin file: they fill `found` from the packages that {@link writePackages} puts beside it. */
export const FIND_PACKAGES = `
  import { condition } from "with-exports";
  import subpath from "with-exports/sub";
  import { name as own } from "#own";
  import { parseSync } from "oxc-parser";
  const found = {
    condition, subpath: subpath.text, conditionOfCommonJs: subpath.condition, own,
    nativeImports: parseSync("a.ts", 'import "a"; import type { B } from "b";').module.staticImports.length,
  };
`;

/**
 * Gives a plugin folder npm packages of its own: one with an `exports` map, a `bun` condition and CommonJS inside,
 * and one with a native addon (the parser that the lint uses: it is installed already).
 */
export function writePackages(dir: TempDir, folder: string): void {
  const at = (name: string): string => join(folder, name);
  dir.write(
    at("package.json"),
    JSON.stringify({ name: "plugins", type: "module", imports: { "#own": "./lib/own.ts" } }),
  );
  dir.write(at("lib/own.ts"), `export const name: string = "imported by #name";\n`);
  const exports = {
    ".": { bun: "./bun.js", node: "./node.js", default: "./default.js" },
    "./sub": { import: "./sub.cjs", require: "./sub.cjs" },
    "./inner": { import: "./inner-import.js", require: "./inner-require.cjs" },
  };
  const inPackage = (name: string, text: string): void =>
    void dir.write(at(`node_modules/with-exports/${name}`), text);
  inPackage(
    "package.json",
    JSON.stringify({ name: "with-exports", version: "1.0.0", type: "module", exports }),
  );
  for (const name of ["bun", "node", "default"])
    inPackage(`${name}.js`, `export const condition = "${name}";\n`);
  inPackage("inner-import.js", 'export const condition = "import";\n');
  inPackage("inner-require.cjs", 'module.exports = { condition: "require" };\n');
  inPackage(
    "sub.cjs",
    'const { condition } = require("with-exports/inner");\nmodule.exports = { text: "subpath in CommonJS", condition };\n',
  );
  for (const name of ["oxc-parser", "@oxc-project/types", ...nativeParsers()]) {
    const target = dir.join(at("node_modules"), name);
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(root, "node_modules", name), target, { recursive: true });
  }
}

/** The parser's native packages that npm installed for this machine. */
function nativeParsers(): string[] {
  return readdirSync(join(root, "node_modules/@oxc-parser")).map((name) => `@oxc-parser/${name}`);
}
