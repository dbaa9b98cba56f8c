import { CairnError, type Finding, messageOf } from "../base/mod.ts";
import { basename } from "node:path";
import { describePlugin } from "./describe.ts";
import { checkStartable } from "./executable/executable-file.ts";
import { exportsOf } from "./exports-of.ts";
import { definitionOf, importExport, loadPlugin, type PluginDefinition } from "./load.ts";
import { isPluginFileName } from "./plugin-file.ts";
import type { PluginDescription, PluginProblem } from "./plugin.ts";
import { resolveType } from "./resolve.ts";
import { scanFolders } from "./scan-folders.ts";

export interface InspectRequest {
  /** Absolute, in order. */
  readonly folders: readonly string[];
  readonly builtins: ReadonlyMap<string, PluginDefinition>;
  /** PATH, for the interpreters of components in other languages; absent: they are not looked for. */
  readonly path?: string | undefined;
}

/** Everything that a type can name, and what is wrong with what can't be used. */
export interface Inspection {
  /** Built-ins first, then by folder and name. */
  readonly plugins: readonly PluginDescription[];
  readonly problems: readonly PluginProblem[];
  /** How many types were loaded. */
  readonly checked: number;
}

/** The types to look at, each once; several files of one type are one type, whose resolving tells of it. */
export interface TypeList {
  readonly types: readonly string[];
  /** Findings of the listing itself: folders too large, types hidden by built-ins. */
  readonly problems: readonly PluginProblem[];
}

function problemOf(type: string, thrown: unknown): PluginProblem {
  const error = thrown instanceof CairnError ? thrown : undefined;
  const [first] = error?.findings ?? [];
  const finding: Finding = {
    severity: "error",
    code: error?.code ?? "PLUGIN_THREW",
    message: messageOf(thrown),
    hint: error?.hint,
    place: first?.place,
    sourceLine: first?.sourceLine,
  };
  return { type, finding };
}

function warning(type: string, code: string, message: string, hint: string): PluginProblem {
  return { type, finding: { severity: "warning", code, message, hint } };
}

/** The type itself where the file has a default export, and a type for each other export. */
async function typesOfFile(type: string, file: string): Promise<readonly string[]> {
  if (!isPluginFileName(basename(file))) return [type];
  const names = (await exportsOf(file)) ?? ["default"];
  const types = names.map((name) => (name === "default" ? type : `${type}.${name}`));
  // Without any export it may be CommonJS; loading will tell.
  return types.length === 0 ? [type] : types;
}

/** Lists the types of all folders without loading anything. */
export async function listTypes(request: InspectRequest): Promise<TypeList> {
  const scan = await scanFolders(request.folders);
  const types = new Set<string>();
  const problems: PluginProblem[] = [];
  for (const found of scan.types) {
    for (const type of await typesOfFile(found.type, found.file)) {
      if (!request.builtins.has(type)) types.add(type);
      else {
        const message = `${found.file} has the name of the built-in "${type}" and is never used`;
        problems.push(warning(type, "PLUGIN_SHADOWED", message, "Rename the file."));
      }
    }
  }
  if (scan.cut) {
    const message = `a plugin folder holds too many files or folders; not all of them were looked at`;
    problems.push(warning("", "PLUGIN_SCAN_CUT", message, "Name a folder that holds plugins only."));
  }
  return { types: [...types], problems };
}

/**
 * Loads one type and describes it. Undefined for an export beside others that is no definition (a constant, a
 * function that others import): only marked definitions count there. This runs the plugin's code.
 */
export async function inspectType(
  type: string,
  request: InspectRequest,
): Promise<PluginDescription | PluginProblem | undefined> {
  try {
    const resolved = await resolveType(type, {
      folders: request.folders,
      builtins: [...request.builtins.keys()],
    });
    if (resolved.exportName !== "default") {
      const { value } = await importExport({ resolved, builtins: request.builtins }, "component");
      if (typeof value === "function" || definitionOf(value) === undefined) return undefined;
    }
    if (
      resolved.file !== undefined &&
      request.path !== undefined &&
      !isPluginFileName(basename(resolved.file))
    )
      await checkStartable(resolved.file, request.path);
    return describePlugin(resolved, await loadPlugin({ resolved, builtins: request.builtins }));
  } catch (thrown) {
    return problemOf(type, thrown);
  }
}

/** Loads every type of every folder: the data of `plugins list` and `plugins check`. This runs the plugins' code. */
export async function inspectPlugins(request: InspectRequest): Promise<Inspection> {
  const listed = await listTypes(request);
  const plugins: PluginDescription[] = [];
  const problems: PluginProblem[] = [...listed.problems];
  const said = new Set<string>();
  for (const type of [...request.builtins.keys(), ...listed.types]) {
    const seen = await inspectType(type, request);
    if (seen === undefined) continue;
    if (!("finding" in seen)) {
      plugins.push(seen);
      continue;
    }
    // A file that does not load is one problem, however many exports it has.
    const what = seen.finding.message.replace(`"${type}"`, "");
    if (!said.has(what)) problems.push(seen);
    said.add(what);
  }
  const broken = problems.filter((problem) => problem.finding.severity === "error").length;
  return { plugins, problems, checked: plugins.length + broken };
}
