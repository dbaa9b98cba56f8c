import { CairnError, type Redactor } from "../base/mod.ts";
import { type HookConfig, judgedHook, resolveSecrets, type SecretSources } from "../config/mod.ts";
import { configInput, decodePluginConfig, openHooks } from "../plugin/mod.ts";
import type { HooksDefinition, PipelineHooks } from "../sdk/mod.ts";
import { locatingSecrets } from "./located-secrets.ts";

export interface OpenHookRequest {
  /** Checked by its schema, with references to secrets in the place of secrets. */
  readonly hook: HookConfig;
  readonly definition: HooksDefinition;
  readonly secrets: SecretSources;
  /** Learns the secrets. */
  readonly redactor: Redactor;
  /** More key names that hold secrets. */
  readonly redact: readonly string[];
}

/**
 * Opens a hook with its settings, secrets filled in. Errors say nothing of the secrets.
 * @throws CairnError SECRET_UNRESOLVED, CONFIG_INVALID, HOOKS_OPEN_FAILED, PLUGIN_DEFINITION_INVALID
 */
export async function openHook(request: OpenHookRequest): Promise<PipelineHooks> {
  const { hook, definition, redactor, redact } = request;
  const input = configInput(hook.settings);
  const judged = { ...judgedHook(hook), redact };
  const { value, secrets } = await locatingSecrets(judged, () =>
    resolveSecrets(input.value, request.secrets),
  );
  redactor.learn(secrets);
  const decoded = decodePluginConfig(hook.type, definition, { ...input, value, redact });
  if (decoded.issues.length > 0) {
    const where = decoded.issues.map(({ path }) => path.join(".")).join(", ");
    throw new CairnError(
      `Cannot open hook ${hook.index + 1} (${hook.type}): its settings are refused once their secrets are filled in`,
      { code: "CONFIG_INVALID", kind: "config", hint: `Look at the secrets that it names (at ${where}).` },
    );
  }
  try {
    return await openHooks(hook.type, definition, decoded.config);
  } catch (thrown) {
    if (!(thrown instanceof CairnError) || secrets.length === 0) throw thrown;
    // Neither the cause nor what it says may show a secret.
    const { code, kind, hint } = thrown;
    throw new CairnError(redactor.text(thrown.message), { code, kind, hint });
  }
}
