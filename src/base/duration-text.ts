const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A length of time for people, two units at most: `3 ms`, `1.2 s`, `4 min 5 s`, `2 h 3 min`, `5 d 1 h`. */
export function durationText(ms: number): string {
  const sign = ms < 0 ? "-" : "";
  const length = Math.abs(ms);
  if (length < SECOND_MS) return `${sign}${Math.round(length)} ms`;
  if (length < MINUTE_MS) return `${sign}${(Math.floor(length / 100) / 10).toFixed(1)} s`;
  const [unit, name, smaller, smallerName] =
    length < HOUR_MS
      ? [MINUTE_MS, "min", SECOND_MS, "s"]
      : length < DAY_MS
        ? [HOUR_MS, "h", MINUTE_MS, "min"]
        : [DAY_MS, "d", HOUR_MS, "h"];
  const whole = Math.floor(length / unit);
  const rest = Math.floor((length % unit) / smaller);
  return `${sign}${whole} ${name}${rest === 0 ? "" : ` ${rest} ${smallerName}`}`;
}
