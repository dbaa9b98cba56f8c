import type { Clock, Random } from "../base/mod.ts";
import type { ComponentConfig } from "../config/mod.ts";
import { type BreakerChange, CircuitBreaker } from "./circuit-breaker.ts";
import { isRetryable, type NextRetry, nextRetry } from "./retry.ts";
import type { WireError } from "./worker/protocol.ts";

/** What follows a failed attempt. */
export interface AfterFailure {
  /** What the breaker did. */
  readonly change: BreakerChange | undefined;
  /** `not-retryable`: the policy, or the absence of one, leaves this error alone. */
  readonly next: NextRetry | "not-retryable";
}

/** Retries and circuit breakers of the components of one run; on resume as on a fresh run they begin anew. */
export class Retries {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #spent = new Map<number, number>();
  readonly #breakers = new Map<number, CircuitBreaker>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** An attempt starts. */
  starts(component: ComponentConfig): BreakerChange | undefined {
    return this.#breaker(component)?.starts();
  }

  succeeded(component: ComponentConfig): BreakerChange | undefined {
    return this.#breaker(component)?.succeeded();
  }

  /** @param startedAt First attempt in this run, on the steady clock. */
  failed(component: ComponentConfig, error: WireError, startedAt: number): AfterFailure {
    const breaker = this.#breaker(component);
    const change = breaker?.failed();
    const { index, retryPolicy } = component;
    if (retryPolicy === undefined || !isRetryable(retryPolicy, error))
      return { change, next: "not-retryable" };
    const position = {
      spent: this.#spent.get(index) ?? 0,
      elapsedMs: this.#clock.steady() - startedAt,
      openMs: breaker?.closedToAttemptsMs ?? 0,
    };
    const next = nextRetry(retryPolicy, position, this.#random.fraction());
    if (typeof next === "object") this.#spent.set(index, next.spent);
    return { change, next };
  }

  #breaker({ index, circuitBreaker }: ComponentConfig): CircuitBreaker | undefined {
    if (circuitBreaker === undefined) return undefined;
    const known = this.#breakers.get(index);
    if (known !== undefined) return known;
    const made = new CircuitBreaker(circuitBreaker, this.#clock);
    this.#breakers.set(index, made);
    return made;
  }
}
