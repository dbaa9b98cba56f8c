import { CairnError, messageOf } from "../base/mod.ts";
import { bindHooks, type HooksDefinition, type PipelineHooks } from "../sdk/mod.ts";

/**
 * Opens hooks with their settings as `decodePluginConfig` gave them; their name is the type where they have none
 * of their own. Throws HOOKS_OPEN_FAILED where their `open` throws, PLUGIN_DEFINITION_INVALID where it gives no hooks.
 */
export async function openHooks(
  type: string,
  definition: HooksDefinition,
  settings: unknown,
): Promise<PipelineHooks> {
  return bindHooks(type, await openOrExplain(type, definition, settings));
}

async function openOrExplain(
  type: string,
  definition: HooksDefinition,
  settings: unknown,
): Promise<PipelineHooks> {
  try {
    return await definition.open(settings);
  } catch (thrown) {
    throw new CairnError(`Cannot open the hooks "${type}": ${messageOf(thrown)}`, {
      code: "HOOKS_OPEN_FAILED",
      kind: "world",
      hint: "Look at their settings and at what they need.",
      cause: thrown,
    });
  }
}
