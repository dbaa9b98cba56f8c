import type { Clock } from "../../../src/base/mod.ts";
import {
  openMemoryObjects,
  openObjectStore,
  type CheckpointStore,
  type LeaseHolder,
  type ObjectMemory,
  type ObjectOperations,
} from "../../../src/store/mod.ts";

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** A process's clock: it can be stopped, as the process by SIGSTOP, while the world goes on. */
export interface ProcessClock extends Clock {
  stopped: boolean;
}

/** One time for all; every process has a wall clock of its own that may be wrong, and may be stopped. */
export class World {
  /** The store's time in ms since the epoch. */
  time: number = Date.UTC(2026, 0, 1);
  readonly memory: ObjectMemory = new Map();
  readonly #sleepers = new Map<ProcessClock, Set<Sleeper>>();

  /** The five operations on the world's objects, by the store's own clock. */
  objects(): ObjectOperations {
    const clock = { now: () => this.time, steady: () => this.time, sleep: () => Promise.resolve() };
    return openMemoryObjects({ memory: this.memory, clock });
  }

  /** The clock of a new process, whose wall clock is `skewMs` off. */
  clock(skewMs: number = 0): ProcessClock {
    const sleepers = new Set<Sleeper>();
    const clock: ProcessClock = {
      stopped: false,
      now: () => this.time + skewMs,
      steady: () => this.time,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted === true) return reject(signal.reason as Error);
          const abort = (): void => {
            sleepers.delete(sleeper);
            reject(signal?.reason as Error);
          };
          const sleeper = {
            at: this.time + ms,
            wake: () => {
              signal?.removeEventListener("abort", abort);
              resolve();
            },
          };
          signal?.addEventListener("abort", abort, { once: true });
          sleepers.add(sleeper);
          return undefined;
        }),
    };
    this.#sleepers.set(clock, sleepers);
    return clock;
  }

  /** A process with a store of its own on the world's objects. */
  process(options: { skewMs?: number; objects?: ObjectOperations; leaseMs?: number } = {}): {
    store: CheckpointStore;
    clock: ProcessClock;
  } {
    const clock = this.clock(options.skewMs);
    const store = openObjectStore({
      objects: options.objects ?? this.objects(),
      clock,
      leaseMs: options.leaseMs ?? LEASE_MS,
      isGone: () => false,
    });
    return { store, clock };
  }

  /** Lets time pass in small steps, and everybody who isn't stopped act in each. */
  async pass(ms: number, stepMs: number = 500): Promise<void> {
    const end = this.time + ms;
    await turns();
    while (this.time < end) {
      this.time = Math.min(end, this.time + stepMs);
      for (const [clock, sleepers] of this.#sleepers) {
        if (clock.stopped) continue;
        for (const sleeper of [...sleepers].filter(({ at }) => at <= this.time)) {
          sleepers.delete(sleeper);
          sleeper.wake();
        }
      }
      await turns();
    }
  }
}

export const LEASE_MS = 60_000;

/** Lets everything go on that waits for no clock. */
export async function turns(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

export function holderOf(id: string): LeaseHolder {
  return {
    id,
    host: "host",
    pid: 1,
    pidStart: "1",
    bootId: "boot",
    pidNamespace: "pid:[1]",
    since: "2026-01-01T00:00:00.000Z",
    groups: [],
  };
}
