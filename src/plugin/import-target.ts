import { realpath, stat } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { dirname, isAbsolute, sep } from "node:path";

/** True for what comes with the executable: `cairn`, the modules of Node and Bun. */
export function isProvided(specifier: string): boolean {
  return (
    specifier === "cairn" ||
    specifier.startsWith("cairn/") ||
    specifier === "bun" ||
    specifier.startsWith("bun:") ||
    specifier.startsWith("node:") ||
    isBuiltin(specifier)
  );
}

/** True for the name of a package (or of something in it), false for a path. */
export function isBareSpecifier(specifier: string): boolean {
  return (
    !specifier.startsWith("./") &&
    !specifier.startsWith("../") &&
    specifier !== "." &&
    specifier !== ".." &&
    !isAbsolute(specifier)
  );
}

/** True for a real path that lies in some `node_modules`. */
export function isInstalled(path: string): boolean {
  return path.split(sep).includes("node_modules");
}

/** `@scope/name/sub` → `@scope/name`; `name/sub` → `name`. */
export function packageName(specifier: string): string {
  return specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
}

/** The real path of what a specifier means in a file, as Bun resolves it; undefined where there is nothing. */
export async function resolveImport(specifier: string, file: string): Promise<string | undefined> {
  try {
    const target = await realpath(Bun.resolveSync(specifier, dirname(file)));
    return (await stat(target)).isFile() ? target : undefined;
  } catch (thrown) {
    // Nothing there: loading the plugin says so; for the hash there is nothing to add.
    if (thrown instanceof Error) return undefined;
    throw thrown;
  }
}
