import { CairnError, type Redactor } from "../base/mod.ts";
import {
  holdsSecretReference,
  judgedCheckpoint,
  locateIssues,
  type PipelineConfig,
  resolveSecrets,
} from "../config/mod.ts";
import { configInput, decodePluginConfig, isTypeName, loadPlugin, resolveType } from "../plugin/mod.ts";
import { invalidConfig } from "../run/mod.ts";
import type { StoreDefinition } from "../sdk/mod.ts";
import type { OpenStore } from "../store/mod.ts";
import { locatingSecrets } from "./located-secrets.ts";
import { runnerSecrets } from "./runner-secrets.ts";
import { foldersOf, installModules, type Lookup } from "./wire.ts";

/** What a store plugin is looked up and opened with. */
export interface StorePluginRequest {
  readonly scheme: string;
  readonly config: PipelineConfig | undefined;
  readonly lookup: Lookup;
  /** Learns the secrets among the store's settings. */
  readonly redactor?: Redactor | undefined;
}

/** A store plugin that was found, checked and not yet opened; or where it was looked for. */
export type FoundStore = { readonly open: OpenStore } | { readonly lookedIn: readonly string[] };

/**
 * Finds the plugin of a scheme: a type of that name in the plugin folders. Its settings are `checkpoint.store { … }`.
 *
 * @throws CairnError CONFIG_INVALID with located findings for settings that its schema refuses, PLUGIN_… where it
 * can't be loaded, is no store, or is one of another scheme, SECRET_UNRESOLVED
 */
export async function findStorePlugin(request: StorePluginRequest): Promise<FoundStore> {
  const { scheme, config, lookup } = request;
  const folders = await foldersOf(config, lookup, () => undefined);
  const definition = await loadStore(scheme, folders);
  if (definition === undefined) return { lookedIn: folders };
  const checked = checkSettings(definition, request);
  return {
    open: async ({ target }, { env, leaseMs, signal, singleWriter }) =>
      definition.open({
        location: target,
        config: await filledSettings(definition, checked, request),
        ...(env && { env }),
        ...(leaseMs !== undefined && { leaseMs }),
        ...(signal && { signal }),
        ...(singleWriter !== undefined && { singleWriter }),
      }),
  };
}

/** The definition; undefined where no folder has a plugin of that name. */
async function loadStore(scheme: string, folders: readonly string[]): Promise<StoreDefinition | undefined> {
  if (!isTypeName(scheme)) return undefined;
  let resolved;
  try {
    resolved = await resolveType(scheme, { folders, builtins: [] });
  } catch (thrown) {
    if (thrown instanceof CairnError && thrown.code === "PLUGIN_NOT_FOUND") return undefined;
    throw thrown;
  }
  await installModules();
  const definition = await loadPlugin({ resolved, kind: "store", builtins: new Map() });
  if (definition.scheme === scheme) return definition;
  throw new CairnError(
    `Cannot use plugin "${scheme}" (${resolved.file ?? "built in"}): it is the store of "${definition.scheme}:"`,
    {
      code: "PLUGIN_WRONG_KIND",
      kind: "config",
      hint: `Name the file ${definition.scheme}.ts, or write scheme: "${scheme}" in it.`,
    },
  );
}

type Settings = ReturnType<typeof decodePluginConfig>;

function settingsInput({ config }: StorePluginRequest): ReturnType<typeof configInput> {
  const given = config?.checkpoint.store;
  return given === undefined ? { value: {} } : configInput(given);
}

/** `checkpoint.store` by the plugin's schema, with references in the place of secrets. */
function checkSettings(definition: StoreDefinition, request: StorePluginRequest): Settings {
  const { config, scheme } = request;
  const redact = config?.redact ?? [];
  const checked = decodePluginConfig(scheme, definition, { ...settingsInput(request), redact });
  if (checked.issues.length === 0) return checked;
  if (config !== undefined) {
    throw invalidConfig(locateIssues(judgedCheckpoint(config, "store"), checked.issues));
  }
  throw needsSettings(scheme, checked.issues);
}

/** The settings with their secrets. Throws SECRET_UNRESOLVED, CONFIG_INVALID. */
async function filledSettings(
  definition: StoreDefinition,
  checked: Settings,
  request: StorePluginRequest,
): Promise<unknown> {
  const { config, lookup, redactor, scheme } = request;
  const input = settingsInput(request);
  if (!holdsSecretReference(input.value)) return checked.config;
  const sources = runnerSecrets(config, lookup, redactor);
  const resolve = (): ReturnType<typeof resolveSecrets> => resolveSecrets(input.value, sources);
  const { value, secrets } =
    config === undefined
      ? await resolve()
      : await locatingSecrets(judgedCheckpoint(config, "store"), resolve);
  redactor?.learn(secrets);
  const redact = config?.redact ?? [];
  const resolved = decodePluginConfig(scheme, definition, { ...input, value, redact });
  if (resolved.issues.length === 0) return resolved.config;
  // What a schema says of a value may quote it; a secret's must not be shown.
  throw new CairnError(
    `Cannot open a store of "${scheme}:": its settings are refused once their secrets are filled in`,
    {
      code: "CONFIG_INVALID",
      kind: "config",
      hint: `Look at pipeline.checkpoint.store and the secrets it names (at ${resolved.issues.map(({ path }) => path.join(".")).join(", ")}).`,
    },
  );
}

/** A store that can't do without settings, and no configuration that could have them. */
function needsSettings(
  scheme: string,
  issues: readonly { readonly path: readonly (string | number)[]; readonly message: string }[],
): CairnError {
  const what = issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
  return new CairnError(`Cannot open a store of "${scheme}:" without its settings: ${what}`, {
    code: "CONFIG_INVALID",
    kind: "config",
    hint: "Name the configuration that has them in pipeline.checkpoint.store: --config=CONFIG.",
  });
}
