import { CairnError, type JsonObject } from "../base/mod.ts";
import {
  machineSecrets,
  type ResolvedSecrets,
  resolveSecrets,
  UnresolvedSecretsError,
} from "../config/mod.ts";
import type { SecretProvider } from "../sdk/mod.ts";
import { decodePluginConfig } from "./decode-config.ts";
import { loadPlugin } from "./load.ts";
import type { ResolvedType } from "./plugin.ts";

/** What opens the provider of a scheme, in a form that crosses a process. */
export interface SecretProviderFacts {
  readonly scheme: string;
  readonly resolved: ResolvedType;
  /** `pipeline.secrets.<scheme>`, with references in the place of its own secrets. */
  readonly settings: JsonObject;
  /** Texts of numbers that JavaScript would write otherwise. */
  readonly numberTexts?: Readonly<Record<string, string>> | undefined;
}

/** What providers of one process are opened with. */
export interface SecretProvidersOptions {
  /** The facts of a scheme; undefined where nothing is known of it. */
  find(scheme: string): SecretProviderFacts | undefined | Promise<SecretProviderFacts | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Is told the secrets among a provider's own settings before it is opened. */
  learn(secrets: readonly string[]): void | Promise<void>;
}

/** A provider's settings with their secrets, which come from the environment and files alone. */
async function ownSecrets(
  { scheme, settings }: SecretProviderFacts,
  env: SecretProvidersOptions["env"],
): Promise<ResolvedSecrets> {
  try {
    return await resolveSecrets(settings, machineSecrets(env));
  } catch (thrown) {
    if (!(thrown instanceof UnresolvedSecretsError)) throw thrown;
    const lines = thrown.unresolved.map(
      ({ path, reference, state }) =>
        `pipeline.secrets.${[scheme, ...path].join(".")}: ${reference}: ${state}`,
    );
    throw new Error(lines.join("; "), { cause: thrown });
  }
}

/** The secret providers of one process, each opened when it is first asked. */
export class SecretProviders {
  readonly #options: SecretProvidersOptions;
  readonly #open = new Map<string, Promise<SecretProvider>>();

  constructor(options: SecretProvidersOptions) {
    this.#options = options;
  }

  /** The secret that a provider has for a path. Rejects with what the provider says, or where there is no provider. */
  async get(scheme: string, path: string): Promise<string> {
    const provider = this.#open.get(scheme) ?? this.#start(scheme);
    return (await provider).get(path);
  }

  #start(scheme: string): Promise<SecretProvider> {
    const opening = this.#openProvider(scheme);
    this.#open.set(scheme, opening);
    // A failure is not kept: the next attempt may find the world mended.
    opening.catch(() => this.#open.delete(scheme));
    return opening;
  }

  async #openProvider(scheme: string): Promise<SecretProvider> {
    const facts = await this.#options.find(scheme);
    if (facts === undefined) {
      throw new Error(
        `there is no secret provider "${scheme}"; where only code asks for it, name it with \`pipeline.secrets { ${scheme} {} }\``,
      );
    }
    const { env } = this.#options;
    const definition = await loadPlugin({ resolved: facts.resolved, kind: "secrets", builtins: new Map() });
    const { value, secrets } = await ownSecrets(facts, env);
    await this.#options.learn(secrets);
    const decoded = decodePluginConfig(scheme, definition, { value, numberTexts: facts.numberTexts });
    if (decoded.issues.length > 0) {
      const where = decoded.issues.map((issue) => issue.path.join(".")).join(", ");
      throw new CairnError(`the settings of secret provider "${scheme}" are refused (at ${where})`, {
        code: "CONFIG_INVALID",
        kind: "config",
      });
    }
    return definition.open({ config: decoded.config, env });
  }
}
