import { type Clock, isoTime, type JsonObject, type JsonValue } from "../base/mod.ts";
import {
  type IntentEvent,
  IntentFold,
  intentKey,
  type PublishIntent,
  type RunEvent,
  type RunJournal,
  type StageIntent,
  stageIntent,
  type StartIntent,
} from "../checkpoint/mod.ts";
import type { KnownAction } from "../sdk/mod.ts";
import { holderIsGone } from "../store/mod.ts";
import type { DeclaredOutcome } from "./declared-outcome.ts";
import type { SecretMask } from "./secret-mask.ts";
import type { AttemptAsk } from "./worker/protocol.ts";

export interface IntentBookOptions {
  /** Undefined: intents are known for as long as this run lasts. */
  readonly journal: RunJournal | undefined;
  /** Makes events durable and tells hooks. */
  append(events: readonly RunEvent[]): Promise<void>;
  readonly secrets: SecretMask;
  readonly clock: Clock;
  /** How long an action that can't be found may still turn up where nobody knows if its launcher lives, ms. */
  readonly settleMs: number;
  readonly declared: readonly DeclaredOutcome[];
  component(index: number): string;
}

/** What a dead launcher sent may be on its way for so long, ms. */
const IN_FLIGHT_MS = 500;
/** Longest wait for an own worker that was told to end, ms, and the time between two looks. */
const OWN_END_MS = 3_000;
const OWN_LOOK_MS = 20;

/** What components of this run have under way outside, and answers what they ask about it. */
export class IntentBook {
  readonly #options: IntentBookOptions;
  readonly #fold: IntentFold;
  /** Actions that were begun in this run. */
  readonly #own = new Set<string>();
  /** Components whose code may still be running although their attempt is over. */
  readonly #givenUp = new Set<number>();
  /** Outcomes that somebody declared and no component has asked for. */
  readonly #declared: DeclaredOutcome[];

  constructor(options: IntentBookOptions) {
    this.#options = options;
    this.#fold = new IntentFold([...(options.journal?.state().intents.values() ?? [])]);
    this.#declared = [...options.declared];
  }

  /** What is to be published in place of running the component. */
  publishOf(index: number): PublishIntent | undefined {
    const intent = this.#fold.open.get(intentKey({ index, id: "publish" }));
    return intent?.action === "publish" ? intent : undefined;
  }

  /** Places of the component, or with `undefined` all of them, that are to be swept. */
  stages(index: number | undefined): readonly StageIntent[] {
    return [...this.#fold.open.values()].filter(
      (intent): intent is StageIntent =>
        intent.action === "stage" && (index === undefined || intent.index === index),
    );
  }

  /** Places of the component that its attempts go on with, one after the other. */
  kept(index: number): readonly JsonObject[] {
    return this.stages(index).flatMap((intent) => (isKept(intent) ? [intent.staged] : []));
  }

  /** The attempt is over, and what it ran could not be ended. */
  gaveUp(index: number): void {
    this.#givenUp.add(index);
  }

  /** A component has completed. */
  completed(index: number, events: readonly IntentEvent[]): void {
    this.note(events);
    this.#fold.completed(index);
  }

  /** Takes events that somebody else makes durable. */
  note(events: readonly IntentEvent[]): void {
    for (const event of events) this.#fold.apply(event);
  }

  async record(events: readonly IntentEvent[]): Promise<void> {
    if (events.length === 0) return;
    await this.#options.append(events);
    this.note(events);
  }

  /** Answers an attempt once what it says is durable. */
  async answer(index: number, ask: AttemptAsk): Promise<JsonValue | undefined> {
    switch (ask.what) {
      case "stage":
        await this.record([{ type: "intent", ...stageIntent(index, ask.staged) }]);
        return undefined;
      case "unstage":
        await this.record([discarded(stageIntent(index, ask.staged))]);
        return undefined;
      case "begin":
        return this.#begin(index, ask.key, ask.launcher);
      case "again":
        await this.#start(index, ask.key, ask.launcher);
        return undefined;
      case "done":
        await this.#close(index, ask.key, "done", this.#options.secrets.result(ask.result));
        return undefined;
      case "cancelled":
        await this.#close(index, ask.key, "cancelled");
        return undefined;
    }
  }

  async #begin(index: number, key: string, launcher: StartIntent["launcher"]): Promise<KnownAction> {
    const intent = this.#action(index, key);
    if (intent?.done !== undefined) return { state: "done", result: intent.done.result };
    if (intent !== undefined) {
      const declared = this.#takeDeclared(this.#nameOf(intent));
      if (declared?.how === "done") {
        await this.#close(index, key, "done", declared.result);
        return { state: "done", result: declared.result };
      }
      if (declared === undefined) return { state: "open", absentAfterMs: await this.#absentAfter(intent) };
    }
    await this.#start(index, key, launcher);
    return { state: "new" };
  }

  async #start(index: number, key: string, launcher: StartIntent["launcher"]): Promise<void> {
    const at = isoTime(this.#options.clock.now());
    const name = this.#options.secrets.stepName(key);
    await this.record([
      { type: "intent", index, id: startId(key), action: "start", key: name, at, launcher },
    ]);
    this.#own.add(intentKey({ index, id: startId(key) }));
    this.#givenUp.delete(index);
  }

  /** How long from now on an action that can't be found may still turn up, ms. */
  async #absentAfter(intent: StartIntent): Promise<number> {
    const { clock, settleMs } = this.#options;
    if (await this.#isLauncherGone(intent)) return IN_FLIGHT_MS;
    const passed = Math.max(0, clock.now() - Date.parse(intent.at));
    return Math.max(IN_FLIGHT_MS, settleMs - passed);
  }

  async #isLauncherGone(intent: StartIntent): Promise<boolean> {
    const { launcher, index = -1 } = intent;
    const isOwn = this.#own.has(intentKey(intent));
    // In this very process: its attempt is over, so its code is, unless it could not be ended.
    if (isOwn && launcher.pid === process.pid) return !this.#givenUp.has(index);
    const deadline = isOwn ? this.#options.clock.steady() + OWN_END_MS : 0;
    while (!holderIsGone(launcher)) {
      if (this.#options.clock.steady() >= deadline) return false;
      await this.#options.clock.sleep(OWN_LOOK_MS);
    }
    return true;
  }

  #action(index: number, key: string): StartIntent | undefined {
    const intent = this.#fold.open.get(intentKey({ index, id: startId(key) }));
    return intent?.action === "start" ? intent : undefined;
  }

  async #close(index: number, key: string, how: "done" | "cancelled", result?: JsonValue): Promise<void> {
    const event = { type: "intent-closed", index, id: startId(key), how } as const;
    await this.record([result === undefined ? event : { ...event, result }]);
  }

  #nameOf({ index, key }: StartIntent): string {
    return `${index === undefined ? "" : this.#options.component(index)}/${key}`;
  }

  #takeDeclared(name: string): DeclaredOutcome | undefined {
    const at = this.#declared.findIndex((one) => one.name === name);
    return at === -1 ? undefined : this.#declared.splice(at, 1)[0];
  }
}

/** Whether a place is the component's next attempt's, too. */
export function isKept({ index, staged }: StageIntent): boolean {
  return index !== undefined && staged["keep"] === true;
}

/** The event that a place was swept. */
export function discarded({ index, id }: StageIntent): IntentEvent {
  return { type: "intent-closed", ...(index === undefined ? {} : { index }), id, how: "discarded" };
}

function startId(key: string): string {
  return `start:${key}`;
}
