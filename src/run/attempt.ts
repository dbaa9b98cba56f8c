import { type JsonObject, type JsonValue, startTimer } from "../base/mod.ts";
import type { Artifact } from "../checkpoint/mod.ts";
import { attemptErrors } from "./attempt-errors.ts";
import { memoryAbove } from "./resident-memory.ts";
import type { WorkerEnd, WorkerHandle } from "./worker-handle.ts";
import type { AttemptAsk, AttemptOrder, WireError } from "./worker/protocol.ts";
import { toWireError } from "./worker/wire-error.ts";

/** Time between two looks at the memory of a process that has a limit, in ms. */
const MEMORY_INTERVAL_MS = 50;

/** How an attempt came out. */
export type AttemptOutcome =
  | {
      readonly how: "completed";
      readonly outputs: JsonValue | undefined;
      readonly artifacts: readonly Artifact[] | undefined;
      /** What is to be published. */
      readonly staged?: readonly JsonObject[] | undefined;
      readonly leftovers: boolean;
    }
  | { readonly how: "skipped"; readonly reason: string }
  | { readonly how: "failed"; readonly error: WireError }
  /** It was told to stop, and did not complete. */
  | { readonly how: "stopped"; readonly error: WireError }
  /** An uncaught error that an earlier component may have left behind: to be run again in a new worker, free of charge. */
  | { readonly how: "again"; readonly error: WireError };

export interface AttemptRequest {
  readonly worker: WorkerHandle;
  readonly order: AttemptOrder;
  readonly timeoutMs: number | undefined;
  readonly memoryLimit: number | undefined;
  /** Between the abort and the kill, ms. */
  readonly graceMs: number;
  /** Makes a step's result durable. */
  keepStep(name: string, result: JsonValue): Promise<void>;
  /** Records, or tells, what the component asks about work outside. */
  answer(body: AttemptAsk): Promise<JsonValue | undefined>;
  progress(done: number, total: number | undefined, label: string | undefined): void;
  /** Called once, when it is over. */
  over(outcome: AttemptOutcome): void;
}

/** One attempt of one component, from its start to its end. */
export class Attempt {
  readonly #request: AttemptRequest;
  readonly #reused: boolean;
  #stopTimeout: (() => void) | undefined;
  #stopGrace: (() => void) | undefined;
  #memory: ReturnType<typeof setInterval> | undefined;
  /** Why it was told to end; the first reason stays. */
  #ending: { readonly how: "failed" | "stopped"; readonly error: WireError } | undefined;
  #killed = false;

  constructor(request: AttemptRequest) {
    this.#request = request;
    this.#reused = request.worker.attempts > 0;
    const { worker, order, timeoutMs, memoryLimit } = request;
    worker.start(order, {
      ended: (end) => this.#ended(end),
      step: (step, name, result) => this.#step(step, name, result),
      ask: (ask, body) => this.#ask(ask, body),
      progress: (done, total, label) => request.progress(done, total, label),
    });
    if (timeoutMs !== undefined) {
      this.#stopTimeout = startTimer(timeoutMs, () => this.#end("failed", attemptErrors.timeout(timeoutMs)));
    }
    if (memoryLimit !== undefined) this.#watchMemory(memoryLimit);
  }

  /** Aborts `ctx.signal`; after the grace the process is killed. */
  stop(reason: WireError): void {
    this.#end("stopped", reason);
  }

  /** Kills at once. */
  kill(reason: WireError): void {
    this.#ending ??= { how: "stopped", error: reason };
    this.#killed = true;
    this.#request.worker.kill();
  }

  #end(how: "failed" | "stopped", error: WireError): void {
    if (this.#ending !== undefined) return;
    this.#ending = { how, error };
    this.#request.worker.abort(error);
    this.#stopGrace = startTimer(this.#request.graceMs, () => {
      this.#killed = true;
      this.#request.worker.kill();
    });
  }

  #watchMemory(limit: number): void {
    const { pid } = this.#request.worker;
    if (pid === undefined) return;
    this.#memory = setInterval(() => {
      const used = memoryAbove(limit, pid);
      if (used === undefined) return;
      this.#ending ??= { how: "failed", error: attemptErrors.memory(limit, used) };
      this.#killed = true;
      this.#request.worker.kill();
    }, MEMORY_INTERVAL_MS);
  }

  #step(step: number, name: string, result: JsonValue): void {
    const { worker } = this.#request;
    this.#request.keepStep(name, result).then(
      () => worker.keptStep(step, undefined),
      (thrown: unknown) => worker.keptStep(step, toWireError(thrown)),
    );
  }

  #ask(ask: number, body: AttemptAsk): void {
    const { worker } = this.#request;
    this.#request.answer(body).then(
      (answer) => worker.answer(ask, answer, undefined),
      (thrown: unknown) => worker.answer(ask, undefined, toWireError(thrown)),
    );
  }

  #ended(end: WorkerEnd): void {
    this.#stopTimeout?.();
    this.#stopGrace?.();
    clearInterval(this.#memory);
    this.#request.over(this.#outcome(end));
  }

  #outcome(end: WorkerEnd): AttemptOutcome {
    const ending = this.#ending;
    // A completion that came although it was told to stop is one; past its own timeout it is not.
    const completes = end.how === "completed" || end.how === "skipped";
    if (ending !== undefined && !(completes && ending.how === "stopped")) return ending;
    switch (end.how) {
      case "completed": {
        const { outputs, artifacts, staged, leftovers } = end;
        return { how: "completed", outputs, artifacts, staged, leftovers: leftovers === true };
      }
      case "skipped":
        return { how: "skipped", reason: end.reason };
      case "failed":
        return { how: "failed", error: end.error };
      case "uncaught":
        return { how: this.#reused ? "again" : "failed", error: end.error };
      case "stuck":
        return { how: "failed", error: attemptErrors.stuck() };
      case "exited":
        return { how: "failed", error: attemptErrors.exited(end.code, end.signal) };
    }
  }

  /** True where the process had to be killed. */
  get killed(): boolean {
    return this.#killed;
  }
}
