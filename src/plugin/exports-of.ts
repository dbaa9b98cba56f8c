import { readFile } from "node:fs/promises";

/** Whether a file has an export, as far as its text says. */
export type ExportAnswer = "yes" | "no" | "perhaps";

const RE_EXPORTS_ALL = /\bexport\s*\*\s*from\b/;
const COMMON_JS = /\b(?:module\.)?exports\b/;

/** The exports that a file's text names; undefined where the text can't be parsed. */
export async function exportsOf(file: string): Promise<readonly string[] | undefined> {
  const text = await readFile(file, "utf8");
  try {
    return new Bun.Transpiler({ loader: "ts" }).scan(text).exports;
  } catch (thrown) {
    // Loading tells what is wrong and where; for finding a type it is enough that nothing is known.
    if (thrown instanceof Error) return undefined;
    throw thrown;
  }
}

/** `perhaps`: the file can't be parsed, re-exports everything of another, or is CommonJS; loading it will tell. */
export async function hasExport(file: string, name: string): Promise<ExportAnswer> {
  const names = await exportsOf(file);
  if (names === undefined) return "perhaps";
  if (names.includes(name)) return "yes";
  const text = await readFile(file, "utf8");
  return RE_EXPORTS_ALL.test(text) || (names.length === 0 && COMMON_JS.test(text)) ? "perhaps" : "no";
}
