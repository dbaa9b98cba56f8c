import { CairnError } from "../../base/mod.ts";
import type {
  DataType,
  DecimalType,
  SpatialType,
  StructType,
  TimestampNanosType,
  TimeType,
} from "../schema/data-type.ts";
import { simpleString } from "../schema/simple-string.ts";
import { CalendarInterval } from "../value/calendar-interval.ts";
import { Decimal } from "../value/decimal.ts";
import { Geography } from "../value/geography.ts";
import { Geometry } from "../value/geometry.ts";
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
import { Variant } from "../value/variant.ts";

// Each function takes a value that callers gave, its row and its column, and gives what Arrow stores: exactly that
// value, or an error that names the place. Null gives what stands below a cleared validity bit: zero.

/** Nanoseconds of a microsecond. */
const NANOS = 1000n;
const NANO_DIGITS = 9;
const MAX_SHOWN = 60;
/** Bytes of an interval of months, days and nanoseconds. */
const CALENDAR_BYTES = 16;

export function booleanOf(value: SparkInput, row: number, where: string): boolean {
  if (value == null) return false;
  return typeof value === "boolean" ? value : refuse(value, row, where, "boolean");
}

export function integerOf(value: SparkInput, bits: 8 | 16 | 32, row: number, where: string): number {
  if (value == null) return 0;
  const number = typeof value === "bigint" ? Number(value) : value;
  const most = 2 ** (bits - 1);
  if (typeof number === "number" && Number.isInteger(number) && number >= -most && number < most)
    return number;
  return refuse(value, row, where, `an integer of ${bits} bits`);
}

export function numberOf(value: SparkInput, row: number, where: string): number {
  if (value == null) return 0;
  return typeof value === "number" ? value : refuse(value, row, where, "number");
}

/** A type that Arrow stores as a 64-bit integer. */
export function longOf(value: SparkInput, type: DataType, row: number, where: string): bigint {
  if (value == null) return 0n;
  const long = at(row, where, () => longFrom(value, type));
  if (long === undefined) return refuse(value, row, where, LONG_VALUES[type.type] ?? simpleString(type));
  if (type.type === "time") refuseFiner(value, long, type, row, where);
  return BigInt.asIntN(64, long) === long ? long : refuse(value, row, where, "a 64-bit integer");
}

/** Microseconds, and the nanoseconds that are left. */
export function nanoPartsOf(
  value: SparkInput,
  type: TimestampNanosType,
  row: number,
  where: string,
): readonly [bigint, number] {
  if (value == null) return [0n, 0];
  const nanos =
    type.type === "timestamp_ntz nanos"
      ? value instanceof Temporal.PlainDateTime && nanosOfDateTime(value)
      : instantOfPoint(value)?.epochNanoseconds;
  if (typeof nanos !== "bigint") {
    return refuse(value, row, where, type.type === "timestamp_ntz nanos" ? "Temporal.PlainDateTime" : POINTS);
  }
  refuseFiner(value, nanos, type, row, where);
  return microsAndNanos(nanos);
}

function refuseFiner(
  value: SparkInput,
  nanos: bigint,
  type: TimeType | TimestampNanosType,
  row: number,
  where: string,
): void {
  if (nanos % 10n ** BigInt(NANO_DIGITS - type.precision) === 0n) return;
  throw invalid(row, where, `${shown(value)} is finer than ${simpleString(type)}, and nothing is rounded`);
}

const POINTS = "Temporal.Instant, Temporal.ZonedDateTime or Date";
const LONG_VALUES: Readonly<Record<string, string>> = {
  long: "bigint, or a number that is exact",
  timestamp: POINTS,
  timestamp_ntz: "Temporal.PlainDateTime",
  time: "Temporal.PlainTime",
  "day-time interval": "Temporal.Duration",
};

function longFrom(value: SparkInput, type: DataType): bigint | undefined {
  switch (type.type) {
    case "long":
      if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : undefined;
      return typeof value === "bigint" ? value : undefined;
    case "timestamp":
      return microsOfPoint(value);
    case "timestamp_ntz":
      return value instanceof Temporal.PlainDateTime ? microsOfDateTime(value) : undefined;
    case "time":
      return value instanceof Temporal.PlainTime ? nanosOf(value) : undefined;
    default:
      return value instanceof Temporal.Duration ? microsOfDuration(value) : undefined;
  }
}

/** A point in time, in any of the three forms that JavaScript has; undefined for others. */
export function instantOfPoint(value: unknown): Temporal.Instant | undefined {
  if (value instanceof Temporal.Instant) return value;
  if (value instanceof Temporal.ZonedDateTime) return value.toInstant();
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) return undefined;
  return Temporal.Instant.fromEpochMilliseconds(value.getTime());
}

/** Its microseconds. @throws CairnError `SPARK_VALUE_INVALID` for parts of a microsecond. */
function microsOfPoint(value: unknown): bigint | undefined {
  const instant = instantOfPoint(value);
  return instant && microsOfInstant(instant);
}

export function daysOfValue(value: SparkInput, row: number, where: string): number {
  if (value == null) return 0;
  return value instanceof Temporal.PlainDate
    ? daysOf(value)
    : refuse(value, row, where, "Temporal.PlainDate");
}

export function yearMonthsOf(value: SparkInput, row: number, where: string): number {
  if (value == null) return 0;
  if (!(value instanceof Temporal.Duration)) return refuse(value, row, where, "Temporal.Duration");
  return integerOf(
    at(row, where, () => monthsOfDuration(value)),
    32,
    row,
    where,
  );
}

/** The digits of a decimal at the scale of its column. */
export function unscaledOf(value: SparkInput, type: DecimalType, row: number, where: string): bigint {
  if (value == null) return 0n;
  const fits =
    value instanceof Decimal ||
    typeof value === "bigint" ||
    typeof value === "number" ||
    typeof value === "string";
  if (!fits) return refuse(value, row, where, "Decimal, bigint, number or text");
  const decimal = at(row, where, () => Decimal.from(value).withScale(type.scale));
  return decimal.precision() <= type.precision
    ? decimal.unscaled
    : refuse(value, row, where, simpleString(type));
}

export function textOf(value: SparkInput, row: number, where: string): string {
  return typeof value === "string" ? value : refuse(value, row, where, "string");
}

export function binaryOf(value: SparkInput, row: number, where: string): Uint8Array {
  return value instanceof Uint8Array ? value : refuse(value, row, where, "Uint8Array");
}

export function variantOf(value: SparkInput, row: number, where: string): Variant {
  return value instanceof Variant ? value : refuse(value, row, where, "Variant");
}

/** A shape of the type's kind, in the type's reference system. */
export function shapeOf(
  value: SparkInput,
  type: SpatialType,
  row: number,
  where: string,
): Geometry | Geography {
  const Value = type.type === "geometry" ? Geometry : Geography;
  if (!(value instanceof Value)) return refuse(value, row, where, Value.name);
  if (type.srid === "any" || type.srid === value.srid) return value;
  throw invalid(row, where, `it is in the reference system ${value.srid}, and the column in ${type.srid}`);
}

export function itemsOf(value: SparkInput, row: number, where: string): readonly SparkInput[] {
  return Array.isArray(value) ? (value as readonly SparkInput[]) : refuse(value, row, where, "array");
}

/** The pairs of a Map, or of an object whose keys are text. */
export function entriesOf(
  value: SparkInput,
  row: number,
  where: string,
): readonly (readonly [SparkInput, SparkInput])[] {
  if (value instanceof Map) return [...(value as ReadonlyMap<SparkInput, SparkInput>)];
  return isRecord(value) ? Object.entries(value) : refuse(value, row, where, "Map, or an object");
}

/** One field of each struct, null where the struct is. A struct is an object, or an array of all its values. */
export function fieldsOf(
  values: readonly SparkInput[],
  type: StructType,
  index: number,
  where: string,
): readonly SparkInput[] {
  const name = type.fields[index]?.name ?? "";
  const known = index === 0 ? new Set(type.fields.map((field) => field.name)) : undefined;
  return values.map((value, row) => {
    if (value == null) return null;
    if (Array.isArray(value)) {
      if (value.length === type.fields.length) return (value as readonly SparkInput[])[index];
      throw invalid(row, where, `it has ${value.length} values, the schema has ${type.fields.length}`);
    }
    if (!isRecord(value)) return refuse(value, row, where, "an object");
    if (known) checkNames(value, known, type, row, where);
    return Object.hasOwn(value, name) ? (value[name] ?? null) : null;
  });
}

function checkNames(
  value: Readonly<Record<string, SparkInput>>,
  known: ReadonlySet<string>,
  type: StructType,
  row: number,
  where: string,
): void {
  const unknown = Object.keys(value).find((key) => !known.has(key));
  if (unknown !== undefined) throw invalid(row, where, `it has "${unknown}", which the schema doesn't have`);
  if (known.size < type.fields.length) {
    throw invalid(row, where, "two fields of the schema have one name, so its values must come as an array");
  }
}

/** Whether it is a plain object: neither one of the classes that are values, nor an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, SparkInput>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Intervals without range, as Arrow has them: months, days, nanoseconds. */
export function calendarOf(values: readonly SparkInput[], where: string): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(values.length * CALENDAR_BYTES));
  for (const [row, value] of values.entries()) {
    if (value == null) continue;
    if (!(value instanceof CalendarInterval)) return refuse(value, row, where, "CalendarInterval");
    const nanos = value.microseconds * NANOS;
    if (BigInt.asIntN(64, nanos) !== nanos)
      return refuse(value, row, where, "at most 292 years of microseconds");
    bytes.setInt32(row * CALENDAR_BYTES, value.months, true);
    bytes.setInt32(row * CALENDAR_BYTES + 4, value.days, true);
    bytes.setBigInt64(row * CALENDAR_BYTES + 8, nanos, true);
  }
  return new Uint8Array(bytes.buffer);
}

/** One bit for each value, the first lowest. */
export function bitsOf(
  values: readonly SparkInput[],
  isSet: (value: SparkInput, row: number) => boolean,
): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  for (const [row, value] of values.entries()) {
    if (isSet(value, row)) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return bits;
}

/** @throws for the first null. */
export function notNull(values: readonly SparkInput[], where: string): void {
  const row = values.findIndex((value) => value == null);
  if (row >= 0) throw invalid(row, where, "it is null, and the column isn't nullable");
}

function at<T>(row: number, where: string, make: () => T): T {
  try {
    return make();
  } catch (thrown) {
    if (!(thrown instanceof CairnError)) throw thrown;
    throw invalid(row, where, thrown.message, thrown);
  }
}

function refuse(value: SparkInput, row: number, where: string, wanted: string): never {
  throw invalid(row, where, `${shown(value)} isn't ${wanted}`);
}

/** A value in few characters, with its class where it has one. */
export function shown(value: unknown): string {
  const text =
    typeof value === "string"
      ? JSON.stringify(value)
      : typeof value === "bigint"
        ? `${value}n`
        : String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function invalid(row: number, where: string, state: string, cause?: unknown): CairnError {
  return new CairnError(`Cannot send row ${row} to Spark, column "${where}": ${state}`, {
    code: "SPARK_VALUE_INVALID",
    kind: "config",
    cause,
    hint: cause instanceof CairnError ? cause.hint : undefined,
    details: { row, column: where },
  });
}
