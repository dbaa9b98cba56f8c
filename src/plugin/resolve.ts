import { basename, join, relative } from "node:path";
import { CairnError } from "../base/mod.ts";
import { executablesAt, INTERPRETED_EXTENSIONS } from "./executable/executable-file.ts";
import { exportsOf, hasExport } from "./exports-of.ts";
import { nearestTypes } from "./nearest-types.ts";
import { EXTENSIONS, isPluginFileName, realPluginFile } from "./plugin-file.ts";
import type { ResolvedType } from "./plugin.ts";
import { scanFolders } from "./scan-folders.ts";
import { segmentsOf } from "./type-name.ts";

/** Where types are looked for. */
export interface ResolveRequest {
  /** Absolute paths; the first one that has the type gives it. */
  readonly folders: readonly string[];
  /** Names of the built-in types; no folder can shadow them. */
  readonly builtins: readonly string[];
}

/** Names that components in any language can have, as paths in the folder without extension. */
function anyStems(segments: readonly string[]): readonly string[] {
  return [...new Set([join(...segments), segments.join(".")])];
}

/** Files that can hold the type by their name, as paths in the folder without extension. */
function namedStems(segments: readonly string[]): readonly string[] {
  return [...anyStems(segments), join(...segments, "index")];
}

interface Match {
  readonly file: string;
  readonly exportName: string;
  /** False: only loading can tell whether the file has the export. */
  readonly sure: boolean;
}

/** An export `C` of `a/b.ts`. */
async function exportMatches(folder: string, segments: readonly string[]): Promise<Match[]> {
  const name = segments.at(-1);
  if (name === undefined || segments.length < 2) return [];
  const matches: Match[] = [];
  for (const extension of EXTENSIONS) {
    const file = join(folder, ...segments.slice(0, -1)) + extension;
    if (!isPluginFileName(basename(file)) || (await realPluginFile(folder, file)) === undefined) continue;
    const answer = await hasExport(file, name);
    if (answer !== "no") matches.push({ file, exportName: name, sure: answer === "yes" });
  }
  return matches;
}

async function matchesIn(folder: string, segments: readonly string[]): Promise<readonly Match[]> {
  const found: Match[] = [];
  for (const stem of namedStems(segments)) {
    for (const extension of EXTENSIONS) {
      const file = join(folder, stem + extension);
      if (!isPluginFileName(basename(file)) || (await realPluginFile(folder, file)) === undefined) continue;
      found.push({ file, exportName: "default", sure: true });
    }
  }
  for (const stem of anyStems(segments)) {
    for (const file of await executablesAt(join(folder, stem))) {
      if ((await realPluginFile(folder, file)) === undefined) continue;
      found.push({ file, exportName: "default", sure: true });
    }
  }
  found.push(...(await exportMatches(folder, segments)));
  const sure = found.filter((match) => match.sure);
  return sure.length > 0 ? sure : found.slice(0, 1);
}

/** A match as people read it. */
function describeMatch(folder: string, match: Match): string {
  const file = relative(folder, match.file);
  return match.exportName === "default" ? file : `export "${match.exportName}" of ${file}`;
}

function ambiguous(type: string, folder: string, matches: readonly Match[]): CairnError {
  const names = matches.map((match) => describeMatch(folder, match));
  return new CairnError(
    `Cannot resolve type "${type}": ${names.join(" and ")} in ${folder} are both that type`,
    {
      code: "PLUGIN_AMBIGUOUS",
      kind: "config",
      hint: "Keep one of them.",
      details: { folder, matches: names },
    },
  );
}

/** So many extensions of other languages are named. */
const SHOWN_EXTENSIONS = 2;

/** The forms in which a type is looked for in a folder. */
function formsText(segments: readonly string[]): string {
  const [first = ""] = namedStems(segments);
  const others = namedStems(segments).slice(1);
  const interpreted = INTERPRETED_EXTENSIONS.slice(0, SHOWN_EXTENSIONS).join(", ");
  const forms = [
    `${first}.ts (.js, .mjs; ${interpreted}, …, or a program)`,
    ...others.map((stem) => `${stem}.ts`),
  ];
  const name = segments.at(-1);
  if (segments.length > 1 && name !== undefined) {
    forms.push(`export "${name}" of ${join(...segments.slice(0, -1))}.ts`);
  }
  return forms.join(", ");
}

/** Types of the first-party plugins that ship beside the executable, by the folder of `plugins/` that holds them. */
const FIRST_PARTY: ReadonlyMap<string, string> = new Map([
  ["sql", "sql"],
  ["quality.check", "quality"],
]);

/** Where a first-party type is to be had; undefined for any other type. */
function firstPartyHint(type: string): string | undefined {
  const folder = FIRST_PARTY.get(type);
  if (folder === undefined) return undefined;
  const besides = folder === "sql" ? "" : " (with plugins/sql, which it works with)";
  return `"${type}" is a first-party plugin: the release archive has it in plugins/${folder}${besides}. Unpack the archive's folder "plugins" beside the executable, or name it with --plugins=DIR.`;
}

function notFoundHint(near: readonly string[], folders: readonly string[]): string {
  if (near.length > 0) return `Did you mean ${near.map((name) => `"${name}"`).join(" or ")}?`;
  if (folders.length === 0) return "Name the plugin folder with --plugins=DIR.";
  return 'Put the plugin into one of these folders, or name its folder with --plugins=DIR; "cairn plugins list" shows what is there.';
}

async function notFound(type: string, request: ResolveRequest): Promise<CairnError> {
  const segments = segmentsOf(type);
  const folders = request.folders;
  const siblings = await siblingExports(segments, folders);
  const parent = segments.slice(0, -1).join(".");
  const types = (await scanFolders(folders)).types
    .map((found) => found.type)
    .filter((found) => siblings.length === 0 || found !== parent);
  const near = nearestTypes(type, [...request.builtins, ...types, ...siblings]);
  const where = folders.length === 0 ? "there is no plugin folder" : `no plugin folder has it`;
  const looked = folders.map((folder) => `\n  in ${folder}`).join("");
  const message =
    folders.length === 0
      ? `Cannot resolve type "${type}": ${where}`
      : `Cannot resolve type "${type}": ${where}; looked for ${formsText(segments)}${looked}`;
  return new CairnError(message, {
    code: "PLUGIN_NOT_FOUND",
    kind: "config",
    hint: firstPartyHint(type) ?? notFoundHint(near, folders),
    details: { type, folders, nearest: near },
  });
}

/** Types `a.b.X` for the exports X of `a/b.ts`, so that a misspelt export has its nearest name too. */
async function siblingExports(segments: readonly string[], folders: readonly string[]): Promise<string[]> {
  const parent = segments.slice(0, -1);
  const types: string[] = [];
  if (parent.length === 0) return types;
  for (const folder of folders) {
    for (const extension of EXTENSIONS) {
      const file = join(folder, ...parent) + extension;
      if ((await realPluginFile(folder, file)) === undefined) continue;
      const names = (await exportsOf(file)) ?? [];
      types.push(...names.filter((name) => name !== "default").map((name) => [...parent, name].join(".")));
    }
  }
  return types;
}

/**
 * Finds a type: a built-in, else in each folder in order `a/b/C.ts` (.js, .mjs), `a.b.C.ts`, `a/b/C/index.ts`, a
 * component in another language (`a/b/C.py`, `a.b.C.sh`, a program `a/b/C` with the run bit), then the export `C` of `a/b.ts`. Nothing is loaded. Throws PLUGIN_TYPE_INVALID, PLUGIN_NOT_FOUND (with the
 * places and the nearest types), PLUGIN_AMBIGUOUS (two matches in one folder), PLUGIN_OUTSIDE_FOLDER.
 */
export async function resolveType(type: string, request: ResolveRequest): Promise<ResolvedType> {
  const segments = segmentsOf(type);
  if (request.builtins.includes(type)) {
    return { type, file: undefined, folder: undefined, exportName: "default" };
  }
  for (const folder of request.folders) {
    const matches = await matchesIn(folder, segments);
    const [first] = matches;
    if (first === undefined) continue;
    if (matches.length > 1) throw ambiguous(type, folder, matches);
    return { type, file: first.file, folder, exportName: first.exportName };
  }
  throw await notFound(type, request);
}
