import { expect, jest, test } from "bun:test";
import { MAX_TIMER_MS, startTimer, systemClock } from "../../src/base/mod.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

test("a timer longer than the runtime's longest fires after its time, not at once", () => {
  jest.useFakeTimers();
  try {
    let fired = 0;
    startTimer(60 * DAY_MS, () => fired++);
    const stop = startTimer(MAX_TIMER_MS + 1, () => (fired += 100));
    jest.advanceTimersByTime(MAX_TIMER_MS);
    expect(fired).toBe(0);
    stop();
    jest.advanceTimersByTime(60 * DAY_MS - MAX_TIMER_MS - 1);
    expect(fired).toBe(0);
    jest.advanceTimersByTime(1);
    expect(fired).toBe(1);
  } finally {
    jest.useRealTimers();
  }
});

test("a long sleep ends as soon as it is called off", async () => {
  const over = new AbortController();
  const slept = systemClock.sleep(60 * DAY_MS, over.signal);
  over.abort(new Error("enough"));
  expect(slept).rejects.toThrow("enough");
});
