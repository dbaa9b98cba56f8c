import { trimSpace } from "./characters.ts";

/*
 * Durations, periods and sizes as the reference reads them: a number, white space or none, and a unit
 * whose case matters. A number of digits alone is exact; any other is a decimal.
 */

/** Why a text is no quantity. */
export interface UnitProblem {
  readonly message: string;
  readonly hint: string;
}

const NANOS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
  d: 86_400_000_000_000n,
};

/** Spellings of each unit of time besides its short one, without the final s. */
const TIME_NAMES: Readonly<Record<string, readonly string[]>> = {
  ns: ["nano", "nanosecond"],
  us: ["micro", "microsecond"],
  ms: ["milli", "millisecond"],
  s: ["second"],
  m: ["minute"],
  h: ["hour"],
  d: ["day"],
};

function timeUnits(): Map<string, bigint> {
  const units = new Map<string, bigint>([["", NANOS["ms"] ?? 0n]]);
  for (const [short, nanos] of Object.entries(NANOS)) {
    units.set(short, nanos);
    for (const name of TIME_NAMES[short] ?? []) units.set(name, nanos).set(`${name}s`, nanos);
  }
  return units;
}

const PREFIXES: readonly (readonly [decimal: string, binary: string])[] = [
  ["kilo", "kibi"],
  ["mega", "mebi"],
  ["giga", "gibi"],
  ["tera", "tebi"],
  ["peta", "pebi"],
  ["exa", "exbi"],
  ["zetta", "zebi"],
  ["yotta", "yobi"],
];

function sizeUnits(): Map<string, bigint> {
  const units = new Map<string, bigint>(["", "b", "B", "byte", "bytes"].map((unit) => [unit, 1n]));
  for (const [index, [decimal, binary]] of PREFIXES.entries()) {
    const power = BigInt(index + 1);
    const letter = decimal.charAt(0);
    const upper = letter.toUpperCase();
    for (const unit of [`${decimal}byte`, `${decimal}bytes`, index === 0 ? "kB" : `${upper}B`])
      units.set(unit, 1000n ** power);
    for (const unit of [`${binary}byte`, `${binary}bytes`, letter, upper, `${upper}i`, `${upper}iB`])
      units.set(unit, 1024n ** power);
  }
  return units;
}

const TIME_UNITS: ReadonlyMap<string, bigint> = timeUnits();
const SIZE_UNITS: ReadonlyMap<string, bigint> = sizeUnits();
const PERIOD_UNITS: ReadonlyMap<string, PeriodUnit> = new Map(
  (["d", "w", "m", "y"] as const).flatMap((unit) => {
    const names: Readonly<Record<PeriodUnit, readonly string[]>> = {
      d: ["", "d", "day", "days"],
      w: ["w", "week", "weeks"],
      m: ["m", "mo", "month", "months"],
      y: ["y", "year", "years"],
    };
    return names[unit].map((name) => [name, unit] as const);
  }),
);

export type PeriodUnit = "d" | "w" | "m" | "y";

const MAX_LONG = 9_223_372_036_854_775_807n;
const MIN_LONG: bigint = -MAX_LONG - 1n;

function toLong(value: bigint): bigint {
  return value > MAX_LONG ? MAX_LONG : value < MIN_LONG ? MIN_LONG : value;
}

const DECIMAL = /^([+-]?)(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+))?$/;
/** Decimal places beyond which a number is out of every range. */
const MAX_EXPONENT = 400;

/** Splits a text into its number and its unit: the letters at its end. */
function split(text: string): { number: string; unit: string } {
  const trimmed = trimSpace(text);
  const unit = /\p{L}*$/u.exec(trimmed)?.[0] ?? "";
  return { number: trimSpace(trimmed.slice(0, trimmed.length - unit.length)), unit };
}

function problem(message: string, hint: string): UnitProblem {
  return { message, hint };
}

const TIME_HINT =
  "Durations are a number and ns, us, ms, s, m, h or d (or seconds, minutes, …), e.g. 30s or 5 minutes; a number alone is milliseconds.";

/** A duration in nanoseconds, at most what 64 bits hold; a fraction of a nanosecond is cut off. */
export function parseDuration(text: string): bigint | UnitProblem {
  const { number, unit } = split(text);
  if (number === "")
    return problem(`expected a duration, found ${JSON.stringify(text)}, which has no number`, TIME_HINT);
  const nanos = TIME_UNITS.get(unit);
  if (nanos === undefined) {
    const meant = TIME_UNITS.has(unit.toLowerCase())
      ? ` (upper and lower case differ: write ${unit.toLowerCase()})`
      : "";
    return problem(
      `${JSON.stringify(unit)} is no unit of time${meant}`,
      /^w/i.test(unit) ? "There are no weeks; write 7d for one." : TIME_HINT,
    );
  }
  if (/^[+-]?\d+$/.test(number)) {
    const whole = BigInt(number.replace("+", ""));
    if (toLong(whole) === whole) return toLong(whole * nanos);
  } else if (DECIMAL.test(number)) {
    const product = Number(number) * Number(nanos);
    return Number.isFinite(product) ? toLong(BigInt(Math.trunc(product))) : product > 0 ? MAX_LONG : MIN_LONG;
  }
  return problem(
    `${JSON.stringify(number)} is no number for a duration`,
    number.includes(" ") ? "Durations have one number and one unit: write 65m for 1 h 5 m." : TIME_HINT,
  );
}

/** A period of whole days, weeks, months or years. */
export function parsePeriod(text: string): { count: number; unit: PeriodUnit } | UnitProblem {
  const hint = "Periods are a whole number and d, w, m (months) or y, e.g. 3 months; a number alone is days.";
  const { number, unit: name } = split(text);
  if (number === "")
    return problem(`expected a period, found ${JSON.stringify(text)}, which has no number`, hint);
  const unit = PERIOD_UNITS.get(name);
  if (!unit) return problem(`${JSON.stringify(name)} is no unit of a period`, hint);
  const count = Number(number);
  if (!/^[+-]?\d+$/.test(number) || (count | 0) !== count)
    return problem(`${JSON.stringify(number)} is no number for a period`, hint);
  return { count, unit };
}

const SIZE_HINT =
  "Sizes are a number and B, kB, MB, GB (powers of 1000) or K, M, G, KiB, MiB, GiB (powers of 1024), e.g. 512MiB; a number alone is bytes.";

/** A size in bytes; a fraction of a byte is cut off. */
export function parseBytes(text: string): bigint | UnitProblem {
  const { number, unit } = split(text);
  if (number === "")
    return problem(`expected a size, found ${JSON.stringify(text)}, which has no number`, SIZE_HINT);
  const factor = SIZE_UNITS.get(unit);
  if (factor === undefined) return problem(`${JSON.stringify(unit)} is no unit of size`, SIZE_HINT);
  const parts = DECIMAL.exec(number);
  if (!parts) return problem(`${JSON.stringify(number)} is no number for a size`, SIZE_HINT);
  const bytes = scaled(parts[2] ?? "", Number(parts[3] ?? "0"), factor);
  if (parts[1] === "-" && bytes !== 0n)
    return problem(`a size cannot be negative, found ${number}`, SIZE_HINT);
  if (bytes > MAX_LONG)
    return problem(`${number}${unit} is more than the largest size, ${MAX_LONG} bytes`, SIZE_HINT);
  return bytes;
}

/** digits × 10^exponent × factor, cut off to a whole number. */
function scaled(digits: string, exponent: number, factor: bigint): bigint {
  const point = digits.indexOf(".");
  const places = point < 0 ? 0 : digits.length - point - 1;
  const value = BigInt(digits.replace(".", "")) * factor;
  const shift = exponent - places;
  if (value === 0n) return 0n;
  if (shift >= 0) return shift > MAX_EXPONENT ? MAX_LONG + 1n : value * 10n ** BigInt(shift);
  return -shift > digits.length + MAX_EXPONENT ? 0n : value / 10n ** BigInt(-shift);
}
