/** The units of HOCON durations, in ms; names as the HOCON specification lists them. */
const UNITS: readonly { readonly names: readonly string[]; readonly ms: number }[] = [
  { names: ["ns", "nano", "nanos", "nanosecond", "nanoseconds"], ms: 1e-6 },
  { names: ["us", "micro", "micros", "microsecond", "microseconds"], ms: 1e-3 },
  { names: ["ms", "milli", "millis", "millisecond", "milliseconds"], ms: 1 },
  { names: ["s", "second", "seconds"], ms: 1000 },
  { names: ["m", "minute", "minutes"], ms: 60_000 },
  { names: ["h", "hour", "hours"], ms: 3_600_000 },
  { names: ["d", "day", "days"], ms: 86_400_000 },
];

/**
 * `10s`, `5 minutes`, `1.5h` → ms; undefined for anything else. A number needs its unit here, although HOCON
 * reads a bare one as milliseconds: on a command line `--timeout=30` is too easily meant as seconds.
 */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/u.exec(text.trim());
  if (match === null) return text.trim() === "0" ? 0 : undefined;
  const unit = UNITS.find(({ names }) => names.includes(match[2] ?? ""));
  return unit && Math.round(Number(match[1]) * unit.ms);
}
