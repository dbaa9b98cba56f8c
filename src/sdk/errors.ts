/** More that a typed error can say. */
export interface TypedErrorOptions {
  readonly cause?: unknown;
  /** Stable name for machines, upper snake case. */
  readonly code?: string | undefined;
  /** What to do now. */
  readonly hint?: string | undefined;
  /** Exit code of the program that failed, for `retryable-exit-codes`. */
  readonly exitCode?: number | undefined;
}

/** What an error asks of the runner. */
export type Steering = "transient" | "permanent" | "skip";

/**
 * The mark by which typed errors are known: registered, so that it is the same for every copy of this
 * module; errors that came from another process are known by their name.
 */
const STEERING: unique symbol = Symbol.for("cairn.steering");

const STEERING_BY_NAME: ReadonlyMap<string, Steering> = new Map([
  ["TransientError", "transient"],
  ["PermanentError", "permanent"],
  ["SkipComponent", "skip"],
]);

abstract class SteeringError extends Error {
  readonly code: string | undefined;
  readonly hint: string | undefined;
  readonly exitCode: number | undefined;

  constructor(steering: Steering, message: string, options: TypedErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    Object.defineProperty(this, STEERING, { value: steering });
    this.code = options.code;
    this.hint = options.hint;
    this.exitCode = options.exitCode;
  }
}

/** A failure that may pass: retried where a retry policy allows it, and not counted against the resume budget. */
export class TransientError extends SteeringError {
  override readonly name: string = "TransientError";
  constructor(message: string, options: TypedErrorOptions = {}) {
    super("transient", message, options);
  }
}

/** A failure that a repeat can't mend: never retried. */
export class PermanentError extends SteeringError {
  override readonly name: string = "PermanentError";
  constructor(message: string, options: TypedErrorOptions = {}) {
    super("permanent", message, options);
  }
}

/** Ends the component as skipped, which counts as completed: there was nothing to do. The message is the reason. */
export class SkipComponent extends SteeringError {
  override readonly name: string = "SkipComponent";
  constructor(reason: string, options: TypedErrorOptions = {}) {
    super("skip", reason, options);
  }
}

/**
 * What a thrown value asks of the runner, undefined where nothing: an instance of a typed error or of a
 * class derived from one, of whatever copy of this module, or an object with such an error's name.
 */
export function steeringOf(thrown: unknown): Steering | undefined {
  if (typeof thrown !== "object" || thrown === null) return undefined;
  const error = thrown as { readonly name?: unknown };
  const marked: unknown = Reflect.get(thrown, STEERING);
  if (marked === "transient" || marked === "permanent" || marked === "skip") return marked;
  return typeof error.name === "string" ? STEERING_BY_NAME.get(error.name) : undefined;
}
