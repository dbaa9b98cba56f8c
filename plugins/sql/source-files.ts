import { readdir, readFile, stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { PermanentError } from "cairn";
import type { SourceFiles } from "./engine.ts";
import { type Format, formatOf, type Source } from "./sql-config.ts";

/** What `ctx.output` leaves beside a dataset: the folder that is its present one. */
const MANIFEST = "_manifest.json";
const GLOB = /[*?[{]/;
const SCHEME = /^([a-z][a-z0-9+.-]*):/i;

/** The path of a local file, undefined for a URI of somewhere else. */
export function localPath(path: string, folder: string): string | undefined {
  const scheme = SCHEME.exec(path)?.[1]?.toLowerCase();
  if (scheme === "file") return fileURLToPath(path.replace(/^file:\/(?!\/)/, "file:///"));
  if (scheme !== undefined) return undefined;
  return isAbsolute(path) ? path : resolve(folder, path);
}

interface Manifest {
  readonly folder?: string | undefined;
  readonly files?: readonly { readonly name: string }[] | undefined;
}

function parse(text: string, at: string): Manifest {
  try {
    return JSON.parse(text) as Manifest;
  } catch (cause) {
    throw new PermanentError(`Cannot read the manifest "${at}": it is no JSON`, {
      code: "SQL_MANIFEST_BROKEN",
      cause,
    });
  }
}

/** How files are looked at; an engine that is elsewhere has its own. */
export interface Looker {
  /** The text of a file, undefined where there is none. */
  text(path: string): Promise<string | undefined>;
  /** Whether a path is a folder; undefined where that can't be told. */
  isFolder(path: string): Promise<boolean>;
  /** The datasets that were appended to a folder; the folder itself where there are none, or none can be seen. */
  datasetsIn(folder: string): Promise<readonly string[]>;
}

export const localLooker: Looker = {
  async text(path) {
    try {
      return await readFile(path, "utf8");
    } catch {
      return undefined;
    }
  },
  async isFolder(path) {
    try {
      return (await stat(path)).isDirectory();
    } catch {
      return false;
    }
  },
  async datasetsIn(folder) {
    const found: string[] = [];
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const inner = join(folder, entry.name);
      if (entry.isDirectory() && (await localLooker.text(join(inner, MANIFEST))) !== undefined)
        found.push(inner);
    }
    return found.length > 0 ? found.toSorted() : [folder];
  },
};

/**
 * The files of a source. A folder that `ctx.output` wrote a dataset to is its present subfolder, so that a half-written
 * or an outdated one is never read.
 */
export async function sourceFiles(
  source: Source,
  looker: Looker,
  whole: (folder: string, format: Format) => string,
): Promise<SourceFiles> {
  const { path, schema } = source;
  const format = source.format ?? formatOf(path);
  if (GLOB.test(path) || !(await looker.isFolder(path))) {
    return { paths: [path], format: format ?? "parquet", schema };
  }
  const text = await looker.text(within(path, MANIFEST));
  const manifest = text === undefined ? undefined : parse(text, within(path, MANIFEST));
  const folders =
    manifest?.folder === undefined ? await looker.datasetsIn(path) : [within(path, manifest.folder)];
  const written = manifest?.files?.map(({ name }) => formatOf(name)).find((one) => one !== undefined);
  const found = source.format ?? written ?? format ?? "parquet";
  return { paths: folders.map((folder) => whole(folder, found)), format: found, schema };
}

/** Joins without touching the scheme of a URI. */
function within(folder: string, name: string): string {
  return SCHEME.test(folder) ? `${folder.replace(/\/+$/, "")}/${name}` : join(folder, name);
}
