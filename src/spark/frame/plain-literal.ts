import { instantOfPoint } from "../arrow/checked-values.ts";
import type { DataType, TimestampNanosType, TimeType } from "../schema/data-type.ts";
import { CalendarInterval } from "../value/calendar-interval.ts";
import { Decimal } from "../value/decimal.ts";
import type { SparkInput } from "../value/spark-value.ts";
import {
  daysOf,
  microsAndNanos,
  microsOfDateTime,
  microsOfDuration,
  microsOfInstant,
  monthsOfDuration,
  nanosOf,
  nanosOfDateTime,
} from "../value/time-values.ts";
import { refuseGapDay, refuseGapPoint } from "./calendar-gap.ts";
import { type LiteralInit, planError } from "./plan.ts";

/** Greatest `integer`; the smallest is one further from 0. Whole numbers beyond are a `long`. */
const MAX_INTEGER = 2 ** 31 - 1;
/** Digits after the second that microseconds have, and nanoseconds. */
const MICROS_PRECISION = 6;
const NANOS_PRECISION = 9;
/** Nanoseconds of a microsecond. */
const NANOS = 1000n;
const LONG_BITS = 64;

type LiteralKind = NonNullable<LiteralInit["literalType"]>;

/** The types of literals without parts, by the protocol's names for their cases. */
const TYPES: Readonly<Record<string, DataType>> = {
  boolean: { type: "boolean" },
  string: { type: "string" },
  integer: { type: "integer" },
  long: { type: "long" },
  double: { type: "double" },
  binary: { type: "binary" },
  date: { type: "date" },
  timestamp: { type: "timestamp" },
  timestampNtz: { type: "timestamp_ntz" },
  timestampLtzNanos: { type: "timestamp_ltz nanos", precision: NANOS_PRECISION },
  timestampNtzNanos: { type: "timestamp_ntz nanos", precision: NANOS_PRECISION },
  yearMonthInterval: { type: "year-month interval", start: "year", end: "month" },
  dayTimeInterval: { type: "day-time interval", start: "day", end: "second" },
  calendarInterval: { type: "interval" },
};

/** The type of a value without parts; undefined for arrays, maps, objects and what is no value of Spark's. */
export function plainType(value: SparkInput): DataType | undefined {
  if (value === null || value === undefined) return { type: "null" };
  if (value instanceof Decimal) return { type: "decimal", precision: value.precision(), scale: value.scale };
  if (value instanceof Temporal.PlainTime) return { type: "time", precision: precisionOf(value) };
  const kind = plainKind(value)?.case;
  return kind === undefined ? undefined : TYPES[kind];
}

/**
 * A literal for a value without parts.
 *
 * @throws CairnError `SPARK_VALUE_INVALID` for a value that Spark can't hold exactly.
 */
export function plainLiteral(value: NonNullable<SparkInput>): LiteralInit {
  const literalType = plainKind(value);
  if (literalType) return { literalType };
  throw planError("Cannot send a value to Spark: it has parts");
}

/** A literal of a type with digits of its own, which may be more than the value needs. */
export function timeLiteral(value: SparkInput, type: TimeType | TimestampNanosType): LiteralInit {
  const { precision } = type;
  if (value instanceof Temporal.PlainTime)
    return { literalType: { case: "time", value: { nano: nanosOf(value), precision } } };
  if (value instanceof Temporal.PlainDateTime)
    return { literalType: { case: "timestampNtzNanos", value: inParts(nanosOfDateTime(value), precision) } };
  const nanos = instantOfPoint(value)?.epochNanoseconds ?? 0n;
  return { literalType: { case: "timestampLtzNanos", value: inParts(nanos, precision) } };
}

/** Microseconds, and what is left in nanoseconds, which is never negative. */
function inParts(
  nanos: bigint,
  precision: number,
): { epochMicros: bigint; nanosWithinMicro: number; precision: number } {
  const [epochMicros, nanosWithinMicro] = microsAndNanos(nanos);
  return { epochMicros, nanosWithinMicro, precision };
}

function precisionOf({ nanosecond }: { readonly nanosecond: number }): number {
  return nanosecond === 0 ? MICROS_PRECISION : NANOS_PRECISION;
}

function plainKind(value: NonNullable<SparkInput>): LiteralKind | undefined {
  switch (typeof value) {
    case "boolean":
      return { case: "boolean", value };
    case "string":
      return { case: "string", value };
    case "bigint":
      if (BigInt.asIntN(LONG_BITS, value) === value) return { case: "long", value };
      throw planError(`Cannot send ${value} to Spark: it has more than 64 bits`, "Give it as a Decimal.");
    case "number":
      return numberKind(value);
    default:
      return objectKind(value);
  }
}

function numberKind(value: number): LiteralKind {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return { case: "double", value };
  return value <= MAX_INTEGER && value >= -MAX_INTEGER - 1
    ? { case: "integer", value }
    : { case: "long", value: BigInt(value) };
}

function objectKind(value: object): LiteralKind | undefined {
  if (value instanceof Uint8Array) return { case: "binary", value: new Uint8Array(value) };
  if (value instanceof Decimal) {
    const precision = value.precision();
    return { case: "decimal", value: { value: value.toString(), precision, scale: value.scale } };
  }
  if (value instanceof Temporal.PlainDate) {
    refuseGapDay(value);
    return { case: "date", value: daysOf(value) };
  }
  if (value instanceof Temporal.PlainTime)
    return timeKind(value, { type: "time", precision: precisionOf(value) });
  if (value instanceof Temporal.PlainDateTime) {
    return value.nanosecond === 0
      ? { case: "timestampNtz", value: microsOfDateTime(value) }
      : timeKind(value, { type: "timestamp_ntz nanos", precision: NANOS_PRECISION });
  }
  if (value instanceof Temporal.Duration) {
    return value.years !== 0 || value.months !== 0
      ? { case: "yearMonthInterval", value: monthsOfDuration(value) }
      : { case: "dayTimeInterval", value: microsOfDuration(value) };
  }
  if (value instanceof CalendarInterval) {
    const { months, days, microseconds } = value;
    return { case: "calendarInterval", value: { months, days, microseconds } };
  }
  const instant = instantOfPoint(value);
  if (instant === undefined) return undefined;
  refuseGapPoint(instant);
  return instant.epochNanoseconds % NANOS === 0n
    ? { case: "timestamp", value: microsOfInstant(instant) }
    : timeKind(instant, { type: "timestamp_ltz nanos", precision: NANOS_PRECISION });
}

function timeKind(value: SparkInput, type: TimeType | TimestampNanosType): LiteralKind | undefined {
  return timeLiteral(value, type).literalType;
}
