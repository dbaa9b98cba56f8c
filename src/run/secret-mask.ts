import { CairnError, type JsonValue, type Redactor } from "../base/mod.ts";
import type { GoodOutcome } from "./component-events.ts";
import type { WireError } from "./worker/protocol.ts";

/**
 * Keeps the secrets of a run out of everything that is recorded or shown. The redactor learns them from the workers,
 * which resolve them. Outputs and step results are masked by value alone, so that they otherwise come back as they were.
 */
export class SecretMask {
  readonly #redactor: Redactor;

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /** A component's result without secrets. */
  result(value: JsonValue): JsonValue {
    return this.#redactor.margin === 0 ? value : this.#redactor.knownJson(value);
  }

  /** The end of an attempt without secrets: outputs, artifacts, and why it was skipped. */
  outcome(outcome: GoodOutcome): GoodOutcome {
    if (outcome.how === "skipped") return { ...outcome, reason: this.text(outcome.reason) };
    const { outputs, artifacts } = outcome;
    if (this.#redactor.margin === 0) return outcome;
    return {
      ...outcome,
      outputs: outputs === undefined ? undefined : this.result(outputs),
      artifacts: artifacts?.map((artifact) => ({ ...artifact, uri: this.#redactor.known(artifact.uri) })),
    };
  }

  /** An error without secrets, known ones and those that texts betray. */
  error(error: WireError): WireError {
    const text = (given: string | undefined): string | undefined =>
      given === undefined ? undefined : this.#redactor.text(given);
    return {
      ...error,
      name: this.#redactor.known(error.name),
      message: this.#redactor.text(error.message),
      code: error.code === undefined ? undefined : this.#redactor.known(error.code),
      hint: text(error.hint),
      stack: text(error.stack),
      classes: error.classes.map((name) => this.#redactor.known(name)),
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
    const masked = this.#redactor.known(name);
    if (masked === name) return name;
    throw new CairnError(`Cannot record the step ${JSON.stringify(masked)}: its name holds a secret`, {
      code: "STEP_NAME_SECRET",
      kind: "config",
      hint: "Name the step for what it does; its name is in the checkpoint, where secrets have no place.",
    });
  }
}
