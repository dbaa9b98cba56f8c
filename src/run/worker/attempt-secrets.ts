import type { JsonObject, JsonValue } from "../../base/mod.ts";
import {
  holdsSecretReference,
  machineSecrets,
  parseSecretReference,
  resolveSecrets,
  type SecretPlaces,
  type SecretSources,
  UnresolvedSecretsError,
} from "../../config/mod.ts";
import { type SecretProviderFacts, SecretProviders } from "../../plugin/mod.ts";
import { PermanentError, type SparkSettings, steeringOf, TransientError } from "../../sdk/mod.ts";

/** What secrets are resolved with in the process of a component. */
export interface AttemptSecretsOptions {
  /** Of the components. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly providers: readonly SecretProviderFacts[];
  /** Tells the runner; resolves when it masks these values. */
  tell(values: readonly string[]): Promise<void>;
  warn(message: string): void;
}

/**
 * Resolves references to secrets where they are used, in the process of the component. The runner is told each value
 * before anything of the component sees it: it masks what this process prints and sends. Nothing is kept from one
 * attempt to the next but the fact that the runner knows.
 */
export class AttemptSecrets {
  readonly #options: AttemptSecretsOptions;
  readonly #sources: SecretSources;
  readonly #told = new Set<string>();
  readonly #warned = new Set<string>();

  constructor(options: AttemptSecretsOptions) {
    this.#options = options;
    const providers = new SecretProviders({
      find: (scheme) => options.providers.find((facts) => facts.scheme === scheme),
      env: options.env,
      learn: (secrets) => this.#tell(secrets),
    });
    this.#sources = machineSecrets(options.env, (scheme, path) => providers.get(scheme, path));
  }

  /** A component's configuration with its secrets. @throws SECRET_UNRESOLVED */
  async config(config: JsonObject, places: SecretPlaces | undefined): Promise<JsonObject> {
    if (!holdsSecretReference(config)) return config;
    return (await this.#resolve(config, places)) as JsonObject;
  }

  /** The `spark` block with its secrets. @throws SECRET_UNRESOLVED */
  async spark(settings: SparkSettings | undefined): Promise<SparkSettings | undefined> {
    const plain = settings as JsonObject | undefined;
    if (plain === undefined || !holdsSecretReference(plain)) return settings;
    return (await this.#resolve(plain, undefined)) as unknown as SparkSettings;
  }

  /** What `ctx.secrets.get` does. @throws SECRET_UNRESOLVED */
  async get(reference: string): Promise<string> {
    if (typeof reference !== "string" || parseSecretReference(reference) === undefined) {
      // What was given may be a secret itself.
      throw new PermanentError("ctx.secrets.get was given a text that is no reference to a secret", {
        code: "SECRET_UNRESOLVED",
        hint: "Give it secret://env/NAME, secret://file/absolute/path, or a provider's secret://SCHEME/….",
      });
    }
    return (await this.#resolve(reference, undefined)) as string;
  }

  /** Whether a text holds a secret that was resolved in this process. */
  isIn(text: string): boolean {
    for (const secret of this.#told) if (secret.length >= 4 && text.includes(secret)) return true;
    return false;
  }

  async #resolve(given: JsonValue, places: SecretPlaces | undefined): Promise<JsonValue> {
    try {
      const { value, secrets, short } = await resolveSecrets(given, this.#sources, places);
      await this.#tell(secrets);
      for (const reference of short) this.#warnOf(reference);
      return value;
    } catch (thrown) {
      throw thrown instanceof UnresolvedSecretsError ? steered(thrown) : thrown;
    }
  }

  async #tell(secrets: readonly string[]): Promise<void> {
    const fresh = secrets.filter((secret) => !this.#told.has(secret));
    if (fresh.length === 0) return;
    await this.#options.tell(fresh);
    for (const secret of fresh) this.#told.add(secret);
  }

  #warnOf(reference: string): void {
    if (this.#warned.has(reference)) return;
    this.#warned.add(reference);
    this.#options.warn(
      `${reference} has fewer than 4 characters: it is masked only where it stands as a whole word, as it is`,
    );
  }
}

/** A variable that is not set stays so for all attempts; of a provider's secret the provider knows. */
function steered(error: UnresolvedSecretsError): Error {
  const { message, hint, unresolved } = error;
  const facts = { code: "SECRET_UNRESOLVED", hint, cause: unresolved[0]?.thrown };
  const lasts = ({ reference, thrown }: (typeof unresolved)[number]): boolean =>
    reference.startsWith("secret://env/") || steeringOf(thrown) === "permanent";
  if (unresolved.some(lasts)) return new PermanentError(message, facts);
  return unresolved.every(({ thrown }) => steeringOf(thrown) === "transient")
    ? new TransientError(message, facts)
    : error;
}
