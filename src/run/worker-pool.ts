import type { ProcessGroup } from "../store/mod.ts";
import type { WorkerHandle } from "./worker-handle.ts";
import type { RunFacts } from "./worker/protocol.ts";

/** Workers that may die one after the other while they are got ready for one component. */
const MAX_DEATHS = 3;

export interface PoolOptions {
  /** Starts a worker. */
  start(): WorkerHandle;
  /** Notes the process groups of all workers for a successor; before a component runs in a new one. */
  noteGroups(groups: readonly ProcessGroup[]): Promise<void>;
}

/** Workers by turns: reused after a clean end, each with what it was told of completed components. */
export class WorkerPool {
  readonly #options: PoolOptions;
  readonly #idle: WorkerHandle[] = [];
  readonly #all = new Set<WorkerHandle>();
  readonly #closing = new Set<Promise<void>>();
  #noted = new Set<WorkerHandle>();
  #run: RunFacts | undefined;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  /** All workers there are. */
  get workers(): Iterable<WorkerHandle> {
    return this.#all;
  }

  /** From here on workers run components of this run; those that wait are told. */
  open(run: RunFacts): void {
    this.#run = run;
    for (const worker of this.#idle) worker.open(run);
  }

  /** Starts a worker ahead of its need, where none waits. */
  prepare(): void {
    if (!this.#idle.some((worker) => worker.reusable)) this.#idle.push(this.#start());
  }

  /** A worker that waits, without taking it; started where there is none. */
  borrow(): WorkerHandle {
    this.prepare();
    const worker = this.#idle.find((one) => one.reusable);
    if (worker === undefined) throw new Error("a worker that was just started is gone");
    return worker;
  }

  /** A worker, one that has run nothing if `fresh`; without waiting where one is ready and noted. */
  take(fresh: boolean): WorkerHandle | Promise<WorkerHandle> {
    const worker = this.#next(fresh);
    if (this.#noted.has(worker) || worker.group === undefined) return worker;
    return this.#takeNoted(worker, fresh);
  }

  /** Noting takes its time on a remote store: a worker that died meanwhile is of no use. */
  async #takeNoted(first: WorkerHandle, fresh: boolean): Promise<WorkerHandle> {
    let worker = first;
    for (let deaths = 0; ; deaths++) {
      await this.#note();
      // Where workers die at once, the component that starts in one is told how.
      if (worker.reusable || deaths >= MAX_DEATHS) return worker;
      this.#retire(worker);
      worker = this.#next(fresh);
    }
  }

  #next(fresh: boolean): WorkerHandle {
    for (const idle of this.#idle.filter((one) => !one.reusable)) {
      this.#idle.splice(this.#idle.indexOf(idle), 1);
      this.#retire(idle);
    }
    const at = this.#idle.findIndex((worker) => worker.reusable && (!fresh || worker.attempts === 0));
    const worker = at === -1 ? this.#start() : this.#idle.splice(at, 1)[0];
    if (worker === undefined) throw new Error("an idle worker was lost");
    return worker;
  }

  /** Takes a worker back after an attempt; it is ended where it may not be used again. */
  give(worker: WorkerHandle, keep: boolean): void {
    if (keep && worker.reusable) this.#idle.push(worker);
    else this.#retire(worker);
  }

  /** Kills everything at once. */
  kill(): void {
    for (const worker of this.#all) worker.kill();
  }

  /** Ends all workers, and starts none any more; resolves when they are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const worker of this.#all) this.#retire(worker, true);
    await Promise.all(this.#closing);
  }

  #start(): WorkerHandle {
    // What was under way when the run was refused may ask for one yet.
    if (this.#closed) throw new Error("the run's workers have been ended");
    const worker = this.#options.start();
    this.#all.add(worker);
    if (this.#run !== undefined) worker.open(this.#run);
    return worker;
  }

  #retire(worker: WorkerHandle, last = false): void {
    if (!this.#all.delete(worker)) return;
    this.#noted.delete(worker);
    const closed = worker.close(last);
    this.#closing.add(closed);
    closed.finally(() => this.#closing.delete(closed)).catch(() => undefined);
  }

  async #note(): Promise<void> {
    const now = new Set(this.#all);
    const groups = [...now].flatMap((worker) => (worker.group === undefined ? [] : [worker.group]));
    await this.#options.noteGroups(groups);
    this.#noted = now;
  }
}
