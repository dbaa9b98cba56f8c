import { readdir } from "node:fs/promises";
import { extname, join } from "node:path";
import { isExecutableComponent } from "./executable/executable-file.ts";
import { EXTENSIONS, isPluginFileName, systemCode } from "./plugin-file.ts";
import { isTypeName } from "./type-name.ts";

/** A file that a type's name leads to; what it exports is known only once it is loaded. */
export interface FoundType {
  readonly type: string;
  /** Absolute path. */
  readonly file: string;
  readonly folder: string;
}

export interface FolderScan {
  /** By folder in order, then by name. A type found in an earlier folder hides the later ones, which are still listed. */
  readonly types: readonly FoundType[];
  /** True where a limit ended the scan early. */
  readonly cut: boolean;
}

/** Limits of a scan: a plugin folder that is by mistake the root of a disk must not take minutes. */
const MAX_ENTRIES = 20_000;
const MAX_DEPTH = 16;

/** Folders without types of their own. */
const SKIPPED: ReadonlySet<string> = new Set(["node_modules", "__pycache__"]);

/** The type that a file's path in its folder stands for, undefined where it stands for none. */
function typeOfFile(parts: readonly string[]): string | undefined {
  const name = parts.at(-1);
  if (name === undefined || !isPluginFileName(name) || /\.(?:test|spec)\.[a-z]+$/.test(name))
    return undefined;
  const extension = EXTENSIONS.find((candidate) => name.endsWith(candidate)) ?? "";
  return typeOfStem(name.slice(0, -extension.length), parts.slice(0, -1));
}

/**
 * The type of a component in another language. Names that begin with `_` are modules that such components import, by
 * a custom of theirs; so are tests' names left out.
 */
async function typeOfExecutable(path: string, parts: readonly string[]): Promise<string | undefined> {
  const name = parts.at(-1) ?? "";
  if (name.startsWith("_") || /^test_|_test\.|\.(?:test|spec)\./u.test(name)) return undefined;
  if (!(await isExecutableComponent(path))) return undefined;
  const folders = parts.slice(0, -1);
  return typeOfStem(name.slice(0, name.length - extname(name).length), folders);
}

function typeOfStem(stem: string, folders: readonly string[]): string | undefined {
  // A dotted name is the flat form `a.b.C.ts`, which stands at the top of the folder.
  if (stem.includes(".") && folders.length > 0) return undefined;
  const type = (stem === "index" && folders.length > 0 ? folders : [...folders, stem]).join(".");
  return isTypeName(type) ? type : undefined;
}

/** Lists the files that types can lead to. Folders that can't be read count as empty: `plugin-folders` reports them. */
export async function scanFolders(folders: readonly string[]): Promise<FolderScan> {
  const types: FoundType[] = [];
  let left = MAX_ENTRIES;
  let cut = false;
  const visit = async (folder: string, parts: readonly string[]): Promise<void> => {
    if (parts.length > MAX_DEPTH) {
      cut = true;
      return;
    }
    for (const entry of await entriesOf(join(folder, ...parts))) {
      if (left-- <= 0) {
        cut = true;
        return;
      }
      if (entry.name.startsWith(".") || SKIPPED.has(entry.name)) continue;
      const inner = [...parts, entry.name];
      if (entry.isDirectory()) await visit(folder, inner);
      if (entry.isDirectory()) continue;
      const file = join(folder, ...inner);
      const type = typeOfFile(inner) ?? (await typeOfExecutable(file, inner));
      if (type !== undefined) types.push({ type, file, folder });
    }
  };
  for (const folder of folders) await visit(folder, []);
  return { types, cut };
}

const UNREADABLE: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EACCES", "EPERM"]);

async function entriesOf(
  folder: string,
): Promise<readonly { readonly name: string; isDirectory(): boolean }[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (thrown) {
    if (UNREADABLE.has(systemCode(thrown) ?? "")) return [];
    throw thrown;
  }
}
