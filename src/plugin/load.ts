import { basename } from "node:path";
import { CairnError, nearest } from "../base/mod.ts";
import type {
  ComponentDefinition,
  HooksDefinition,
  SecretProviderDefinition,
  StoreDefinition,
} from "../sdk/mod.ts";
import { executableDefinition } from "./executable/executable-definition.ts";
import { importProblem } from "./import-problem.ts";
import { isPluginFileName } from "./plugin-file.ts";
import type { PluginDescription, ResolvedType } from "./plugin.ts";

/** What a plugin can be. */
export type PluginDefinition =
  | ComponentDefinition
  | HooksDefinition
  | StoreDefinition
  | SecretProviderDefinition;
export type PluginKind = PluginDescription["kind"];

interface DefinitionOf {
  readonly component: ComponentDefinition;
  readonly hooks: HooksDefinition;
  readonly store: StoreDefinition;
  readonly secrets: SecretProviderDefinition;
}

/** Kinds with their article, for messages. */
const KIND_TEXT: Readonly<Record<PluginKind, string>> = {
  component: "a component",
  hooks: "hooks",
  store: "a checkpoint store",
  secrets: "a secret provider",
};

const DEFINE_TEXT: Readonly<Record<PluginKind, string>> = {
  component: "export default defineComponent({ … })",
  hooks: "export default defineHooks({ … })",
  store: "export default defineCheckpointStore({ … })",
  secrets: "export default defineSecretProvider({ … })",
};

/** Where a plugin of a kind is named. */
const NAMED_BY: Readonly<Record<PluginKind, string>> = {
  component: "Components are named by instance-type in pipeline-components.",
  hooks: "Hooks are named by type in pipeline.hooks.",
  store: "Stores are named by the scheme of checkpoint.location.",
  secrets: "Secret providers are named by the scheme of references, secret://SCHEME/….",
};

/** What plugins of one process are loaded with. */
export interface LoadRequest<Kind extends PluginKind = PluginKind> {
  readonly resolved: ResolvedType;
  /** What it has to be; absent: anything that is a plugin. */
  readonly kind?: Kind | undefined;
  /** Definitions of the built-in types. */
  readonly builtins: ReadonlyMap<string, PluginDefinition>;
}

/** Kinds whose definitions are opened. */
const OPENED_KINDS: readonly string[] = ["hooks", "store", "secrets"];

/** Reads what a module exports as a definition; undefined where it is none. */
export function definitionOf(value: unknown): PluginDefinition | undefined {
  if (typeof value === "function") {
    // A class is a function too, but calling it without `new` throws.
    if (/^class\b/.test(Function.prototype.toString.call(value))) return undefined;
    const run = value as ComponentDefinition["run"];
    return {
      kind: "component",
      description: undefined,
      config: undefined,
      files: () => [],
      run: (context) => run(context),
    };
  }
  if (typeof value !== "object" || value === null) return undefined;
  const given = value as Readonly<Record<string, unknown>>;
  const isComponent = given["kind"] === "component" && typeof given["run"] === "function";
  const isOpened = OPENED_KINDS.includes(String(given["kind"])) && typeof given["open"] === "function";
  return isComponent || isOpened ? (value as PluginDefinition) : undefined;
}

/** A module's exports as one record; what CommonJS made of a default export is unpacked. */
function exportsOfModule(module: object): Readonly<Record<string, unknown>> {
  const exports = module as Readonly<Record<string, unknown>>;
  const main = exports["default"];
  if (typeof main === "object" && main !== null && Reflect.get(main, "__esModule") === true) {
    return main as Readonly<Record<string, unknown>>;
  }
  return exports;
}

function refuse(resolved: ResolvedType, state: string, hint: string, code: string): CairnError {
  return new CairnError(`Cannot use plugin "${resolved.type}" (${resolved.file ?? "built in"}): ${state}`, {
    code,
    kind: "config",
    hint,
    details: { type: resolved.type, ...(resolved.file === undefined ? {} : { file: resolved.file }) },
  });
}

function missingExport(resolved: ResolvedType, names: readonly string[], kind: PluginKind): CairnError {
  if (resolved.exportName === "default") {
    const others = names.map((name) => `"${name}"`).join(", ");
    const state = `it has no default export${others === "" ? "" : `, only ${others}`}`;
    return refuse(resolved, state, `Add ${DEFINE_TEXT[kind]}.`, "PLUGIN_EXPORT_MISSING");
  }
  const near = nearest(resolved.exportName, names);
  const hint = near === undefined ? `Add export const ${resolved.exportName} = …` : `Did you mean "${near}"?`;
  return refuse(resolved, `it has no export "${resolved.exportName}"`, hint, "PLUGIN_EXPORT_MISSING");
}

function kindOfValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "function") return "a class";
  if (value instanceof Promise) return "a promise";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

async function importModule(resolved: ResolvedType): Promise<object | undefined> {
  if (resolved.file === undefined) return undefined;
  try {
    return (await import(resolved.file)) as object;
  } catch (thrown) {
    throw importProblem(resolved, resolved.file, thrown);
  }
}

/** The value that a type leads to, in a box (it may be a promise), before anything is asked of it. Throws as `loadPlugin` does. */
export async function importExport(
  request: Omit<LoadRequest, "kind">,
  kind: PluginKind,
): Promise<{ readonly value: unknown }> {
  const { resolved, builtins } = request;
  const module = await importModule(resolved);
  if (module === undefined) return { value: builtins.get(resolved.type) };
  const exports = exportsOfModule(module);
  if (resolved.exportName in exports) return { value: exports[resolved.exportName] };
  throw missingExport(resolved, Object.keys(exports), kind);
}

/** The component that a file in another language is; undefined for modules and built-ins. */
function executableAt({ file }: ResolvedType): ComponentDefinition | undefined {
  const isExecutable = file !== undefined && !isPluginFileName(basename(file));
  return isExecutable ? executableDefinition(file) : undefined;
}

/**
 * Loads the definition that a type leads to. Importing runs the plugin's code: this belongs into a process
 * whose end does no harm. Throws a CairnError of kind `config`: PLUGIN_SYNTAX (with the place), PLUGIN_IMPORT
 * (something it imports is missing), PLUGIN_THREW (its top level threw), PLUGIN_EXPORT_MISSING, PLUGIN_WRONG_KIND.
 */
export async function loadPlugin<Kind extends PluginKind = PluginKind>(
  request: LoadRequest<Kind>,
): Promise<DefinitionOf[Kind]> {
  const { resolved } = request;
  const kind = request.kind ?? "component";
  const executable = executableAt(resolved);
  const value = executable ?? (await importExport(request, kind)).value;
  const definition = executable ?? definitionOf(value);
  if (definition === undefined) {
    const state = `its export "${resolved.exportName}" is ${kindOfValue(value)}, not ${KIND_TEXT[kind]}`;
    throw refuse(resolved, state, `Write ${DEFINE_TEXT[kind]}.`, "PLUGIN_WRONG_KIND");
  }
  if (request.kind !== undefined && definition.kind !== request.kind) {
    const state = `it is ${KIND_TEXT[definition.kind]}, not ${KIND_TEXT[kind]}`;
    throw refuse(resolved, state, NAMED_BY[definition.kind], "PLUGIN_WRONG_KIND");
  }
  return definition as DefinitionOf[Kind];
}
