import type { Completion, IntentEvent, PublishIntent, RunEvent } from "../checkpoint/mod.ts";
import type { ComponentConfig } from "../config/mod.ts";
import type { LogLevel } from "../sdk/mod.ts";
import { givenUpText, recoveredText, retryText } from "./attempt-texts.ts";
import type { AttemptOutcome } from "./attempt.ts";
import type { BreakerChange } from "./circuit-breaker.ts";
import {
  completionEvent,
  completionOf,
  failureEvent,
  type GoodOutcome,
  type Try,
} from "./component-events.ts";
import type { ComponentRecord } from "./component-record.ts";
import type { ExecuteRequest } from "./execute-request.ts";
import type { IntentBook } from "./intent-book.ts";
import type { OrderMaker } from "./order-maker.ts";
import type { OutputPublisher, PublishedOutputs } from "./output-publisher.ts";
import type { Retries } from "./retries.ts";
import { type NextRetry, maxAttempts } from "./retry.ts";
import type { RunHooks } from "./run-hooks.ts";
import type { RunStop } from "./run-stop.ts";
import type { Scheduler } from "./scheduler.ts";
import { isTakenOver, lostBecause, stopError, stopWord } from "./stop-reason.ts";
import type { WireError } from "./worker/protocol.ts";
import { toWireError } from "./worker/wire-error.ts";

/** What settling rests on: the parts of one execution. */
export interface SettlerParts {
  readonly request: ExecuteRequest;
  readonly book: IntentBook;
  readonly publisher: OutputPublisher;
  readonly records: ComponentRecord[];
  readonly scheduler: Scheduler;
  readonly hooks: RunHooks;
  readonly stop: RunStop;
  readonly orders: OrderMaker;
  readonly retries: Retries;
  config(index: number): ComponentConfig;
  /** Components that may start now, marked as running. */
  claim(): Try[];
  /** Makes events durable with the starts that they allow, then tells and starts; false where the journal was lost. */
  record(events: readonly RunEvent[], next: readonly Try[], told?: () => Promise<void>): Promise<boolean>;
  launch(one: Try): void;
  /** A component that was to start does not. */
  abandon(index: number): void;
}

/** What follows from the end of an attempt: its record, its retry, what may start after it. */
export class AttemptSettler {
  readonly #parts: SettlerParts;

  constructor(parts: SettlerParts) {
    this.#parts = parts;
  }

  /** Records and tells how an attempt came out, and starts what may start after it. */
  async settle(one: Try, durationMs: number, outcome: AttemptOutcome): Promise<void> {
    switch (outcome.how) {
      case "completed":
      case "skipped":
        return this.#complete(one, durationMs, this.#parts.request.secrets.outcome(outcome));
      case "again":
        this.#log(
          "warn",
          one.index,
          `an uncaught error may be an earlier component's: ${outcome.error.message}; it runs again in a new process`,
        );
        return this.#parts.launch({ ...one, fresh: true });
      case "failed":
        return this.#fail(one, durationMs, this.#parts.request.secrets.error(outcome.error));
      case "stopped":
        return this.#cancelled(one, durationMs, outcome.error);
    }
  }

  async #complete(one: Try, durationMs: number, outcome: GoodOutcome): Promise<void> {
    const { index, attempt } = one;
    const outputs = outcome.how === "completed" ? outcome.outputs : undefined;
    if (outcome.how === "completed" && outcome.leftovers) {
      this.#log("warn", index, "it left processes behind when it completed; they were ended");
    }
    const completion = completionOf(
      { index, attempt, durationMs },
      outcome,
      outputs,
      this.#parts.request.clock.now(),
    );
    const staged = outcome.how === "completed" ? (outcome.staged ?? []) : [];
    const published = await this.#published(one, durationMs, () =>
      staged.length === 0
        ? this.#nothingToPublish(index, completion)
        : this.#parts.publisher.publish(index, completion, staged),
    );
    if (published !== undefined) await this.#record(one, completion, published);
  }

  /**
   * Finishes a publication that was begun before, in place of an attempt; false where that can't be, so that the
   * component runs.
   */
  async finishPublish(one: Try, intent: PublishIntent): Promise<boolean> {
    const record = this.#parts.records[one.index];
    if (record?.attempts === 0) record.startedAt = this.#parts.request.clock.steady();
    let isLost = false;
    const published = await this.#published(one, 0, async () => {
      const finished = await this.#parts.publisher.finish(one.index, intent);
      isLost = finished === undefined;
      return finished;
    });
    if (published !== undefined) await this.#record(one, intent.completion, published);
    return !isLost;
  }

  /** What was published; undefined where it was not, and that is settled. */
  async #published(
    one: Try,
    durationMs: number,
    publish: () => Promise<PublishedOutputs | undefined>,
  ): Promise<PublishedOutputs | undefined> {
    const { request, records, stop, scheduler } = this.#parts;
    try {
      return await publish();
    } catch (thrown) {
      const record = records[one.index];
      if (request.journal?.lost.aborted !== true) {
        await this.#fail(one, durationMs, request.secrets.error(toWireError(thrown)));
      } else if (record !== undefined) {
        stop.stop(lostBecause(thrown));
        await this.#sweep(one.index);
        scheduler.over(one.index, "failed");
        this.#notKept(record);
      }
      return undefined;
    }
  }

  async #nothingToPublish(index: number, { artifacts = [] }: Completion): Promise<PublishedOutputs> {
    return { artifacts, closed: await this.#parts.publisher.sweepCompleted(index) };
  }

  async #record(one: Try, completed: Completion, { artifacts, closed }: PublishedOutputs): Promise<void> {
    const { request, records, scheduler, orders, retries, hooks, book } = this.#parts;
    const { index } = one;
    const record = records[index];
    if (record === undefined) return;
    const completion: Completion = { ...completed, ...(artifacts.length === 0 ? {} : { artifacts }) };
    const { attempt, outputs, skipped } = completion;
    orders.completed(index, outputs);
    scheduler.over(index, "done");
    const change = retries.succeeded(this.#parts.config(index));
    const events = [completionEvent(completion), ...closed];
    const kept = await this.#parts.record(events, this.#parts.claim(), async () => {
      book.completed(index, closed);
      record.status = skipped === undefined ? "completed" : "skipped";
      if (skipped !== undefined) record.reason = "skip-component";
      record.durationMs = request.clock.steady() - record.startedAt;
      record.outputs = outputs;
      record.error = undefined;
      if (record.failures.length > 0) this.#log("info", index, recoveredText(attempt, record.failures));
      await hooks.breaker(index, change);
      if (hooks.has("afterComponent")) await hooks.afterComponent(index, record, attempt);
    });
    if (!kept) this.#notKept(record);
  }

  /** It did its work, and nobody will know: the next run does it again. */
  #notKept(record: ComponentRecord): void {
    record.status = "failed";
    record.reason = stopWord(this.#parts.stop.reason);
    if (this.#parts.stop.reason !== undefined) record.error = stopError(this.#parts.stop.reason);
    record.durationMs = this.#parts.request.clock.steady() - record.startedAt;
  }

  async #fail(one: Try, durationMs: number, error: WireError): Promise<void> {
    const { index, attempt } = one;
    const config = this.#parts.config(index);
    const record = this.#parts.records[index];
    if (record === undefined) return;
    record.error = error;
    record.failures.push({ attempt, durationMs: Math.round(durationMs), error });
    const swept = await this.#sweep(index);
    const { change, next } = this.#parts.retries.failed(config, error, record.startedAt);
    const retrying = this.#parts.stop.reason === undefined && typeof next === "object";
    const transient = error.steering === "transient";
    const failure = failureEvent({ index, attempt, durationMs }, error, { retrying, transient });
    if (retrying) return this.#retry(one, error, [failure, ...swept], { next, change });
    record.status = "failed";
    record.reason = transient ? "transient-failure" : "failed";
    record.durationMs = this.#parts.request.clock.steady() - record.startedAt;
    this.#parts.scheduler.over(index, "failed");
    if (this.#parts.request.failFast)
      this.#parts.stop.stop({ kind: "failure", component: config.instanceName });
    this.takeUnmet();
    await this.#parts.record([failure, ...swept], this.#parts.claim(), async () => {
      const why = givenUpText(attempt, next);
      if (why !== undefined) this.#log("warn", index, why);
      await this.#parts.hooks.breaker(index, change);
      await this.#parts.hooks.failed(index, record, attempt, error);
    });
    return undefined;
  }

  #unmet(index: number): void {
    const record = this.#parts.records[index];
    if (record === undefined) return;
    record.status = "skipped";
    record.reason = "dependency-failed";
  }

  async #retry(
    { index, attempt }: Try,
    error: WireError,
    failure: readonly RunEvent[],
    after: { readonly next: Exclude<NextRetry, string>; readonly change: BreakerChange | undefined },
  ): Promise<void> {
    const { delayMs } = after.next;
    const allowed = maxAttempts(this.#parts.config(index).retryPolicy);
    const kept = await this.#parts.record(failure, [], async () => {
      this.#log("warn", index, retryText(attempt, allowed, error.message, after.next));
      await this.#parts.hooks.breaker(index, after.change);
      await this.#parts.hooks.retry(index, attempt + 1, allowed, delayMs, error);
    });
    const waited = kept && (await this.#parts.stop.wait(delayMs, this.#parts.request.clock));
    if (!waited) {
      const record = this.#parts.records[index];
      if (record !== undefined) record.status = "failed";
      this.#parts.abandon(index);
      return;
    }
    await this.#parts.record([], [{ index, attempt: attempt + 1, fresh: false }]);
    return undefined;
  }

  /** It was told to stop, because of the run and not of itself: that does not count against it. */
  async #cancelled(one: Try, durationMs: number, error: WireError): Promise<void> {
    const record = this.#parts.records[one.index];
    if (record === undefined) return;
    record.status = "failed";
    record.reason = stopWord(this.#parts.stop.reason);
    record.error = error;
    record.durationMs = this.#parts.request.clock.steady() - record.startedAt;
    const swept = await this.#sweep(one.index);
    this.#parts.scheduler.over(one.index, "failed");
    // An interruption is told by the run's end; a sibling's failure is no word against this one.
    const facts = { index: one.index, attempt: one.attempt, durationMs };
    const failure = failureEvent(facts, error, { retrying: false, transient: true });
    const events = this.#parts.stop.reason?.kind === "failure" ? [failure] : [];
    await this.#parts.record([...events, ...swept], [], () =>
      this.#parts.hooks.failed(one.index, record, one.attempt, error),
    );
  }

  /** Removes what the attempt had staged. Where the journal's store failed, nobody knows what it says: the next start does it. */
  async #sweep(index: number): Promise<readonly IntentEvent[]> {
    const { publisher, book, request } = this.#parts;
    const lost = request.journal?.lost;
    if (lost?.aborted === true && !isTakenOver(lost.reason as Error)) return [];
    const swept = await publisher.sweep(index, this.#parts.stop.reason !== undefined);
    book.note(swept);
    return swept;
  }

  /** Marks the components that can't run because one that they name failed. */
  takeUnmet(): void {
    for (const unmet of this.#parts.scheduler.takeUnmet()) this.#unmet(unmet);
  }

  #log(level: LogLevel, index: number, message: string): void {
    const component = this.#parts.config(index).instanceName;
    this.#parts.request.log.line({ component, level, source: "runner", message, fields: undefined });
  }
}
