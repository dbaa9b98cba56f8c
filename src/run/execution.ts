import { type JsonValue, messageOf, startTimer } from "../base/mod.ts";
import type { RunEvent } from "../checkpoint/mod.ts";
import type { ComponentConfig } from "../config/mod.ts";
import type { LogLevel } from "../sdk/mod.ts";
import { givenUpText, recoveredText, retryText } from "./attempt-texts.ts";
import { Attempt, type AttemptOutcome } from "./attempt.ts";
import type { BreakerChange } from "./circuit-breaker.ts";
import { completionEvent, failureEvent, type GoodOutcome, type Try, withStarts } from "./component-events.ts";
import { type ComponentRecord, newRecord, restoredRecord } from "./component-record.ts";
import type { ExecuteRequest } from "./execute-request.ts";
import { interruptOf } from "./interrupt.ts";
import { onAbort } from "./on-abort.ts";
import { OrderMaker } from "./order-maker.ts";
import { Retries } from "./retries.ts";
import { type NextRetry, maxAttempts } from "./retry.ts";
import { RunHooks } from "./run-hooks.ts";
import { RunStop } from "./run-stop.ts";
import { Scheduler } from "./scheduler.ts";
import { endFacts, type EndFacts, type StopReason, lostBecause, stopError, stopWord } from "./stop-reason.ts";
import type { WorkerHandle } from "./worker-handle.ts";
import type { WireError } from "./worker/protocol.ts";
import { toWireError } from "./worker/wire-error.ts";

/** One run from its first component to its last: who starts when, what is recorded, who is told. */
export class Execution {
  readonly records: ComponentRecord[];
  readonly #request: ExecuteRequest;
  readonly #scheduler: Scheduler;
  readonly #hooks: RunHooks;
  readonly #stop = new RunStop();
  readonly #orders: OrderMaker;
  readonly #retries: Retries;
  #over: () => void = () => undefined;
  /** Attempts that are over and not yet recorded and told. */
  #settling = 0;
  #fault: Error | undefined;
  /** How the run ended where that came after its components. */
  #ended: StopReason | undefined;

  constructor(request: ExecuteRequest) {
    this.#request = request;
    this.#orders = new OrderMaker(request);
    this.#retries = new Retries(request.clock, request.random);
    this.#scheduler = new Scheduler(request.prepared.dependencies, request.maxParallel);
    this.records = request.decisions.map(({ reason }) => newRecord(reason));
    this.#hooks = new RunHooks(request, (error) => this.#stop.stop({ kind: "hook", error }));
  }

  /** Runs everything; resolves when nothing runs any more. The final event is the caller's. */
  async run(): Promise<EndFacts> {
    const { signal, kill, journal, timeoutMs } = this.#request;
    const release = [
      timeoutMs === undefined
        ? () => undefined
        : startTimer(timeoutMs, () => this.#stop.stop({ kind: "timeout", timeoutMs })),
      onAbort(signal, (reason) => this.#stop.stop({ kind: "interrupt", interrupt: interruptOf(reason) })),
      onAbort(kill, () => this.#stop.kill()),
      onAbort(journal?.lost, (reason) => this.#stop.stop(lostBecause(reason))),
    ];
    try {
      await this.#hooks.beforePipeline();
      await this.#restore();
      const done = new Promise<void>((resolve) => {
        this.#over = resolve;
      });
      await this.#record([], this.#claim());
      this.#endIfIdle();
      await done;
    } finally {
      for (const one of release) one();
    }
    if (this.#fault !== undefined) throw this.#fault;
    this.#closeRecords();
    return endFacts(this.#stop.reason, this.failed.length > 0);
  }

  /** Indexes of components that failed. */
  get failed(): number[] {
    return this.records.flatMap((record, index) => (record.status === "failed" ? [index] : []));
  }

  get stop(): StopReason | undefined {
    return this.#stop.reason ?? this.#ended;
  }

  /** The run ended otherwise than by its components. */
  endedBy(reason: StopReason): void {
    this.#ended ??= reason;
  }

  get hooks(): RunHooks {
    return this.#hooks;
  }

  /** Takes over what the checkpoint holds, and tells it. */
  async #restore(): Promise<void> {
    const { decisions, journal } = this.#request;
    const settled = new Set<number>();
    for (const { index, action, reason } of decisions) {
      if (action === "run") continue;
      settled.add(index);
      const completion = action === "restore" ? journal?.state().completions.get(index) : undefined;
      if (completion === undefined) continue;
      const outputs = await journal?.outputs(index);
      const record = restoredRecord({ ...completion, outputs }, reason);
      this.records[index] = record;
      this.#orders.completed(index, outputs);
      await this.#hooks.restored(index, record, completion.attempt);
    }
    this.#scheduler.begin(settled);
  }

  /** Components that may start now, marked as running. */
  #claim(): Try[] {
    const claimed: Try[] = [];
    while (this.#stop.reason === undefined) {
      const index = this.#scheduler.next();
      if (index === undefined) break;
      claimed.push({ index, attempt: 1, fresh: false });
    }
    return claimed;
  }

  /**
   * Makes events durable together with the starts that they allow, then lets those start. False where the
   * journal was lost: then nothing starts, and what happened is not to be reported.
   */
  async #record(
    events: readonly RunEvent[],
    next: readonly Try[],
    told?: () => Promise<void>,
  ): Promise<boolean> {
    const { journal } = this.#request;
    const all = withStarts(events, next);
    if (journal !== undefined && all.length > 0) {
      try {
        await journal.append(all);
      } catch (thrown) {
        this.#stop.stop(lostBecause(thrown));
        for (const one of next) this.#abandon(one.index);
        return false;
      }
      await this.#hooks.onCheckpoint(journal, all);
    }
    await told?.();
    for (const one of next) this.#launch(one);
    return true;
  }

  #launch(one: Try): void {
    this.#begin(one).catch((thrown: unknown) => {
      this.#attemptOver(one, undefined, 0, { how: "failed", error: toWireError(thrown) });
    });
  }

  async #begin(one: Try): Promise<void> {
    const { index, attempt } = one;
    const record = this.records[index];
    if (record === undefined) return;
    if (this.#stop.reason !== undefined) return this.#abandon(index);
    if (this.#hooks.has("beforeComponent")) await this.#hooks.beforeComponent(index, attempt);
    await this.#hooks.breaker(index, this.#retries.starts(this.#config(index)));
    const taken = this.#pool(index).take(one.fresh || this.#isolation(index) === "fresh");
    const worker = taken instanceof Promise ? await taken : taken;
    // Whoever stopped the run while a worker was got ready has not seen this attempt.
    if (this.#stop.reason !== undefined) {
      this.#pool(index).give(worker, true);
      return this.#abandon(index);
    }
    if (attempt === 1 && record.attempts === 0) record.startedAt = this.#request.clock.steady();
    record.attempts = attempt;
    this.#start(one, worker);
    if (this.#isolation(index) === "fresh") this.#pool(index).prepare();
    return undefined;
  }

  #start(one: Try, worker: WorkerHandle): void {
    const { clock, graceMs, secrets } = this.#request;
    const { index } = one;
    const config = this.#config(index);
    const started = clock.steady();
    const attempt: Attempt = new Attempt({
      worker,
      order: this.#orders.order(index, one.attempt, worker),
      timeoutMs: config.timeoutMs,
      memoryLimit: config.memoryLimit,
      graceMs,
      keepStep: (name, result) => this.#keepStep(index, name, secrets.result(result)),
      progress: (done, total, label) => {
        const component = config.instanceName;
        const shown = label === undefined ? undefined : secrets.text(label);
        this.#request.log.observer.progress?.({ index, component, done, total, label: shown });
      },
      over: (outcome) => {
        this.#stop.remove(attempt);
        this.#attemptOver(one, worker, clock.steady() - started, outcome);
      },
    });
    this.#stop.add(attempt);
  }

  async #keepStep(index: number, name: string, result: JsonValue): Promise<void> {
    const { journal, secrets } = this.#request;
    const event: RunEvent = { type: "step-completed", index, name: secrets.stepName(name), result };
    if (journal === undefined) return;
    await journal.append([event]);
    await this.#hooks.onCheckpoint(journal, [event]);
  }

  #attemptOver(
    one: Try,
    worker: WorkerHandle | undefined,
    durationMs: number,
    outcome: AttemptOutcome,
  ): void {
    const { index } = one;
    const clean = outcome.how === "completed" || outcome.how === "skipped";
    if (worker !== undefined) this.#pool(index).give(worker, clean && this.#isolation(index) !== "fresh");
    this.#settling++;
    this.#settle(one, durationMs, outcome)
      .catch((thrown: unknown) => {
        // Nothing here throws unless we are wrong; the run ends, and the caller is told.
        this.#fault ??= new Error(messageOf(thrown), { cause: thrown });
        this.#stop.stop(lostBecause(thrown));
      })
      .finally(() => {
        this.#settling--;
        this.#endIfIdle();
      });
  }

  async #settle(one: Try, durationMs: number, outcome: AttemptOutcome): Promise<void> {
    switch (outcome.how) {
      case "completed":
      case "skipped":
        return this.#complete(one, durationMs, this.#request.secrets.outcome(outcome));
      case "again":
        this.#log(
          "warn",
          one.index,
          `an uncaught error may be an earlier component's: ${outcome.error.message}; it runs again in a new process`,
        );
        return this.#launch({ ...one, fresh: true });
      case "failed":
        return this.#fail(one, durationMs, this.#request.secrets.error(outcome.error));
      case "stopped":
        return this.#cancelled(one, durationMs, outcome.error);
    }
  }

  async #complete(one: Try, durationMs: number, outcome: GoodOutcome): Promise<void> {
    const { clock } = this.#request;
    const { index, attempt } = one;
    const record = this.records[index];
    if (record === undefined) return;
    const outputs = outcome.how === "completed" ? outcome.outputs : undefined;
    if (outcome.how === "completed" && outcome.leftovers) {
      this.#log("warn", index, "it left processes behind when it completed; they were ended");
    }
    this.#orders.completed(index, outputs);
    this.#scheduler.over(index, "done");
    const change = this.#retries.succeeded(this.#config(index));
    const event = completionEvent({ index, attempt, durationMs }, outcome, outputs, clock.now());
    const kept = await this.#record([event], this.#claim(), async () => {
      record.status = outcome.how;
      if (outcome.how === "skipped") record.reason = "skip-component";
      record.durationMs = clock.steady() - record.startedAt;
      record.outputs = outputs;
      record.error = undefined;
      if (record.failures.length > 0) this.#log("info", index, recoveredText(attempt, record.failures));
      await this.#hooks.breaker(index, change);
      if (this.#hooks.has("afterComponent")) await this.#hooks.afterComponent(index, record, attempt);
    });
    if (!kept) this.#notKept(record);
  }

  /** It did its work, and nobody will know: the next run does it again. */
  #notKept(record: ComponentRecord): void {
    record.status = "failed";
    record.reason = stopWord(this.#stop.reason);
    if (this.#stop.reason !== undefined) record.error = stopError(this.#stop.reason);
    record.durationMs = this.#request.clock.steady() - record.startedAt;
  }

  async #fail(one: Try, durationMs: number, error: WireError): Promise<void> {
    const { index, attempt } = one;
    const config = this.#config(index);
    const record = this.records[index];
    if (record === undefined) return;
    record.error = error;
    record.failures.push({ attempt, durationMs: Math.round(durationMs), error });
    const { change, next } = this.#retries.failed(config, error, record.startedAt);
    const retrying = this.#stop.reason === undefined && typeof next === "object";
    const transient = error.steering === "transient";
    const failure = failureEvent({ index, attempt, durationMs }, error, { retrying, transient });
    if (retrying) return this.#retry(one, error, failure, { next, change });
    record.status = "failed";
    record.reason = transient ? "transient-failure" : "failed";
    record.durationMs = this.#request.clock.steady() - record.startedAt;
    this.#scheduler.over(index, "failed");
    if (this.#request.failFast) this.#stop.stop({ kind: "failure", component: config.instanceName });
    for (const unmet of this.#scheduler.takeUnmet()) this.#unmet(unmet);
    await this.#record([failure], this.#claim(), async () => {
      const why = givenUpText(attempt, next);
      if (why !== undefined) this.#log("warn", index, why);
      await this.#hooks.breaker(index, change);
      await this.#hooks.failed(index, record, attempt, error);
    });
    return undefined;
  }

  #unmet(index: number): void {
    const record = this.records[index];
    if (record === undefined) return;
    record.status = "skipped";
    record.reason = "dependency-failed";
  }

  async #retry(
    { index, attempt }: Try,
    error: WireError,
    failure: RunEvent,
    after: { readonly next: Exclude<NextRetry, string>; readonly change: BreakerChange | undefined },
  ): Promise<void> {
    const { delayMs } = after.next;
    const allowed = maxAttempts(this.#config(index).retryPolicy);
    const kept = await this.#record([failure], [], async () => {
      this.#log("warn", index, retryText(attempt, allowed, error.message, after.next));
      await this.#hooks.breaker(index, after.change);
      await this.#hooks.retry(index, attempt + 1, allowed, delayMs, error);
    });
    const waited = kept && (await this.#stop.wait(delayMs, this.#request.clock));
    if (!waited) {
      const record = this.records[index];
      if (record !== undefined) record.status = "failed";
      this.#abandon(index);
      return;
    }
    await this.#record([], [{ index, attempt: attempt + 1, fresh: false }]);
    return undefined;
  }

  /** It was told to stop, because of the run and not of itself: that does not count against it. */
  async #cancelled(one: Try, durationMs: number, error: WireError): Promise<void> {
    const record = this.records[one.index];
    if (record === undefined) return;
    record.status = "failed";
    record.reason = stopWord(this.#stop.reason);
    record.error = error;
    record.durationMs = this.#request.clock.steady() - record.startedAt;
    this.#scheduler.over(one.index, "failed");
    // An interruption is told by the run's end; a sibling's failure is no word against this one.
    const facts = { index: one.index, attempt: one.attempt, durationMs };
    const failure = failureEvent(facts, error, { retrying: false, transient: true });
    const events = this.#stop.reason?.kind === "failure" ? [failure] : [];
    await this.#record(events, [], () => this.#hooks.failed(one.index, record, one.attempt, error));
  }

  /** A component that was to start does not. */
  #abandon(index: number): void {
    const record = this.records[index];
    if (record !== undefined) record.reason = stopWord(this.#stop.reason);
    this.#scheduler.over(index, "failed");
    this.#endIfIdle();
  }

  #endIfIdle(): void {
    if (this.#fault !== undefined || (this.#scheduler.running === 0 && this.#settling === 0)) this.#over();
  }

  /** Those that nothing was decided about have not been reached. */
  #closeRecords(): void {
    for (const unmet of this.#scheduler.takeUnmet()) this.#unmet(unmet);
    for (const [index, record] of this.records.entries()) {
      if (record.status === "not-run" && this.#request.decisions[index]?.action === "run") {
        record.reason = stopWord(this.#stop.reason);
      }
    }
  }

  #config(index: number): ComponentConfig {
    const config = this.#request.prepared.components[index]?.config;
    if (config === undefined) throw new Error(`there is no component ${index}`);
    return config;
  }

  #isolation(index: number): string {
    return this.#request.isolation ?? this.#config(index).isolation ?? "process";
  }

  #pool(index: number): ExecuteRequest["processes"] {
    return this.#isolation(index) === "none" ? this.#request.inRunner : this.#request.processes;
  }

  #log(level: LogLevel, index: number, message: string): void {
    const component = this.#config(index).instanceName;
    this.#request.log.line({ component, level, source: "runner", message, fields: undefined });
  }
}
