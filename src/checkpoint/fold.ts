import { CairnError, type JsonValue } from "../base/mod.ts";
import {
  type Completion,
  FORMAT_VERSION,
  type RecordEnvelope,
  type RunEvent,
  type RunStarted,
} from "./events.ts";
import { IntentFold } from "./intents.ts";
import type { RunState } from "./state.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Failure {
  readonly error: Extract<RunEvent, { type: "component-failed" }>["error"];
  readonly attempt: number;
  readonly transient: boolean;
}

/** The fold under way: maps that events write into. Its `state` is a live view. */
interface Folding {
  readonly state: Mutable<RunState>;
  readonly completions: Map<number, Completion>;
  readonly steps: Map<number, Map<string, JsonValue>>;
  readonly attempts: Map<number, number>;
  readonly failures: Map<number, Failure>;
  readonly intents: IntentFold;
}

/** The error for records that this program is too old to understand: `CHECKPOINT_NEWER_VERSION`. */
export function newerVersionError(runId: string, what: string): CairnError {
  return new CairnError(
    `Cannot read the checkpoint of run "${runId}": it was written by a newer version (${what})`,
    {
      code: "CHECKPOINT_NEWER_VERSION",
      kind: "world",
      hint: `Use the version that wrote it or a newer one; this one understands format ${FORMAT_VERSION}. Nothing was changed.`,
      details: { runId, format: FORMAT_VERSION },
    },
  );
}

/**
 * The state of one run, event by event. Pure: the same events give the same state, whoever reads them.
 * A `RunFold` costs O(1) per event, so that a runner can keep one beside its journal.
 */
export class RunFold {
  readonly #folding: Folding;

  private constructor(started: RunStarted, at: string) {
    this.#folding = begin(started, at);
  }

  /** Throws CHECKPOINT_NEWER_VERSION for a format that this version does not know. */
  static begin(started: RunStarted, at: string): RunFold {
    if (!Number.isInteger(started.format) || started.format > FORMAT_VERSION) {
      throw newerVersionError(started.runId, `format ${started.format}`);
    }
    return new RunFold(started, at);
  }

  /** A live view: it changes with every further event. */
  get state(): RunState {
    return this.#folding.state;
  }

  /** Takes the events of one record. Throws CHECKPOINT_NEWER_VERSION for an event that this version does not know. */
  apply(events: readonly RunEvent[], at: string): void {
    for (const event of events) applyEvent(this.#folding, event);
    this.#folding.state.lastAt = at;
  }
}

/** The state that a run's records add up to; undefined where they do not begin with `run-started`. */
export function foldRun(records: readonly RecordEnvelope<RunEvent>[]): RunState | undefined {
  const first = records[0];
  const started = first?.events[0];
  if (first === undefined || started?.type !== "run-started") return undefined;
  const fold = RunFold.begin(started, first.at);
  fold.apply(first.events.slice(1), first.at);
  for (const record of records.slice(1)) fold.apply(record.events, record.at);
  return fold.state;
}

function begin(started: RunStarted, at: string): Folding {
  const completions = new Map<number, Completion>();
  const steps = new Map<number, Map<string, JsonValue>>();
  const attempts = new Map<number, number>();
  const failures = new Map<number, Failure>();
  const intents = new IntentFold(started.carried?.intents);
  for (const completion of started.carried?.completions ?? []) completions.set(completion.index, completion);
  for (const { index, steps: results } of started.carried?.steps ?? []) {
    steps.set(index, new Map(Object.entries(results)));
  }
  const state: Mutable<RunState> = {
    runId: started.runId,
    rootRunId: started.rootRunId,
    resumedFrom: started.resumedFrom,
    pipelineName: started.pipelineName,
    runKey: started.runKey,
    startedAt: started.startedAt,
    rootStartedAt: started.rootStartedAt ?? started.startedAt,
    maxResumes: started.maxResumes,
    components: started.components,
    options: started.options,
    carried: started.carried,
    completions,
    steps,
    attempts,
    failures,
    intents: intents.open,
    end: undefined,
    supersededBy: undefined,
    deleted: false,
    lastAt: at,
  };
  return { state, completions, steps, attempts, failures, intents };
}

function complete(folding: Folding, event: Completion & { readonly type: string }): void {
  const { type: _type, ...completion } = event;
  folding.completions.set(event.index, completion);
  folding.failures.delete(event.index);
  folding.steps.delete(event.index);
  folding.intents.completed(event.index);
}

function keepStep(folding: Folding, index: number, name: string, result: JsonValue): void {
  const known = folding.steps.get(index);
  if (known === undefined) folding.steps.set(index, new Map([[name, result]]));
  else known.set(name, result);
}

function applyEvent(folding: Folding, event: RunEvent): void {
  const { state } = folding;
  switch (event.type) {
    case "attempt-started":
      folding.attempts.set(event.index, event.attempt);
      return;
    case "step-completed":
      return keepStep(folding, event.index, event.name, event.result);
    case "component-completed":
    case "component-skipped":
      return complete(folding, event);
    case "component-failed":
      folding.failures.set(event.index, {
        error: event.error,
        attempt: event.attempt,
        transient: event.transient === true,
      });
      return;
    case "intent":
    case "intent-closed":
      return folding.intents.apply(event);
    case "run-completed":
      state.end = { type: "run-completed" };
      return;
    case "run-failed":
      state.end = { type: "run-failed", reason: event.reason };
      return;
    case "run-interrupted":
      state.end = { type: "run-interrupted", reason: event.reason };
      return;
    case "superseded":
      state.supersededBy = { runId: event.by, fresh: event.fresh };
      return;
    case "deleted":
      state.deleted = true;
      return;
    case "run-started":
    default:
      throw newerVersionError(state.runId, `event "${String((event as { readonly type: unknown }).type)}"`);
  }
}
