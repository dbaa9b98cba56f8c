import { loadPlugin, type PluginDefinition, type ResolvedType } from "../../plugin/mod.ts";
import type { ComponentDefinition } from "../../sdk/mod.ts";

/**
 * The components that this worker has loaded, so that the hundredth one of a type costs no import. Failures are
 * not kept: each component that a plugin lets down is told why.
 */
export class Definitions {
  readonly #builtins: ReadonlyMap<string, PluginDefinition>;
  readonly #loaded = new Map<string, ComponentDefinition>();

  constructor(builtins: ReadonlyMap<string, PluginDefinition>) {
    this.#builtins = builtins;
  }

  /** The definition, at once where it has been loaded before. Throws as `loadPlugin` does. */
  get(resolved: ResolvedType): ComponentDefinition | Promise<ComponentDefinition> {
    const key = `${resolved.file ?? ""}\0${resolved.exportName}\0${resolved.type}`;
    return this.#loaded.get(key) ?? this.#load(key, resolved);
  }

  async #load(key: string, resolved: ResolvedType): Promise<ComponentDefinition> {
    const definition = await loadPlugin({ resolved, kind: "component", builtins: this.#builtins });
    this.#loaded.set(key, definition);
    return definition;
  }
}
