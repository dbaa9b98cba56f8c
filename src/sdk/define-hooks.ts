import type { GenericSchema, InferOutput } from "valibot";
import type { PlainConfig } from "./define-component.ts";
import { checkDefinition } from "./definition-check.ts";
import { HOOK_POINTS, type PipelineHooks } from "./hooks.ts";

/** Hooks as a plugin gives them: opened once per run with the settings of their entry in `hooks`. */
export interface HooksDefinition<Schema extends GenericSchema = GenericSchema> {
  readonly kind: "hooks";
  readonly description: string | undefined;
  /** Schema of the entry's keys besides `type`. Undefined: they are given as they are. */
  readonly config: Schema | undefined;
  open(config: InferOutput<Schema>): PipelineHooks | Promise<PipelineHooks>;
}

/** Hooks that have settings of their own. */
export interface HooksOptions<Schema extends GenericSchema> {
  readonly description?: string | undefined;
  readonly config?: Schema | undefined;
  /** Makes the hooks for one run. */
  open(config: InferOutput<Schema>): PipelineHooks | Promise<PipelineHooks>;
}

/** Every key that plain hooks may have; a misspelt point would never be called. */
const HOOK_KEYS: readonly string[] = ["name", "critical", ...HOOK_POINTS];

/**
 * Defines hooks: the default export of a plugin file. Either the hook points themselves, or, where they
 * need settings, a schema and a function that makes them.
 *
 * ```ts
 * import { defineHooks, v } from "cairn";
 *
 * export default defineHooks({
 *   config: v.object({ channel: v.string() }),
 *   open: ({ channel }) => ({
 *     afterPipeline: (run) => console.log(`${channel}: ${run.pipelineName} ${run.status}`),
 *   }),
 * });
 * ```
 *
 * Throws PLUGIN_DEFINITION_INVALID where the definition is not one.
 */
export function defineHooks(hooks: PipelineHooks): HooksDefinition<PlainConfig>;
export function defineHooks<const Schema extends GenericSchema = PlainConfig>(
  options: HooksOptions<Schema>,
): HooksDefinition<Schema>;
export function defineHooks(
  given: PipelineHooks | HooksOptions<GenericSchema>,
): HooksDefinition | HooksDefinition<PlainConfig> {
  if (typeof given === "object" && given !== null && "open" in given) {
    checkDefinition("defineHooks", given, {
      known: ["description", "config", "open"],
      functions: ["open"],
      texts: ["description"],
    });
    return {
      kind: "hooks",
      description: given.description,
      config: given.config,
      open: (config: unknown) => given.open(config),
    };
  }
  checkHookPoints(given);
  return { kind: "hooks", description: undefined, config: undefined, open: () => given };
}

/** The hook points among the keys. */
const POINTS: readonly string[] = HOOK_KEYS.filter((key) => key !== "name" && key !== "critical");

/** Throws PLUGIN_DEFINITION_INVALID where these are not hooks. An instance of a class may have more than hook points. */
function checkHookPoints(hooks: PipelineHooks): void {
  const isObject = typeof hooks === "object" && hooks !== null;
  const prototype: unknown = isObject ? Object.getPrototypeOf(hooks) : undefined;
  const isInstance = isObject && prototype !== Object.prototype && prototype !== null;
  const given = (key: string): boolean => isObject && Reflect.get(hooks, key) !== undefined;
  checkDefinition("defineHooks", hooks, {
    known: isInstance ? undefined : HOOK_KEYS,
    functions: POINTS.filter(given),
    texts: ["name"],
  });
}

/**
 * The hook points of opened hooks, each bound to them, so that an instance of a class works as well; named `type`
 * where they have no name. Throws PLUGIN_DEFINITION_INVALID where these are not hooks.
 */
export function bindHooks(type: string, hooks: PipelineHooks): PipelineHooks {
  checkHookPoints(hooks);
  const bound: Record<string, unknown> = {
    name: hooks.name ?? type,
    ...(hooks.critical === undefined ? {} : { critical: hooks.critical }),
  };
  for (const key of POINTS) {
    const point: unknown = Reflect.get(hooks, key);
    if (typeof point === "function")
      bound[key] = (...facts: unknown[]): unknown => Reflect.apply(point, hooks, facts) as unknown;
  }
  return bound;
}
