import type { GenericSchema, InferOutput } from "valibot";
import type { JsonObject } from "../base/mod.ts";
import type { ComponentContext, ComponentDefinition, ComponentResult } from "./component.ts";
import {
  type ContractOption,
  type InputContract,
  inputSource,
  outputSource,
  type SchemaContract,
} from "./contract/contract.ts";
import { checkDefinition } from "./definition-check.ts";

/** The configuration of a component without a schema: `instance-config` as written. */
export type PlainConfig = GenericSchema<unknown, JsonObject>;

/** What a component says of itself. */
export interface ComponentOptions<Schema extends GenericSchema> {
  /** One sentence for `cairn plugins list`. */
  readonly description?: string | undefined;
  /** The valibot schema of `instance-config`. Absent: it is given as it is, keys as written. */
  readonly config?: Schema | undefined;
  /**
   * What it needs of each component that it comes after, by instance name where that differs; a function of its
   * configuration where it depends on that. Checked where `pipeline.schema-validation` is enabled.
   */
  readonly input?: ContractOption<InferOutput<Schema>, InputContract>;
  /** What it produces, or a function of its configuration. Checked where `pipeline.schema-validation` is enabled. */
  readonly output?: ContractOption<InferOutput<Schema>, SchemaContract>;
  /**
   * Files that its work follows from besides its code, such as SQL scripts: paths, relative to the configuration file's
   * folder. Their contents are part of its fingerprint, as its code is.
   */
  files?(config: InferOutput<Schema>): readonly string[];
  /** Does the work; resolves when it is done. Its JSON result (at most 256 KiB) is kept in the checkpoint. */
  run(context: ComponentContext<InferOutput<Schema>>): ComponentResult | Promise<ComponentResult>;
}

/**
 * Defines a component: the default export of a plugin file.
 *
 * ```ts
 * import { defineComponent, v } from "cairn";
 *
 * export default defineComponent({
 *   description: "Counts the lines of a file.",
 *   config: v.object({ sourcePath: v.string() }),
 *   async run({ config }) {
 *     const text = await Bun.file(config.sourcePath).text();
 *     return { lines: text.split("\n").length };
 *   },
 * });
 * ```
 *
 * Throws PLUGIN_DEFINITION_INVALID where the definition is not one.
 */
export function defineComponent<const Schema extends GenericSchema = PlainConfig>(
  options: ComponentOptions<Schema>,
): ComponentDefinition<Schema> {
  checkDefinition("defineComponent", options, {
    known: ["description", "config", "input", "output", "files", "run"],
    functions: ["run"],
    texts: ["description"],
  });
  return {
    kind: "component",
    description: options.description,
    config: options.config,
    input: inputSource("defineComponent", options.input),
    output: outputSource("defineComponent", options.output),
    files: (config) => options.files?.(config) ?? [],
    run: (context) => options.run(context),
  };
}
