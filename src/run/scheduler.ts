import type { Dependencies } from "./graph.ts";

/** What became of a component, as far as those after it care. */
export type Fate = "done" | "failed";

/**
 * Which component may start next: the lowest index of those whose predecessors are over, at most
 * `maxParallel` at a time. It knows no time and no processes; each call costs as much as the edges it touches.
 */
export class Scheduler {
  readonly #dependencies: readonly Dependencies[];
  readonly #maxParallel: number;
  /** Components after each one. */
  readonly #followers: number[][];
  /** Predecessors that are not over yet. */
  readonly #waiting: number[];
  /** Sorted; those before `#from` have started. */
  #ready: number[] = [];
  #from = 0;
  #running = 0;
  readonly #excluded: Set<number>;
  readonly #unmet: number[] = [];

  constructor(dependencies: readonly Dependencies[], maxParallel: number) {
    this.#dependencies = dependencies;
    this.#maxParallel = maxParallel;
    this.#followers = dependencies.map(() => []);
    this.#waiting = dependencies.map(({ after }) => after.length);
    this.#excluded = new Set();
    for (const [index, { after }] of dependencies.entries()) {
      for (const before of after) this.#followers[before]?.push(index);
    }
  }

  get running(): number {
    return this.#running;
  }

  /** Marks those that need not run (restored: `done`; left out too), before the first `next`. */
  begin(settled: ReadonlySet<number>): void {
    for (const index of settled) this.#excluded.add(index);
    for (const [index, waiting] of this.#waiting.entries()) {
      if (waiting === 0 && !settled.has(index)) this.#ready.push(index);
    }
    for (const index of settled) this.#release(index, "done");
  }

  /** The next component to start, marked as running; undefined where none may start now. */
  next(): number | undefined {
    if (this.#running >= this.#maxParallel) return undefined;
    const index = this.#ready[this.#from];
    if (index === undefined) return undefined;
    this.#from++;
    if (this.#from > 1024) {
      this.#ready = this.#ready.slice(this.#from);
      this.#from = 0;
    }
    this.#running++;
    return index;
  }

  /** A running component is over. */
  over(index: number, fate: Fate): void {
    this.#running--;
    this.#release(index, fate);
  }

  /** Components that can't run because one that they name failed, since the last call; in order of their indexes. */
  takeUnmet(): number[] {
    return this.#unmet.splice(0).toSorted((a, b) => a - b);
  }

  #release(first: number, fate: Fate): void {
    const open: [number, Fate][] = [[first, fate]];
    for (let item = open.pop(); item !== undefined; item = open.pop()) {
      const [index, came] = item;
      for (const follower of this.#followers[index] ?? []) {
        this.#waiting[follower] = (this.#waiting[follower] ?? 0) - 1;
        if (this.#excluded.has(follower)) continue;
        if (came === "failed" && this.#dependencies[follower]?.needsSuccess === true) {
          this.#excluded.add(follower);
          this.#unmet.push(follower);
          open.push([follower, "failed"]);
        } else if (this.#waiting[follower] === 0) this.#insert(follower);
      }
    }
  }

  #insert(index: number): void {
    let low = this.#from;
    let high = this.#ready.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ready[middle] ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    this.#ready.splice(low, 0, index);
  }
}
