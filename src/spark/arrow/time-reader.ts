import type { DataType } from "../schema/data-type.ts";
import { CalendarInterval } from "../value/calendar-interval.ts";
import {
  dateTimeOf,
  dateTimeOfNanos,
  dayTimeOf,
  instantOf,
  timeOf,
  yearMonthOf,
} from "../value/time-values.ts";

import { ARROW_INTERVAL, ARROW_UNIT, type ArrowField } from "./arrow-field.ts";
import { unsupported, type ValueReader } from "./batch-cursor.ts";

/** Nanoseconds of a microsecond. */
const NANOS = 1000n;
/** Bytes of an interval of months, days and nanoseconds. */
const CALENDAR_BYTES = 16;

/** The values of a vector of timestamps, times of day or intervals, in microseconds or finer. */
export function timeReader(field: ArrowField, type: DataType, buffer: Uint8Array): ValueReader {
  if (field.type === "interval") return intervalReader(field, type, buffer);
  const values = new BigInt64Array(buffer.buffer, buffer.byteOffset, buffer.byteLength >> 3);
  const nano = field.unit === ARROW_UNIT.nano;
  if (field.type === "time") {
    return nano ? (index) => timeOf(values[index] ?? 0n) : (index) => timeOf((values[index] ?? 0n) * NANOS);
  }
  if (field.type === "duration") {
    if (nano) throw unsupported(type);
    return (index) => dayTimeOf(values[index] ?? 0n);
  }
  if (nano) {
    return field.zone === undefined
      ? (index) => dateTimeOfNanos(values[index] ?? 0n)
      : (index) => new Temporal.Instant(values[index] ?? 0n);
  }
  return field.zone === undefined
    ? (index) => dateTimeOf(values[index] ?? 0n)
    : (index) => instantOf(values[index] ?? 0n);
}

function intervalReader(field: ArrowField, type: DataType, buffer: Uint8Array): ValueReader {
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  if (field.unit === ARROW_INTERVAL.yearMonth) return (index) => yearMonthOf(view.getInt32(index * 4, true));
  if (field.unit !== ARROW_INTERVAL.monthDayNano) throw unsupported(type);
  return (index) => {
    const at = index * CALENDAR_BYTES;
    const [months, days] = [view.getInt32(at, true), view.getInt32(at + 4, true)];
    return new CalendarInterval(months, days, view.getBigInt64(at + 8, true) / NANOS);
  };
}
