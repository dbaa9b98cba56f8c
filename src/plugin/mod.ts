/**
 * Room `plugin`: finding, loading and describing plugins, and the virtual module `cairn` that
 * answers their imports. Everything here is plain functions; those that load run the plugin's code and
 * belong into a process of their own.
 *
 * Not here: what plugins are written against (room `sdk`), running them (room `run`).
 * To add a kind of plugin: its definition in `sdk`, its check in `load.ts`.
 */
export { type CodeHasher, type CodeHasherOptions, createCodeHasher } from "./code-hash.ts";
export { configInput } from "./config-input.ts";
export { decodePluginConfig, type PluginConfig } from "./decode-config.ts";
export { describePlugin } from "./describe.ts";
export {
  inspectPlugins,
  type InspectRequest,
  type Inspection,
  inspectType,
  listTypes,
  type TypeList,
} from "./inspect.ts";
export {
  definitionOf,
  type LoadRequest,
  loadPlugin,
  type PluginDefinition,
  type PluginKind,
} from "./load.ts";
export { openHooks } from "./open-hooks.ts";
export { type FolderSources, pluginFolders, type PluginFolders } from "./plugin-folders.ts";
export type * from "./plugin.ts";
export { type ResolveRequest, resolveType } from "./resolve.ts";
export { type FolderScan, type FoundType, scanFolders } from "./scan-folders.ts";
export {
  type SecretProviderFacts,
  SecretProviders,
  type SecretProvidersOptions,
} from "./secret-providers.ts";
export { settingsJson } from "./settings-json.ts";
export { isTypeName } from "./type-name.ts";
export { installVirtualModule, type ModuleExports, type VirtualModules } from "./virtual-module.ts";
