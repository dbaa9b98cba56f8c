import { type JsonValue, messageOf, startTimer } from "../base/mod.ts";
import type { PublishIntent, RunEvent } from "../checkpoint/mod.ts";
import type { ComponentConfig } from "../config/mod.ts";
import { AttemptSettler } from "./attempt-settler.ts";
import { IntentBook } from "./intent-book.ts";
import { Attempt, type AttemptOutcome } from "./attempt.ts";
import { type Try, withStarts } from "./component-events.ts";
import { type ComponentRecord, newRecord, restoredRecord } from "./component-record.ts";
import type { ExecuteRequest } from "./execute-request.ts";
import type { Dependencies } from "./graph.ts";
import { interruptOf } from "./interrupt.ts";
import { onAbort } from "./on-abort.ts";
import { OrderMaker } from "./order-maker.ts";
import { OutputPublisher } from "./output-publisher.ts";
import { Retries } from "./retries.ts";
import { RunHooks } from "./run-hooks.ts";
import { RunStop } from "./run-stop.ts";
import { Scheduler } from "./scheduler.ts";
import { endFacts, type EndFacts, type StopReason, lostBecause, stopWord } from "./stop-reason.ts";
import type { WorkerHandle } from "./worker-handle.ts";
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
  readonly #book: IntentBook;
  readonly #publisher: OutputPublisher;
  readonly #settler: AttemptSettler;
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
    this.#scheduler = new Scheduler(dependenciesOf(request), request.maxParallel);
    this.records = request.decisions.map(({ reason }) => newRecord(reason));
    this.#hooks = new RunHooks(request, (error) => this.#stop.stop({ kind: "hook", error }));
    const { journal, secrets, clock, declared, files, point } = request;
    this.#book = new IntentBook({
      journal,
      append: (events) => this.#append(events),
      secrets,
      clock,
      settleMs: request.config.checkpoint.intentSettleMs,
      declared,
      component: (index) => this.#config(index).instanceName,
    });
    const warn = (message: string): void => request.log.say("warn", message);
    this.#publisher = new OutputPublisher({ book: this.#book, files, lost: journal?.lost, warn, point });
    this.#settler = new AttemptSettler({
      book: this.#book,
      publisher: this.#publisher,
      request,
      records: this.records,
      scheduler: this.#scheduler,
      hooks: this.#hooks,
      stop: this.#stop,
      orders: this.#orders,
      retries: this.#retries,
      config: (index) => this.#config(index),
      claim: () => this.#claim(),
      record: (events, next, told) => this.#record(events, next, told),
      launch: (one) => this.#launch(one),
      abandon: (index) => this.#abandon(index),
    });
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
      await this.#record(await this.#sweepLeft(), this.#claim());
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

  /** What attempts of earlier runs had staged goes, but for what is still to be published. */
  async #sweepLeft(): Promise<readonly RunEvent[]> {
    const swept = await this.#publisher.sweep(undefined);
    this.#book.note(swept);
    return swept;
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
    await this.#request.point?.("recorded");
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
    const unpublished = this.#book.publishOf(index);
    if (unpublished !== undefined && (await this.#finishPublish(one, unpublished))) return undefined;
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

  async #finishPublish(one: Try, intent: PublishIntent): Promise<boolean> {
    this.#settling++;
    try {
      return await this.#settler.finishPublish(one, intent);
    } finally {
      this.#settling--;
      this.#endIfIdle();
    }
  }

  #start(one: Try, worker: WorkerHandle): void {
    const { clock, graceMs, secrets } = this.#request;
    const { index } = one;
    const config = this.#config(index);
    const started = clock.steady();
    const kept = this.#book.kept(index);
    const attempt: Attempt = new Attempt({
      worker,
      order: { ...this.#orders.order(index, one.attempt, worker), ...(kept.length > 0 && { kept }) },
      timeoutMs: config.timeoutMs,
      memoryLimit: config.memoryLimit,
      graceMs,
      keepStep: (name, result) => this.#keepStep(index, name, secrets.result(result)),
      answer: (body) => this.#book.answer(index, body),
      progress: (done, total, label) => {
        const component = config.instanceName;
        const shown = label === undefined ? undefined : secrets.text(label);
        this.#request.log.observer.progress?.({ index, component, done, total, label: shown });
      },
      over: (outcome) => {
        this.#stop.remove(attempt);
        if (attempt.killed) this.#book.gaveUp(index);
        this.#attemptOver(one, worker, clock.steady() - started, outcome);
      },
    });
    this.#stop.add(attempt);
  }

  async #keepStep(index: number, name: string, result: JsonValue): Promise<void> {
    await this.#append([
      { type: "step-completed", index, name: this.#request.secrets.stepName(name), result },
    ]);
  }

  /** Makes events durable that nothing follows from. */
  async #append(events: readonly RunEvent[]): Promise<void> {
    const { journal } = this.#request;
    if (journal === undefined) return;
    await journal.append(events);
    await this.#hooks.onCheckpoint(journal, events);
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
    this.#settler
      .settle(one, durationMs, outcome)
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
    this.#settler.takeUnmet();
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
}

/** What a component that this run leaves out has completed before counts as that for those that come after it. */
function dependenciesOf({ prepared, decisions }: ExecuteRequest): readonly Dependencies[] {
  const restored = decisions.flatMap(({ action, index }) => (action === "restore" ? [index] : []));
  return prepared.dependenciesWith(new Set(restored));
}
