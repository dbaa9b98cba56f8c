import type { RunEvent, RunJournal } from "../checkpoint/mod.ts";
import { configInput } from "../plugin/mod.ts";
import type { HookComponent, HookPoint, HookRun, PipelineHooks, RunStatus } from "../sdk/mod.ts";
import type { BreakerChange } from "./circuit-breaker.ts";
import { partsOf } from "./compose-hooks.ts";
import type { ComponentRecord } from "./component-record.ts";
import type { ExecuteRequest } from "./execute-request.ts";
import { HookCaller, hookError } from "./hook-caller.ts";
import type { WireError } from "./worker/protocol.ts";

/** The hooks of one run: gathers what each point is told, only where anybody listens. */
export class RunHooks {
  readonly #request: ExecuteRequest;
  readonly #caller: HookCaller;
  readonly #run: HookRun;
  readonly #watch: ReadonlySet<PipelineHooks>;

  constructor(request: ExecuteRequest, onCritical: (error: WireError) => void) {
    this.#request = request;
    this.#run = {
      runId: request.facts.runId,
      rootRunId: request.facts.rootRunId,
      runKey: request.facts.runKey,
      pipelineName: request.facts.pipelineName,
      resumedFrom: request.facts.resumedFrom,
      totalComponents: request.facts.total,
    };
    const watch = request.watch === undefined ? [] : partsOf(request.watch);
    this.#watch = new Set(watch);
    this.#caller = new HookCaller(
      [...request.hooks, ...watch],
      (hooks, point, error) => this.#report(hooks, point, error),
      onCritical,
    );
  }

  has(point: HookPoint): boolean {
    return this.#caller.has(point);
  }

  async beforePipeline(): Promise<void> {
    if (!this.has("beforePipeline")) return;
    await this.#caller.call("beforePipeline", { ...this.#run, failFast: this.#request.failFast });
  }

  /** `all`: false where another process tells it to all but the caller's own view. */
  async afterPipeline(
    facts: {
      readonly status: RunStatus;
      readonly durationMs: number;
      readonly completed: number;
      readonly failed: number;
      readonly error: WireError | undefined;
    },
    all: boolean,
  ): Promise<void> {
    if (!this.has("afterPipeline")) return;
    const error = facts.error === undefined ? undefined : hookError(facts.error);
    const told = { ...this.#run, ...facts, error };
    await this.#caller.call("afterPipeline", told, all ? undefined : this.#watch);
  }

  async beforeComponent(index: number, attempt: number): Promise<void> {
    if (!this.has("beforeComponent")) return;
    await this.#caller.call("beforeComponent", { ...this.#component(index), attempt });
  }

  async afterComponent(index: number, record: ComponentRecord, attempt: number): Promise<void> {
    if (!this.has("afterComponent")) return;
    const { durationMs, outputs } = record;
    const status = record.status === "skipped" ? "skipped" : "completed";
    await this.#caller.call("afterComponent", {
      ...this.#component(index),
      attempt,
      durationMs,
      status,
      outputs,
    });
  }

  async restored(index: number, record: ComponentRecord, attempt: number): Promise<void> {
    if (!this.has("afterComponent")) return;
    const { durationMs, outputs } = record;
    await this.#caller.call("afterComponent", {
      ...this.#component(index),
      attempt,
      durationMs,
      status: "restored",
      outputs,
    });
  }

  async failed(index: number, record: ComponentRecord, attempt: number, error: WireError): Promise<void> {
    if (!this.has("onComponentFailure")) return;
    await this.#caller.call("onComponentFailure", {
      ...this.#component(index),
      attempt,
      durationMs: record.durationMs,
      error: hookError(error),
    });
  }

  async retry(
    index: number,
    attempt: number,
    maxAttempts: number,
    delayMs: number,
    error: WireError,
  ): Promise<void> {
    if (!this.has("onRetryAttempt")) return;
    await this.#caller.call("onRetryAttempt", {
      ...this.#component(index),
      attempt,
      maxAttempts,
      delayMs,
      error: hookError(error),
    });
  }

  async breaker(index: number, change: BreakerChange | undefined): Promise<void> {
    if (change === undefined || !this.has("onCircuitBreakerStateChange")) return;
    await this.#caller.call("onCircuitBreakerStateChange", { ...this.#component(index), ...change });
  }

  async onCheckpoint(journal: RunJournal, events: readonly RunEvent[]): Promise<void> {
    if (!this.has("onCheckpoint")) return;
    const last = journal.lastAppend;
    if (last === undefined) return;
    const { seq, bytes, durationMs } = last;
    await this.#caller.call("onCheckpoint", {
      ...this.#run,
      seq,
      events: events.map(({ type }) => type),
      bytes,
      durationMs,
    });
  }

  #component(index: number): HookComponent {
    const config = this.#request.prepared.components[index]?.config;
    if (config === undefined) throw new Error(`there is no component ${index}`);
    return {
      ...this.#run,
      name: config.instanceName,
      type: config.instanceType,
      index,
      config: this.#request.redactor.json(configInput(config.instanceConfig).value),
    };
  }

  #report(hooks: string, point: HookPoint, error: WireError): void {
    this.#request.log.say("error", `hook ${point} of "${hooks}" failed: ${error.message}`);
  }
}
