import { type Clock, durationText, type Random } from "../base/mod.ts";
import type { HttpConfig } from "./http-config.ts";
import { HttpFailure } from "./http-error.ts";

/** What tries are repeated with. */
export interface RetryTools {
  readonly config: Pick<HttpConfig, "retries" | "retryDelay" | "maxRetryDelay" | "maxRetryAfter">;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  warn(message: string): void;
}

/** Share of a delay that chance adds or takes, so that many clients don't come back at once. */
const JITTER = 0.2;

/** How long the server asks to wait, ms: `Retry-After` in seconds or as a date. */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const value = headers.get("retry-after")?.trim();
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/u.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/** The time before the next try: the server's wish, else twice as long each time. */
function delayOf(failure: HttpFailure, tried: number, { config, random }: RetryTools): number {
  const { retryAfterMs } = failure.facts;
  if (retryAfterMs !== undefined) return retryAfterMs;
  const delay = Math.min(config.maxRetryDelay, config.retryDelay * 2 ** (tried - 1));
  return delay * (1 + JITTER * (2 * random.fraction() - 1));
}

/**
 * Repeats what fails in a way that may pass. Rejects with the last {@link HttpFailure}; also where the server asks to wait
 * for longer than `max-retry-after`.
 * @param again Whether this failure allows another try at all.
 */
export async function withRetries<T>(
  tools: RetryTools,
  again: (failure: HttpFailure) => boolean,
  work: (tried: number) => Promise<T>,
): Promise<T> {
  const { config, clock, signal } = tools;
  for (let tried = 1; ; tried++) {
    try {
      return await work(tried);
    } catch (thrown) {
      signal.throwIfAborted();
      if (!(thrown instanceof HttpFailure) || !thrown.facts.passes || !again(thrown)) throw thrown;
      if (tried > config.retries) throw thrown;
      const delay = delayOf(thrown, tried, tools);
      if (delay > config.maxRetryAfter && thrown.facts.retryAfterMs !== undefined) {
        throw thrown.but(`${thrown.message}; it asks to wait for ${durationText(delay)}`, {
          code: "HTTP_RETRY_AFTER",
          hint: "Run again later, or raise max-retry-after.",
        });
      }
      tools.warn(
        `try ${tried} failed: ${thrown.message}; the next one in ${durationText(Math.round(delay))}`,
      );
      await clock.sleep(delay, signal);
    }
  }
}
