import { CairnError, messageOf } from "../../base/mod.ts";

/** Microseconds of a day. */
const DAY_MICROS = 86_400_000_000;
const HOUR_MICROS = 3_600_000_000;
const MINUTE_MICROS = 60_000_000;
const SECOND_MICROS = 1_000_000;
/** Nanoseconds of a microsecond. */
const NANOS = 1000n;
const DAY_MICROS_BIG = BigInt(DAY_MICROS);
const DAYS_OF_400_YEARS = 146_097;
const DAYS_OF_100_YEARS = 36_524;
const DAYS_OF_4_YEARS = 1460;
const YEAR_DAYS = 365;
/** Days from 0000-03-01 to 1970-01-01: years that begin in March have their leap day last. */
const MARCH_EPOCH = 719_468;
const MONTHS_OF_YEAR = 12;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** The date that many days after 1970-01-01, in the Gregorian calendar throughout. */
export function dateOf(days: number): Temporal.PlainDate {
  const [year, month, day] = civil(days);
  return inRange("date", days, () => new Temporal.PlainDate(year, month, day));
}

/** Days since 1970-01-01; the other way of {@link dateOf}. */
export function daysOf(date: Temporal.PlainDate): number {
  const year = date.month > 2 ? date.year : date.year - 1;
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const month = (date.month + 9) % MONTHS_OF_YEAR;
  const dayOfYear = Math.floor((153 * month + 2) / 5) + date.day - 1;
  const dayOfEra =
    yearOfEra * YEAR_DAYS + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_OF_400_YEARS + dayOfEra - MARCH_EPOCH;
}

/** Year, month and day of a day's number (the arithmetic of Howard Hinnant's `civil_from_days`). */
function civil(days: number): [number, number, number] {
  const shifted = days + MARCH_EPOCH;
  const era = Math.floor(shifted / DAYS_OF_400_YEARS);
  const dayOfEra = shifted - era * DAYS_OF_400_YEARS;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / DAYS_OF_4_YEARS) +
      Math.floor(dayOfEra / DAYS_OF_100_YEARS) -
      Math.floor(dayOfEra / (DAYS_OF_400_YEARS - 1))) /
      YEAR_DAYS,
  );
  const dayOfYear =
    dayOfEra - (YEAR_DAYS * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
  const year = yearOfEra + era * 400;
  return month < 10 ? [year, month + 3, day] : [year + 1, month - 9, day];
}

/** The point in time that many microseconds after 1970-01-01T00:00Z. */
export function instantOf(micros: bigint): Temporal.Instant {
  return inRange("timestamp", micros, () => new Temporal.Instant(micros * NANOS));
}

/** Microseconds since 1970-01-01T00:00Z. @throws CairnError `SPARK_VALUE_INVALID` for parts of a microsecond. */
export function microsOfInstant(instant: Temporal.Instant): bigint {
  const nanos = instant.epochNanoseconds;
  if (nanos % NANOS !== 0n) throw finerThanMicros(instant.toString(), NANOS_HINT);
  return nanos / NANOS;
}

/** The date and time that many microseconds after 1970-01-01T00:00, without zone. */
export function dateTimeOf(micros: bigint): Temporal.PlainDateTime {
  let days: number;
  let rest: number;
  if (micros <= SAFE && micros >= -SAFE) {
    const whole = Number(micros);
    days = Math.floor(whole / DAY_MICROS);
    rest = whole - days * DAY_MICROS;
  } else {
    const remainder = micros % DAY_MICROS_BIG;
    rest = Number(remainder < 0n ? remainder + DAY_MICROS_BIG : remainder);
    days = Number((micros - BigInt(rest)) / DAY_MICROS_BIG);
  }
  const [year, month, day] = civil(days);
  const [hour, minute, second, milli, micro] = clockOf(rest);
  return inRange(
    "timestamp_ntz",
    micros,
    () => new Temporal.PlainDateTime(year, month, day, hour, minute, second, milli, micro),
  );
}

/** The other way of {@link dateTimeOf}. @throws CairnError `SPARK_VALUE_INVALID` for parts of a microsecond. */
export function microsOfDateTime(time: Temporal.PlainDateTime): bigint {
  if (time.nanosecond !== 0) throw finerThanMicros(time.toString(), NANOS_HINT);
  return wholeMicrosOf(time);
}

/** Nanoseconds since 1970-01-01T00:00; exact for every value. */
export function nanosOfDateTime(time: Temporal.PlainDateTime): bigint {
  return wholeMicrosOf(time) * NANOS + BigInt(time.nanosecond);
}

function wholeMicrosOf(time: Temporal.PlainDateTime): bigint {
  const clock =
    time.hour * HOUR_MICROS +
    time.minute * MINUTE_MICROS +
    time.second * SECOND_MICROS +
    time.millisecond * 1000 +
    time.microsecond;
  return BigInt(daysOf(time.toPlainDate())) * DAY_MICROS_BIG + BigInt(clock);
}

/** Nanoseconds as microseconds, and what is left of them: 0 to 999, also before 1970. */
export function microsAndNanos(nanos: bigint): readonly [bigint, number] {
  const left = ((nanos % NANOS) + NANOS) % NANOS;
  return [(nanos - left) / NANOS, Number(left)];
}

/** The point in time that many microseconds and nanoseconds after 1970-01-01T00:00Z. */
export function instantOfParts(micros: bigint, nanosecond: number): Temporal.Instant {
  return inRange("timestamp", micros, () => new Temporal.Instant(micros * NANOS + BigInt(nanosecond)));
}

/** The date and time that many microseconds and nanoseconds after 1970-01-01T00:00, without zone. */
export function dateTimeOfParts(micros: bigint, nanosecond: number): Temporal.PlainDateTime {
  const time = dateTimeOf(micros);
  return nanosecond === 0 ? time : time.with({ nanosecond });
}

/** The date and time that many nanoseconds after 1970-01-01T00:00, without zone. */
export function dateTimeOfNanos(nanos: bigint): Temporal.PlainDateTime {
  return dateTimeOfParts(...microsAndNanos(nanos));
}

/** The time of day that many nanoseconds after midnight. */
export function timeOf(nanos: bigint): Temporal.PlainTime {
  const [hour, minute, second, milli, micro] = clockOf(Number(nanos / NANOS));
  return new Temporal.PlainTime(hour, minute, second, milli, micro, Number(nanos % NANOS));
}

/** Nanoseconds since midnight. */
export function nanosOf(time: Temporal.PlainTime): bigint {
  const micros =
    time.hour * HOUR_MICROS +
    time.minute * MINUTE_MICROS +
    time.second * SECOND_MICROS +
    time.millisecond * 1000 +
    time.microsecond;
  return BigInt(micros) * NANOS + BigInt(time.nanosecond);
}

function clockOf(micros: number): [number, number, number, number, number] {
  const seconds = Math.floor(micros / SECOND_MICROS);
  const part = micros - seconds * SECOND_MICROS;
  const minutes = Math.floor(seconds / 60);
  return [Math.floor(minutes / 60), minutes % 60, seconds % 60, Math.floor(part / 1000), part % 1000];
}

/** A day-time interval: days, hours, minutes, seconds and parts of it, all of one sign. */
export function dayTimeOf(micros: bigint): Temporal.Duration {
  const sign = micros < 0n ? -1 : 1;
  const size = micros < 0n ? -micros : micros;
  const [hour, minute, second, milli, micro] = clockOf(Number(size % DAY_MICROS_BIG));
  const days = Number(size / DAY_MICROS_BIG);
  return Temporal.Duration.from({
    days: sign * days,
    hours: sign * hour,
    minutes: sign * minute,
    seconds: sign * second,
    milliseconds: sign * milli,
    microseconds: sign * micro,
  });
}

/**
 * Microseconds of a duration without months and years; weeks count 7 days, days 24 hours.
 *
 * @throws CairnError `SPARK_VALUE_INVALID` for months, years or parts of a microsecond.
 */
export function microsOfDuration(duration: Temporal.Duration): bigint {
  if (duration.years !== 0 || duration.months !== 0) {
    throw invalid(`Cannot send ${duration.toString()} as a day-time interval: it has years or months`);
  }
  const nanos =
    BigInt(duration.weeks * 7 + duration.days) * DAY_MICROS_BIG * NANOS +
    BigInt(duration.hours) * BigInt(HOUR_MICROS) * NANOS +
    BigInt(duration.minutes) * BigInt(MINUTE_MICROS) * NANOS +
    BigInt(duration.seconds) * BigInt(SECOND_MICROS) * NANOS +
    BigInt(duration.milliseconds) * 1_000_000n +
    BigInt(duration.microseconds) * NANOS +
    BigInt(duration.nanoseconds);
  if (nanos % NANOS !== 0n) throw finerThanMicros(duration.toString());
  return nanos / NANOS;
}

/** A year-month interval: years and months of one sign. */
export function yearMonthOf(months: number): Temporal.Duration {
  return new Temporal.Duration(Math.trunc(months / MONTHS_OF_YEAR), months % MONTHS_OF_YEAR);
}

/** Months of a duration of nothing but years and months. @throws CairnError `SPARK_VALUE_INVALID` for other parts. */
export function monthsOfDuration(duration: Temporal.Duration): number {
  const { years, months } = duration;
  if (!duration.with({ years: 0, months: 0 }).blank) {
    throw invalid(`Cannot send ${duration.toString()} as a year-month interval: it has weeks, days or hours`);
  }
  return years * MONTHS_OF_YEAR + months;
}

/** Temporal ends at the years -271821 and 275760, Spark's numbers go on. */
function inRange<T>(type: string, value: number | bigint, make: () => T): T {
  try {
    return make();
  } catch (thrown) {
    throw new CairnError(
      `Cannot read a ${type} from Spark: ${value} lies outside of what Temporal has (${messageOf(thrown)})`,
      {
        code: "SPARK_VALUE_INVALID",
        kind: "world",
        hint: "Cast the column to string or bigint in the query.",
        cause: thrown,
      },
    );
  }
}

const NANOS_HINT =
  "Give a schema with timestamp_ltz(9) or timestamp_ntz(9), which Spark has since 4.3, or round the value.";

function finerThanMicros(text: string, hint?: string): CairnError {
  return invalid(
    `Cannot send ${text} to Spark: it is finer than a microsecond, and nothing is rounded`,
    hint,
  );
}

function invalid(message: string, hint?: string): CairnError {
  return new CairnError(message, { code: "SPARK_VALUE_INVALID", kind: "config", hint });
}
