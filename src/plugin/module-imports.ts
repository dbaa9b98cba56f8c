import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { sha256 } from "../base/mod.ts";

/** A file as far as the code hash looks at it. */
export interface ModuleFacts {
  /** SHA-256 of the content. */
  readonly hash: string;
  /** What it names in imports with a literal name, in the order of first appearance. */
  readonly imports: readonly string[];
}

const LOADERS: ReadonlyMap<string, "ts" | "tsx" | "js" | "jsx"> = new Map([
  [".ts", "ts"],
  [".mts", "ts"],
  [".cts", "ts"],
  [".tsx", "tsx"],
  [".js", "js"],
  [".mjs", "js"],
  [".cjs", "js"],
  [".jsx", "jsx"],
]);

/** What Bun's scan leaves out: `require` in a module, and files named relative to the module. */
const MORE_IMPORTS: readonly RegExp[] = [
  /\brequire(?:\.resolve)?\(\s*["'`]([^"'`$]+)["'`]\s*\)/g,
  /\bnew URL\(\s*["'`](\.[^"'`$]+)["'`]\s*,\s*import\.meta\.url\s*\)/g,
  /\bimport\.meta\.resolve\(\s*["'`]([^"'`$]+)["'`]\s*\)/g,
];

function importsIn(text: string, loader: "ts" | "tsx" | "js" | "jsx"): readonly string[] {
  const names = new Set<string>();
  try {
    for (const found of new Bun.Transpiler({ loader }).scanImports(text)) names.add(found.path);
  } catch (thrown) {
    // A file that can't be parsed can't be loaded either; its content still counts.
    if (!(thrown instanceof Error)) throw thrown;
  }
  for (const pattern of MORE_IMPORTS) {
    for (const match of text.matchAll(pattern)) if (match[1] !== undefined) names.add(match[1]);
  }
  return [...names];
}

/** Reads a file for the code hash; files that are no code have no imports. */
export async function readModule(file: string): Promise<ModuleFacts> {
  const content = await readFile(file);
  const loader = LOADERS.get(extname(file));
  const imports = loader === undefined ? [] : importsIn(content.toString("utf8"), loader);
  return { hash: sha256(content), imports };
}
