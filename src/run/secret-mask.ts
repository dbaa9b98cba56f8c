import { type JsonObject, type JsonValue, REDACTED, type Redactor } from "../base/mod.ts";
import { resolveSecrets, type SecretSources } from "../config/mod.ts";
import type { WireError } from "./worker/protocol.ts";

/** How a reference to a secret begins. */
const REFERENCE = "secret://";

/**
 * The secrets that a run has resolved: kept out of everything that is recorded or shown. Outputs and step
 * results are masked by value alone, so that they otherwise come back as they were.
 */
export class SecretMask {
  readonly #redactor: Redactor;
  readonly #sources: SecretSources;
  readonly #values = new Set<string>();

  constructor(redactor: Redactor, sources: SecretSources) {
    this.#redactor = redactor;
    this.#sources = sources;
  }

  /** A component's configuration with its secrets. Throws SECRET_UNRESOLVED. */
  resolve(config: JsonObject): JsonObject {
    if (!holdsReference(config)) return config;
    const { value, secrets } = resolveSecrets(config, this.#sources);
    this.#redactor.learn(secrets);
    for (const secret of secrets) this.#values.add(secret);
    return value as JsonObject;
  }

  /** A component's result without the secrets it was given. */
  result(value: JsonValue): JsonValue {
    return this.#values.size === 0 ? value : this.#mask(value);
  }

  /** An error without secrets, known ones and those that texts betray. */
  error(error: WireError): WireError {
    const text = (given: string | undefined): string | undefined =>
      given === undefined ? undefined : this.#redactor.text(given);
    return {
      ...error,
      message: this.#redactor.text(error.message),
      hint: text(error.hint),
      stack: text(error.stack),
    };
  }

  #mask(value: JsonValue): JsonValue {
    if (typeof value === "string") {
      let text = value;
      for (const secret of this.#values) text = text.replaceAll(secret, REDACTED);
      return text;
    }
    if (Array.isArray(value)) return value.map((item) => this.#mask(item as JsonValue));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value as JsonObject).map(([key, item]) => [key, this.#mask(item)]),
    );
  }
}

function holdsReference(value: JsonValue): boolean {
  if (typeof value === "string") return value.startsWith(REFERENCE);
  if (value === null || typeof value !== "object") return false;
  return Object.values(value).some(holdsReference);
}
