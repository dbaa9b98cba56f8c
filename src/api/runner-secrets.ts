import type { Redactor } from "../base/mod.ts";
import { machineSecrets, type PipelineConfig, type SecretSources } from "../config/mod.ts";
import { SecretProviders } from "../plugin/mod.ts";
import { invalidConfig } from "../run/mod.ts";
import { findSecretProvider } from "./secret-providers.ts";
import { foldersOf, type Lookup } from "./wire.ts";

/**
 * Where secrets of the runner itself come from (those of hooks and stores): environment, files, provider plugins.
 * Components resolve theirs in their own process.
 * @param redactor Learns the secrets of the providers themselves.
 */
export function runnerSecrets(
  config: Pick<PipelineConfig, "pluginFolders" | "folder" | "file" | "secrets"> | undefined,
  lookup: Lookup,
  redactor: Redactor | undefined,
): SecretSources {
  const providers = new SecretProviders({
    env: lookup.env,
    learn: (secrets) => redactor?.learn(secrets),
    find: async (scheme) => {
      const folders = await foldersOf(config, lookup, () => undefined);
      const found = await findSecretProvider(scheme, config, folders);
      if ("facts" in found) return found.facts;
      throw "problem" in found ? found.problem : invalidConfig(found.findings);
    },
  });
  return machineSecrets(lookup.env, (scheme, path) => providers.get(scheme, path));
}
