import { CalendarInterval } from "../../../src/spark/value/calendar-interval.ts";
import { Decimal } from "../../../src/spark/value/decimal.ts";
import { Geography } from "../../../src/spark/value/geography.ts";
import { Geometry } from "../../../src/spark/value/geometry.ts";
import { Variant } from "../../../src/spark/value/variant.ts";

/**
 * A value as JSON with its type, in which nothing that differs looks alike: -0 and 0, NaN, 1 and 1n. The Python side
 * (`pyspark-client.py`) writes the same form.
 */
export function exactly(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === "boolean") return value;
  if (typeof value === "string") return { text: value };
  if (typeof value === "bigint") return { long: String(value) };
  if (typeof value === "number") return numberForm(value);
  if (value instanceof Uint8Array) return { bytes: value.toHex() };
  if (value instanceof Decimal) return { decimal: value.toString() };
  if (value instanceof Temporal.PlainDate) return { date: value.toString() };
  if (value instanceof Temporal.Instant) {
    return { instant: value.toString(digits(Number(value.epochNanoseconds % 1000n))) };
  }
  if (value instanceof Temporal.PlainDateTime) return { datetime: value.toString(digits(value.nanosecond)) };
  if (value instanceof Temporal.PlainTime) return { time: value.toString(digits(value.nanosecond)) };
  if (value instanceof Geometry) return { geometry: [value.srid, value.wkb.toHex()] };
  if (value instanceof Geography) return { geography: [value.srid, value.wkb.toHex()] };
  if (value instanceof Temporal.Duration) return durationForm(value);
  if (value instanceof CalendarInterval) return { interval: value.toString() };
  if (value instanceof Variant) return { variant: [value.value.toHex(), value.metadata.toHex()] };
  if (Array.isArray(value)) return value.map(exactly);
  if (value instanceof Map) {
    return {
      map: [...(value as Map<unknown, unknown>)].map(([key, inner]) => [exactly(key), exactly(inner)]),
    };
  }
  return { struct: Object.entries(value).map(([name, inner]) => [name, exactly(inner)]) };
}

/** As Python writes them; it has no nanoseconds. */
function digits(nanosecond: number): { fractionalSecondDigits: 6 | 9 } {
  return { fractionalSecondDigits: nanosecond === 0 ? 6 : 9 };
}

function numberForm(value: number): unknown {
  const whole = Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
  if (whole && !Object.is(value, -0)) return { int: String(value) };
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  return { double: Number.isNaN(value) ? "NaN" : bits.getBigUint64(0).toString(16) };
}

function durationForm(value: Temporal.Duration): unknown {
  if (value.years !== 0 || value.months !== 0) return { months: value.years * 12 + value.months };
  const seconds =
    BigInt(value.days) * 86_400n + BigInt(value.hours * 3600 + value.minutes * 60 + value.seconds);
  return { micros: String(seconds * 1_000_000n + BigInt(value.milliseconds * 1000 + value.microseconds)) };
}
