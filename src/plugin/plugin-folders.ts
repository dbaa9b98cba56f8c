import { realpath, stat } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import type { Finding, Place } from "../base/mod.ts";
import { systemCode } from "./plugin-file.ts";

/** Everything that names plugin folders. */
export interface FolderSources {
  /** `--plugins`, in order. */
  readonly given: readonly string[];
  /** `CAIRN_PLUGINS`: folders between path separators; empty parts are left out. */
  readonly environment: string | undefined;
  /** The configuration's `plugins`. */
  readonly config: readonly { readonly path: string; readonly place?: Place | undefined }[];
  /** The folder of the configuration file; `plugins/` in it counts where it exists. */
  readonly configFolder: string | undefined;
  /** The folder of the executable; `plugins/` in it counts where it exists. */
  readonly executableFolder: string | undefined;
  /** What relative paths count from. */
  readonly cwd: string;
  /** True where the process runs as root: then a folder that anybody may write to is refused. */
  readonly isRoot: boolean;
}

export interface PluginFolders {
  /** Absolute, in order of search, each once. */
  readonly folders: readonly string[];
  readonly findings: readonly Finding[];
}

interface Candidate {
  readonly path: string;
  /** Who names it; undefined for the two that are only looked for. */
  readonly source: string | undefined;
  readonly place?: Place | undefined;
}

function candidatesOf(sources: FolderSources): readonly Candidate[] {
  const besides = [sources.configFolder, sources.executableFolder].filter((folder) => folder !== undefined);
  return [
    ...sources.given.map((path) => ({ path, source: "--plugins" })),
    ...(sources.environment ?? "")
      .split(delimiter)
      .filter((path) => path !== "")
      .map((path) => ({ path, source: "CAIRN_PLUGINS" })),
    ...sources.config.map(({ path, place }) => ({ path, place, source: "pipeline.plugins" })),
    ...besides.map((folder) => ({ path: join(folder, "plugins"), source: undefined })),
  ];
}

/** Write permission of everybody. */
const WORLD_WRITABLE = 0o002;

interface Look {
  readonly real?: string;
  readonly state?: string;
  readonly writable?: boolean;
}

async function look(path: string): Promise<Look> {
  try {
    const facts = await stat(path);
    if (!facts.isDirectory()) return { state: "is not a folder" };
    return { real: await realpath(path), writable: (facts.mode & WORLD_WRITABLE) !== 0 };
  } catch (thrown) {
    const code = systemCode(thrown);
    if (code === undefined) throw thrown;
    return { state: code === "ENOENT" ? "does not exist" : `can't be read (${code})` };
  }
}

function missing(candidate: Candidate, path: string, state: string): Finding {
  return {
    severity: "error",
    code: "PLUGIN_FOLDER_MISSING",
    message: `plugin folder ${path} (${candidate.source}) ${state}`,
    place: candidate.place,
    hint: "Make the folder, or correct its path.",
  };
}

function writable(candidate: Candidate, path: string, isRoot: boolean): Finding {
  return {
    severity: isRoot ? "error" : "warning",
    code: "PLUGIN_FOLDER_WRITABLE",
    message: `plugin folder ${path} can be written to by everybody${isRoot ? ", and Cairn runs as root" : ""}: whoever puts a file there runs code as you`,
    place: candidate.place,
    hint: `chmod o-w ${path}`,
  };
}

/** Characters that Bun's import takes for something else in a path: the query of a URL, a separator. */
const UNUSABLE = /[?\\]/;

function unusable(candidate: Candidate, path: string): Finding {
  return {
    severity: "error",
    code: "PLUGIN_FOLDER_NAME",
    message: `plugin folder ${path} has "?" or "\\" in its path, from which nothing can be imported`,
    place: candidate.place,
    hint: "Rename or move the folder.",
  };
}

/**
 * The plugin folders in order of search: `--plugins`, `CAIRN_PLUGINS`, the configuration's `plugins`,
 * `plugins/` beside the configuration file, `plugins/` beside the executable. A named folder that is not
 * there is an error, and so is one whose path can't be imported from; one that everybody may write to is a
 * warning, as root an error.
 */
export async function pluginFolders(sources: FolderSources): Promise<PluginFolders> {
  const folders = new Map<string, string>();
  const findings: Finding[] = [];
  for (const candidate of candidatesOf(sources)) {
    const path = resolve(sources.cwd, candidate.path);
    const seen = await look(path);
    if (seen.real === undefined) {
      if (candidate.source !== undefined) findings.push(missing(candidate, path, seen.state ?? "is missing"));
      continue;
    }
    if (UNUSABLE.test(seen.real) || UNUSABLE.test(path)) {
      findings.push(unusable(candidate, path));
      continue;
    }
    if (folders.has(seen.real)) continue;
    folders.set(seen.real, path);
    if (seen.writable === true) findings.push(writable(candidate, path, sources.isRoot));
  }
  return { folders: [...folders.values()], findings };
}
