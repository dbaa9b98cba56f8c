import { CairnError, messageOf } from "../base/mod.ts";
import { checkHookPoints, type ConfigInput, type HooksDefinition, type PipelineHooks } from "../sdk/mod.ts";
import { decodePluginConfig } from "./decode-config.ts";
import type { CheckedConfig } from "./plugin.ts";

/** Hooks ready for a run, or the issues of their settings. */
export type OpenedHooks =
  | { readonly hooks: PipelineHooks; readonly issues: readonly [] }
  | { readonly hooks: undefined; readonly issues: CheckedConfig["issues"] };

/**
 * Opens the hooks of one entry of `hooks` with its other keys as settings. Throws HOOKS_OPEN_FAILED where their
 * `open` throws, PLUGIN_DEFINITION_INVALID where it gives no hooks.
 */
export async function openHooks(
  type: string,
  definition: HooksDefinition,
  settings: ConfigInput,
): Promise<OpenedHooks> {
  const checked = decodePluginConfig(type, definition, settings);
  if (checked.issues.length > 0) return { hooks: undefined, issues: checked.issues };
  const hooks = await openOrExplain(type, definition, checked.config);
  checkHookPoints(hooks);
  return { hooks, issues: [] };
}

async function openOrExplain(
  type: string,
  definition: HooksDefinition,
  config: unknown,
): Promise<PipelineHooks> {
  try {
    return await definition.open(config);
  } catch (thrown) {
    throw new CairnError(`Cannot open the hooks "${type}": ${messageOf(thrown)}`, {
      code: "HOOKS_OPEN_FAILED",
      kind: "world",
      hint: "Look at their settings and at what they need.",
      cause: thrown,
    });
  }
}
