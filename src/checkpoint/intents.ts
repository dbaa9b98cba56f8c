import type { JsonObject, JsonValue } from "../base/mod.ts";
import type { Completion } from "./events.ts";

/** Which intent: `id` names it among those of the component. */
export interface IntentName {
  /** The component; absent where this run does not have it: then it is only to be swept. */
  readonly index?: number | undefined;
  readonly id: string;
}

/** A temporary place of an attempt is made. Open after the attempt is over: what lies there is to be removed. */
export interface StageIntent extends IntentName {
  readonly action: "stage";
  /** What room `files` needs to publish or remove it. */
  readonly staged: JsonObject;
}

/** A component is through, and its outputs are about to be published; whoever finds it open finishes that and completes it. */
export interface PublishIntent extends IntentName {
  readonly action: "publish";
  readonly staged: readonly JsonObject[];
  /** The completion as it will be recorded, without the artifacts that publishing gives. */
  readonly completion: Completion;
}

/** Who called `start` of an external action: a process, known again by these facts on its own machine. */
export interface Launcher {
  readonly host: string;
  readonly pid: number;
  readonly pidStart: string;
  readonly bootId: string;
  readonly pidNamespace: string;
}

/** An external action is about to be started. Open: nobody knows if it was, unless `done`. */
export interface StartIntent extends IntentName {
  readonly action: "start";
  readonly key: string;
  /** ISO 8601. */
  readonly at: string;
  readonly launcher: Launcher;
  /** It came to its end with this result. */
  readonly done?: { readonly result: JsonValue } | undefined;
}

export type Intent = StageIntent | PublishIntent | StartIntent;

/**
 * How an intent came to its end. `published`, `discarded`: of outputs. `done`: the action has its result. `absent`,
 * `cancelled`: it was not started, or is over for good, and may be started again. `lost`: what was staged is not there
 * any more, so that the component runs again.
 */
export type IntentEnd = "published" | "discarded" | "done" | "absent" | "cancelled" | "lost";

/** The events of intents. */
export type IntentEvent =
  | ({ readonly type: "intent" } & Intent)
  | ({
      readonly type: "intent-closed";
      readonly how: IntentEnd;
      /** Of `done`. */
      readonly result?: JsonValue | undefined;
    } & IntentName);

/** The key of an intent in a run's state. */
export function intentKey({ index, id }: IntentName): string {
  return `${index ?? ""}/${id}`;
}

/** The intent that only asks for what was staged to be removed. */
export function stageIntent(index: number | undefined, staged: JsonObject): StageIntent {
  const { id = "" } = staged;
  return {
    ...(index === undefined ? {} : { index }),
    id: `stage:${typeof id === "string" ? id : JSON.stringify(id)}`,
    action: "stage",
    staged,
  };
}

/** What of a run's intents is only there to be swept: for a run that takes nothing else over. */
export function leftStaged(intents: Iterable<Intent>): readonly StageIntent[] {
  const found = new Map<string, StageIntent>();
  for (const intent of intents) {
    if (intent.action === "start") continue;
    const places = intent.action === "stage" ? [intent.staged] : intent.staged;
    for (const staged of places) {
      const one = stageIntent(undefined, staged);
      found.set(one.id, one);
    }
  }
  return [...found.values()];
}

/** The fold of the intents' part of a run. */
export class IntentFold {
  readonly open: Map<string, Intent> = new Map();

  constructor(carried: readonly Intent[] = []) {
    for (const intent of carried) this.open.set(intentKey(intent), intent);
  }

  apply(event: IntentEvent): void {
    const key = intentKey(event);
    if (event.type === "intent") {
      const { type: _type, ...intent } = event;
      this.open.set(key, intent);
      return;
    }
    const intent = this.open.get(key);
    if (event.how === "done" && intent?.action === "start") {
      this.open.set(key, { ...intent, done: { result: event.result ?? null } });
    } else this.open.delete(key);
  }

  /** A component has completed: what is left to be swept stays. */
  completed(index: number): void {
    for (const [key, intent] of this.open) {
      if (intent.index === index && intent.action !== "stage") this.open.delete(key);
    }
  }
}
