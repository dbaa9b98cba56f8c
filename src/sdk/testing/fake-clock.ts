import type { Clock } from "../../base/mod.ts";

/** A clock that stands until it is moved. */
export interface FakeClock extends Clock {
  /** Moves the time on by `ms` and wakes who has slept that long, in order. */
  advance(ms: number): void;
}

/** 2026-01-01T00:00:00Z: tests read better from a round beginning. */
const DEFAULT_START_MS = Date.UTC(2026, 0, 1);

interface Sleeper {
  readonly at: number;
  wake(): void;
}

/** Makes a {@link FakeClock}; `startMs` counts from the epoch. */
export function fakeClock(startMs: number = DEFAULT_START_MS): FakeClock {
  let passed = 0;
  const sleepers = new Set<Sleeper>();
  return {
    now: () => startMs + passed,
    steady: () => passed,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        const abort = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason as Error);
        };
        const sleeper: Sleeper = {
          at: passed + ms,
          wake() {
            signal?.removeEventListener("abort", abort);
            resolve();
          },
        };
        if (signal?.aborted === true) return abort();
        signal?.addEventListener("abort", abort, { once: true });
        sleepers.add(sleeper);
        return undefined;
      });
    },
    advance(ms) {
      passed += ms;
      const due = [...sleepers].filter((sleeper) => sleeper.at <= passed).toSorted((a, b) => a.at - b.at);
      for (const sleeper of due) {
        sleepers.delete(sleeper);
        sleeper.wake();
      }
    },
  };
}
