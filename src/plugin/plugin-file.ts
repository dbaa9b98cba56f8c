import { realpath, stat } from "node:fs/promises";
import { isAbsolute, relative, sep } from "node:path";
import { CairnError } from "../base/mod.ts";

/** Extensions of plugin files, in the order in which they are tried. */
export const EXTENSIONS: readonly string[] = [".ts", ".js", ".mjs"];

/** The error's code of the operating system, such as ENOENT. */
export function systemCode(thrown: unknown): string | undefined {
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
  return typeof code === "string" ? code : undefined;
}

/** True for a name that a plugin file may have; declarations of types hold no code. */
export function isPluginFileName(name: string): boolean {
  return !/\.d\.[cm]?ts$/.test(name) && EXTENSIONS.some((extension) => name.endsWith(extension));
}

/** True where `inner` lies in `outer`; both are real paths. */
function liesIn(outer: string, inner: string): boolean {
  const way = relative(outer, inner);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Codes at which a file counts as absent. A name too long for the file system can't exist either. */
const ABSENT: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "ENAMETOOLONG"]);

/**
 * The real path of a regular file, undefined where there is none (a dangling link counts as none).
 * Throws PLUGIN_OUTSIDE_FOLDER where it leads out of the folder, PLUGIN_FOLDER_UNREADABLE where it can't be seen.
 */
export async function realPluginFile(folder: string, file: string): Promise<string | undefined> {
  try {
    const real = await realpath(file);
    if (!(await stat(real)).isFile()) return undefined;
    const realFolder = await realpath(folder);
    if (liesIn(realFolder, real)) return real;
    throw new CairnError(
      `Cannot use plugin file ${file}: it leads to ${real}, outside of the plugin folder`,
      {
        code: "PLUGIN_OUTSIDE_FOLDER",
        kind: "config",
        hint: `Copy the file into ${folder}, or name its own folder with --plugins=DIR.`,
      },
    );
  } catch (thrown) {
    if (thrown instanceof CairnError) throw thrown;
    if (ABSENT.has(systemCode(thrown) ?? "")) return undefined;
    throw new CairnError(`Cannot look for plugin file ${file}: ${systemCode(thrown) ?? "it can't be read"}`, {
      code: "PLUGIN_FOLDER_UNREADABLE",
      kind: "config",
      hint: "Make the plugin folder readable for the user that runs Cairn.",
      cause: thrown,
    });
  }
}
