import { CairnError, type Clock, type JsonValue, sha256 } from "../base/mod.ts";
import { isCheckpointLost } from "./checkpoint-lost.ts";
import { PermanentError } from "./errors.ts";
import type { ActionCall, ExternalAction, IntentRunner } from "./intent.ts";
import { jsonResult } from "./json-result.ts";

/** What is known of an action when it is asked for. */
export type KnownAction =
  /** Nobody started it; it is noted now that this attempt does. */
  | { readonly state: "new" }
  | { readonly state: "done"; readonly result: JsonValue }
  /** It may have been started. `absentAfterMs`: from when on what can't be found was surely not started. */
  | { readonly state: "open"; readonly absentAfterMs: number };

/** What the intents of one attempt rest on. Each call resolves when it is durable. */
export interface IntentKeeper {
  readonly rootRunId: string;
  readonly component: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  begin(key: string): Promise<KnownAction>;
  /** It was surely not started, and is now. */
  again(key: string): Promise<void>;
  done(key: string, result: JsonValue): Promise<void>;
  cancelled(key: string): Promise<void>;
}

const KEY_DIGITS = 32;

/**
 * Makes the `intent` of one attempt. Throws INTENT_KEY_INVALID, INTENT_KEY_TAKEN, OUTCOME_UNKNOWN (permanent), what the
 * action's functions throw, and as `jsonResult` does.
 */
export function makeIntent(keeper: IntentKeeper): IntentRunner {
  const used = new Set<string>();
  return async <T extends JsonValue | void>(key: string, action: ExternalAction<T>): Promise<T> => {
    checkCall(key, action, used);
    used.add(key);
    return (await new ActionRun(keeper, key, action).run()) as T;
  };
}

function checkCall(key: unknown, action: unknown, used: ReadonlySet<string>): void {
  const refuse = (state: string, code: string, hint: string): CairnError =>
    new CairnError(`Cannot start the action ${JSON.stringify(key)}: ${state}`, {
      code,
      kind: "config",
      hint,
    });
  if (typeof key !== "string" || key === "") {
    throw refuse("its key is no text", "INTENT_KEY_INVALID", "Name it by what it does.");
  }
  const start: unknown =
    typeof action === "object" && action !== null ? Reflect.get(action, "start") : undefined;
  if (typeof start !== "function") {
    throw refuse("it has no function start", "INTENT_KEY_INVALID", "Give { start, find, cancel }.");
  }
  if (used.has(key)) {
    const hint = "Put what differs into the key, e.g. `load ${table}`.";
    throw refuse("this component has used the key already", "INTENT_KEY_TAKEN", hint);
  }
}

/** One action in one attempt. */
class ActionRun<T extends JsonValue | void> {
  readonly #keeper: IntentKeeper;
  readonly #key: string;
  readonly #action: ExternalAction<T>;
  readonly #call: ActionCall;

  constructor(keeper: IntentKeeper, key: string, action: ExternalAction<T>) {
    this.#keeper = keeper;
    this.#key = key;
    this.#action = action;
    const { rootRunId, component, signal } = keeper;
    const idempotencyKey = sha256(JSON.stringify([rootRunId, component, key])).slice(0, KEY_DIGITS);
    this.#call = { idempotencyKey, signal };
  }

  async run(): Promise<JsonValue> {
    const { signal } = this.#keeper;
    signal.throwIfAborted();
    const known = await this.#keeper.begin(this.#key);
    if (known.state === "done") return known.result;
    if (known.state === "open") {
      const found = await this.#look(known.absentAfterMs);
      if (found !== undefined) return this.#keep(found);
      signal.throwIfAborted();
      await this.#keeper.again(this.#key);
    }
    return this.#keep(await this.#unlessStopped(this.#action.start));
  }

  /** Its result, or undefined once it was surely not started. */
  async #look(absentAfterMs: number): Promise<{ readonly value: T } | undefined> {
    const { find } = this.#action;
    if (find === undefined) throw unknownOutcome(this.#keeper.component, this.#key);
    const first = await this.#unlessStopped(find);
    if (first.value !== undefined) return { value: first.value };
    // What a launcher sent before it died may still be on its way.
    await this.#keeper.clock.sleep(absentAfterMs, this.#keeper.signal);
    const second = await this.#unlessStopped(find);
    return second.value === undefined ? undefined : { value: second.value };
  }

  async #keep({ value }: { readonly value: T }): Promise<JsonValue> {
    const result = jsonResult(`the result of action ${JSON.stringify(this.#key)}`, value) ?? null;
    await this.#keeper.done(this.#key, result);
    return result;
  }

  async #unlessStopped<R>(work: (call: ActionCall) => R | Promise<R>): Promise<{ readonly value: R }> {
    const { signal } = this.#keeper;
    const working = (async () => work(this.#call))();
    const stopped = Promise.withResolvers<never>();
    const stop = (): void => stopped.reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    try {
      return { value: await Promise.race([working, stopped.promise]) };
    } catch (thrown) {
      if (signal.aborted) await this.#cancel(working);
      throw thrown;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async #cancel(working: Promise<unknown>): Promise<void> {
    const { cancel, find } = this.#action;
    const ended = working.catch(() => undefined);
    if (cancel === undefined || isCheckpointLost(this.#keeper.signal.reason)) return;
    await cancel({ ...this.#call, signal: new AbortController().signal });
    await ended;
    // Who can be looked for is looked for; else this is all that will ever be known.
    if (find === undefined) await this.#keeper.cancelled(this.#key);
  }
}

function unknownOutcome(component: string, key: string): PermanentError {
  const name = JSON.stringify(`${component}/${key}`);
  return new PermanentError(
    `outcome unknown: the action ${JSON.stringify(key)} may have been started before, and nothing can look it up`,
    {
      code: "OUTCOME_UNKNOWN",
      hint: `Look at the system outside, then resume with --declare=${name}=done (or =done:JSON with its result) or --declare=${name}=absent (start it).`,
    },
  );
}
