import { CairnError, isoTime } from "../base/mod.ts";
import type { Carried, KeyLogEntry, RunEvent, RunStarted } from "./events.ts";
import { FORMAT_VERSION } from "./events.ts";
import { carryAll } from "./carry-all.ts";
import { holdsMore } from "./cleanup.ts";
import { dropHead, writeHead } from "./head.ts";
import { leftStaged } from "./intents.ts";
import type { KeyLogEnd } from "./key-log.ts";
import type { KeyNames } from "./names.ts";
import { type EncodedRecord, encodeRecord, NO_PREVIOUS } from "./record.ts";
import { closing } from "./run-end.ts";
import { type RunReading, readRun } from "./run-reading.ts";
import { appendSettled } from "./settle.ts";
import type { RunHeader, StartRequest } from "./start.ts";
import type { RunState } from "./state.ts";
import { type BeginPlan, type FencePlan, NEVER_BEGUN } from "./start-plan.ts";

/** N's first record, with the event that the journal's fold begins with. */
export interface FirstRecord {
  readonly record: EncodedRecord;
  readonly started: RunStarted;
  readonly at: string;
}

/** Steps 3 to 5 of a start: the writes and the read-backs. Each answer "undefined" means: back to step 1. */
export class StartWriter {
  readonly #request: StartRequest;
  readonly #names: KeyNames;
  readonly #check: () => void;

  /** What there is to list of O, once this run goes on in its place. */
  #old: RunState | undefined;

  constructor(request: StartRequest, names: KeyNames, check: () => void) {
    this.#request = request;
    this.#names = names;
    this.#check = check;
  }

  /** Appends one event to a run that is not ours. Whatever comes of it is read in the next passage. */
  async fence(plan: FencePlan): Promise<undefined> {
    const { runId, log, state } = plan.reading;
    const record = await this.#append(this.#names.run(runId), log, plan.event);
    await this.#point("fenced");
    if (record !== undefined && state !== undefined) {
      await writeHead(this.#request.store, this.#names, state);
    }
    return undefined;
  }

  /**
   * Step 3: after this O's writer is refused for good and O's state is final. O counts only if it is whole and
   * `superseded` by N is its highest record: a record below a final one is void.
   */
  async fenceOld(plan: BeginPlan): Promise<RunReading | undefined | "again"> {
    const { old } = plan;
    this.#old = undefined;
    if (old === undefined) return undefined;
    const { store, signal } = this.#request;
    if (plan.supersede) {
      // Until this start has gone on, whoever lists O reads its journal.
      if (old.turnEnded) await dropHead(store, this.#names, old.runId);
      const end = closing(old, plan.fresh ? "fresh" : "resume");
      const event: RunEvent = { type: "superseded", by: plan.runId, fresh: plan.fresh, ...end };
      const record = await this.#append(this.#names.run(old.runId), old.log, event);
      if (record === undefined) return "again";
      await this.#point("superseded");
    }
    const now = await readRun(store, this.#names, old.runId, signal, old);
    await this.#point("old-read");
    if (!isFinal(plan, old, now)) return "again";
    this.#old = holdsMore(now) ? old.state : undefined;
    return now;
  }

  /** Step 4. `tells`: hooks listen to the run's end. */
  async appendKey(plan: BeginPlan, end: KeyLogEnd, tells: boolean): Promise<EncodedRecord | undefined> {
    const { pipelineName, runKey } = this.#request;
    const old = plan.old?.runId;
    const entry: KeyLogEntry = {
      type: "start",
      runId: plan.runId,
      ...(old !== undefined && (plan.fresh ? { retires: old } : { resumedFrom: old })),
      pipelineName,
      ...(runKey !== undefined && { runKey }),
      ...(tells && { tells }),
    };
    const record = await this.#append(this.#names.keys, end, entry);
    if (record !== undefined) await this.#point("key-log-appended");
    return record;
  }

  /** Step 5, the first record. */
  async appendFirst(
    plan: BeginPlan,
    old: RunReading | undefined,
    decided: RunHeader,
  ): Promise<FirstRecord | undefined> {
    const { clock, pipelineName, runKey } = this.#request;
    const state = plan.fresh ? undefined : old?.state;
    const header: RunHeader =
      plan.settle && state !== undefined
        ? {
            components: state.components,
            options: state.options,
            carried: carryAll(state),
            maxResumes: state.maxResumes,
          }
        : decided;
    const carried = state === undefined ? sweptBy(old) : header.carried;
    const started: RunStarted = {
      type: "run-started",
      format: FORMAT_VERSION,
      runId: plan.runId,
      rootRunId: state?.rootRunId ?? plan.runId,
      ...(state !== undefined && { resumedFrom: state.runId }),
      pipelineName,
      ...(runKey !== undefined && { runKey }),
      startedAt: isoTime(clock.now()),
      ...(state !== undefined && { rootStartedAt: state.rootStartedAt }),
      ...(header.maxResumes !== undefined && { maxResumes: header.maxResumes }),
      components: header.components,
      options: header.options,
      ...(carried !== undefined && { carried }),
    };
    const ending: RunEvent[] = plan.settle ? [{ type: "run-interrupted", reason: NEVER_BEGUN }] : [];
    const place = { next: plan.firstSeq, sum: NO_PREVIOUS };
    const record = await this.#append(this.#names.run(plan.runId), place, started, ...ending);
    if (record === undefined) return undefined;
    await this.#point("first-record");
    return { record, started, at: started.startedAt };
  }

  /** Step 5, the read-backs: without them two starters that adopted each other's run could both go on. */
  async readBack(plan: BeginPlan, key: EncodedRecord, first: FirstRecord): Promise<void> {
    const { store, signal } = this.#request;
    const end = await store.last(this.#names.keys, signal);
    await this.#point("key-log-checked");
    const journal = await store.read(this.#names.run(plan.runId), plan.firstSeq, signal);
    await this.#point("journal-checked");
    const ours = journal.length === 1 && journal[0]?.text === first.record.text;
    if (end?.text === key.text && ours) {
      if (this.#old !== undefined) await writeHead(store, this.#names, this.#old);
      return;
    }
    throw new CairnError(
      `Cannot start run "${plan.runId}": another start of this pipeline went on before it`,
      {
        code: "CHECKPOINT_FENCED",
        kind: "world",
        hint: 'See which with "cairn checkpoints list".',
        details: { runId: plan.runId },
      },
    );
  }

  /** Undefined where the number is somebody else's. */
  async #append(
    log: string,
    place: { readonly next: number; readonly sum: string },
    ...events: readonly (RunEvent | KeyLogEntry)[]
  ): Promise<EncodedRecord | undefined> {
    const { store, clock, random, signal } = this.#request;
    const record = encodeRecord({
      seq: place.next,
      nonce: random.nonce(),
      prev: place.sum,
      at: clock.now(),
      events: events.map((event) => JSON.stringify(event)),
    });
    const settled = await appendSettled(
      { store, clock, signal, check: this.#check },
      log,
      record.seq,
      record.text,
    );
    return settled.ours ? record : undefined;
  }

  async #point(name: string): Promise<void> {
    await this.#request.point?.(name);
  }
}

/** What a run that takes nothing over still has to remove: what O's attempts had staged. */
function sweptBy(old: RunReading | undefined): Carried | undefined {
  const intents = old?.state === undefined ? [] : leftStaged(old.state.intents.values());
  return intents.length === 0 ? undefined : { completions: [], steps: [], counts: [], intents };
}

/** Whether O, read again, is what was read before with `superseded` by N as its highest record. */
function isFinal(plan: BeginPlan, before: RunReading, now: RunReading): boolean {
  if (now.kind !== "superseded" || now.supersededBy?.runId !== plan.runId) return false;
  if (now.log.whole) return now.state !== undefined;
  const unchanged = now.stored.length === before.stored.length + (plan.supersede ? 1 : 0);
  return plan.fresh && !before.log.whole && unchanged;
}
