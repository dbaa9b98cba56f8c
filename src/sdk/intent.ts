import type { JsonValue } from "../base/mod.ts";

/** What the functions of an external action are told. */
export interface ActionCall {
  /**
   * The same for every attempt and resume of this component's action: for a system that takes such a key (a header
   * `Idempotency-Key`, a job's name), so that it knows a repetition.
   */
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/** An action outside that must not be done twice. */
export interface ExternalAction<T extends JsonValue | void> {
  /** Starts it, and resolves with its result: what it came to, or what it is known by. Its key is durable before this is called. */
  readonly start: (call: ActionCall) => T | Promise<T>;
  /**
   * Looks whether it was started, waits for it if it still runs, and resolves with its result; undefined: it was surely
   * not started. Without it an action that may have been started is never started again.
   */
  readonly find?: ((call: ActionCall) => T | undefined | Promise<T | undefined>) | undefined;
  /** Called when the component is told to stop while the action is under way. Not where another process has taken over the run. */
  readonly cancel?: ((call: ActionCall) => void | Promise<void>) | undefined;
}

/** The `ctx.intent` of a component. */
export type IntentRunner = <T extends JsonValue | void>(key: string, action: ExternalAction<T>) => Promise<T>;
