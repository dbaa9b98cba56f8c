import type { Clock } from "../base/mod.ts";
import type { Attempt } from "./attempt.ts";
import { attemptErrors } from "./attempt-errors.ts";
import { type StopReason, stopError } from "./stop-reason.ts";

/** Whether a run goes on, and the attempts that have to know when it does not. */
export class RunStop {
  readonly #active = new Set<Attempt>();
  readonly #stopping = new AbortController();
  #reason: StopReason | undefined;

  /** Why the run stops; the first reason stays. */
  get reason(): StopReason | undefined {
    return this.#reason;
  }

  /** An attempt has begun. */
  add(attempt: Attempt): void {
    this.#active.add(attempt);
  }

  /** An attempt is over. */
  remove(attempt: Attempt): void {
    this.#active.delete(attempt);
  }

  /** From here on nothing new starts; what runs is told to end. */
  stop(reason: StopReason): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    const error = stopError(reason);
    this.#stopping.abort(new Error(error.message));
    for (const attempt of this.#active) attempt.stop(error);
  }

  /** What still runs is killed at once. */
  kill(): void {
    for (const attempt of this.#active) attempt.kill(attemptErrors.killed(0));
  }

  /** Waits; false where the run stopped meanwhile. */
  async wait(ms: number, clock: Clock): Promise<boolean> {
    try {
      await clock.sleep(ms, this.#stopping.signal);
      return true;
    } catch (thrown) {
      if (this.#stopping.signal.aborted) return false;
      throw thrown;
    }
  }
}
