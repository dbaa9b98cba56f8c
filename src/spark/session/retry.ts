import type { Clock, Random } from "../../base/mod.ts";

/** How long and how often something is tried again. */
export interface RetryPolicy {
  /** Wait before the first repeat, in ms; each further one waits `factor` times as long. */
  readonly firstMs: number;
  readonly factor: number;
  /** Longest wait, in ms. */
  readonly longestMs: number;
  /** Time since the last success after which it is given up, in ms. */
  readonly giveUpMs: number;
}

/** A lost connection to a session that was there: as long as Spark keeps an operation that nobody listens to. */
export const RECONNECT: RetryPolicy = { firstMs: 50, factor: 4, longestMs: 15_000, giveUpMs: 300_000 };
/** A server that never answered: it may be starting, but more likely the address is wrong. */
export const FIRST_CONNECT: RetryPolicy = { firstMs: 100, factor: 3, longestMs: 2_000, giveUpMs: 4_000 };

/** Counts the repeats of one thing. */
export class Retries {
  readonly #policy: RetryPolicy;
  readonly #clock: Clock;
  readonly #random: Random;
  #waitMs: number;
  #since: number | undefined;
  #repeated = false;

  constructor(policy: RetryPolicy, clock: Clock, random: Random) {
    this.#policy = policy;
    this.#clock = clock;
    this.#random = random;
    this.#waitMs = policy.firstMs;
  }

  /** Whether anything has been tried again at all. */
  get repeated(): boolean {
    return this.#repeated;
  }

  /** It worked: the next failure is a first one. */
  succeeded(): void {
    this.#waitMs = this.#policy.firstMs;
    this.#since = undefined;
  }

  /**
   * Waits before the next try, at least `leastMs`; false, at once, where it is to be given up.
   * @throws the signal's reason.
   */
  async wait(signal: AbortSignal | undefined, leastMs = 0): Promise<boolean> {
    const now = this.#clock.steady();
    this.#since ??= now;
    // Half of it by chance, so that many clients don't come back together.
    const waitMs = Math.max(leastMs, this.#waitMs * (1 - this.#random.fraction() / 2));
    if (now + waitMs - this.#since > this.#policy.giveUpMs) return false;
    this.#repeated = true;
    this.#waitMs = Math.min(this.#waitMs * this.#policy.factor, this.#policy.longestMs);
    await this.#clock.sleep(waitMs, signal);
    return true;
  }
}
