import { durationText } from "../../base/mod.ts";
import type { StoreCheck } from "./trial.ts";

/** How often the clock is read; the quickest answer tells most. */
const READINGS = 5;
/** An offset above this is a finding, in ms: no lease is lost by it, but times of logs and records mislead. */
const MOST_OFFSET_MS = 60_000;
/** What is not worth a figure, in ms: some stores tell whole seconds. */
const SMALL_MS = 1_000;

/** How far this machine's clock is off the store's. Leases don't rest on it: they run out by the store's clock alone. */
export const storeClock: StoreCheck = {
  name: "clock",
  async run({ store, clock, signal }) {
    let best = { offsetMs: 0, tripMs: Infinity };
    for (let reading = 0; reading < READINGS; reading++) {
      const [before, began] = [clock.now(), clock.steady()];
      const there = await store.time(signal);
      const tripMs = clock.steady() - began;
      if (tripMs < best.tripMs) best = { offsetMs: there - (before + tripMs / 2), tripMs };
    }
    const offsetMs = Math.round(best.offsetMs);
    const uncertaintyMs = Math.ceil(best.tripMs / 2);
    const summary = offsetText(offsetMs, uncertaintyMs);
    const isFar = Math.abs(offsetMs) > MOST_OFFSET_MS + best.tripMs;
    return {
      summary,
      facts: { offsetMs, uncertaintyMs },
      findings: isFar
        ? [
            {
              severity: "warning",
              code: "CLOCK_OFFSET",
              message: summary,
              hint: "Set this machine's clock (NTP). Leases don't rest on it, but times of records and logs do, and S3 refuses requests that are more than 15 minutes off.",
            },
          ]
        : [],
    };
  },
};

function offsetText(offsetMs: number, uncertaintyMs: number): string {
  const within = durationText(uncertaintyMs);
  if (Math.abs(offsetMs) <= uncertaintyMs + SMALL_MS)
    return `the store's clock agrees with this machine's (± ${within})`;
  const direction = offsetMs < 0 ? "behind" : "ahead of";
  return `the store's clock is ${durationText(Math.abs(offsetMs))} ${direction} this machine's (± ${within})`;
}
