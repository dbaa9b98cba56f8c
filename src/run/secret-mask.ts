import { CairnError, type JsonObject, type JsonValue, REDACTED, type Redactor } from "../base/mod.ts";
import { resolveSecrets, type SecretSources } from "../config/mod.ts";
import type { GoodOutcome } from "./component-events.ts";
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

  /** The end of an attempt without secrets: outputs, and why it was skipped. */
  outcome(outcome: GoodOutcome): GoodOutcome {
    if (outcome.how === "skipped") return { ...outcome, reason: this.text(outcome.reason) };
    return outcome.outputs === undefined ? outcome : { ...outcome, outputs: this.result(outcome.outputs) };
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

  /** A text for people without secrets. */
  text(text: string): string {
    return this.#redactor.text(text);
  }

  /**
   * A step's name as it may be recorded. Its result is found again by it, so it can't be masked.
   * @throws CairnError STEP_NAME_SECRET
   */
  stepName(name: string): string {
    if (this.#masked(name) === name) return name;
    throw new CairnError(
      `Cannot record the step ${JSON.stringify(this.#masked(name))}: its name holds a secret`,
      {
        code: "STEP_NAME_SECRET",
        kind: "config",
        hint: "Name the step for what it does; its name is in the checkpoint, where secrets have no place.",
      },
    );
  }

  #masked(text: string): string {
    let masked = text;
    for (const secret of this.#values) masked = masked.replaceAll(secret, REDACTED);
    return masked;
  }

  #mask(value: JsonValue): JsonValue {
    if (typeof value === "string") return this.#masked(value);
    if (Array.isArray(value)) return value.map((item) => this.#mask(item as JsonValue));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value as JsonObject).map(([key, item]) => [this.#masked(key), this.#mask(item)]),
    );
  }
}

function holdsReference(value: JsonValue): boolean {
  if (typeof value === "string") return value.startsWith(REFERENCE);
  if (value === null || typeof value !== "object") return false;
  return Object.values(value).some(holdsReference);
}
