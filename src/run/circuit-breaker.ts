import type { Clock } from "../base/mod.ts";
import type { CircuitBreakerPolicy } from "../config/mod.ts";
import type { BreakerState } from "../sdk/mod.ts";

/** A change of a breaker's state. */
export interface BreakerChange {
  readonly from: BreakerState;
  readonly to: BreakerState;
}

/**
 * The circuit breaker of one component in one run: counts failed attempts in a row, and once there are too many
 * lets none start until its time has passed. Each call that changes its state says so.
 */
export class CircuitBreaker {
  readonly #policy: CircuitBreakerPolicy;
  readonly #clock: Pick<Clock, "steady">;
  #state: BreakerState = "closed";
  /** Failures in a row while closed, successes while half-open. */
  #count = 0;
  #openedAt = 0;

  constructor(policy: CircuitBreakerPolicy, clock: Pick<Clock, "steady">) {
    this.#policy = policy;
    this.#clock = clock;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** How long no attempt may start, ms; 0: one may start now. */
  get closedToAttemptsMs(): number {
    if (this.#state !== "open") return 0;
    return Math.max(0, this.#openedAt + this.#policy.resetTimeoutMs - this.#clock.steady());
  }

  /** An attempt starts: after its time an open breaker lets one through to see whether things are better. */
  starts(): BreakerChange | undefined {
    return this.#state === "open" ? this.#become("half-open") : undefined;
  }

  succeeded(): BreakerChange | undefined {
    if (this.#state !== "half-open") {
      this.#count = 0;
      return undefined;
    }
    this.#count++;
    return this.#count >= this.#policy.halfOpenSuccessThreshold ? this.#become("closed") : undefined;
  }

  failed(): BreakerChange | undefined {
    this.#count++;
    const opens = this.#state === "half-open" || this.#count >= this.#policy.failureThreshold;
    if (!opens || this.#state === "open") return undefined;
    this.#openedAt = this.#clock.steady();
    return this.#become("open");
  }

  #become(to: BreakerState): BreakerChange {
    const from = this.#state;
    this.#state = to;
    this.#count = 0;
    return { from, to };
  }
}
