import type { CalendarInterval } from "./calendar-interval.ts";
import type { Decimal } from "./decimal.ts";
import type { Geography } from "./geography.ts";
import type { Geometry } from "./geometry.ts";
import type { Variant } from "./variant.ts";

/**
 * What a value of Spark is in JavaScript. Every one is exact; `docs/spark-types.md` has the table.
 *
 * - `byte`, `short`, `integer`, `float`, `double`: number; `long`: bigint
 * - `decimal`: {@link Decimal}; `string`, `char`, `varchar`: string; `binary`: Uint8Array
 * - `date`: Temporal.PlainDate; `timestamp`: Temporal.Instant; `timestamp_ntz`: Temporal.PlainDateTime;
 *   `time`: Temporal.PlainTime; those with nanoseconds likewise
 * - intervals: Temporal.Duration, `interval` without range: {@link CalendarInterval}
 * - `array`: array; `map`: Map; `struct`: object; `variant`: {@link Variant}
 * - `geometry`: {@link Geometry}; `geography`: {@link Geography}
 * - user-defined types: what they are stored as
 */
export type SparkValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Decimal
  | Temporal.PlainDate
  | Temporal.Instant
  | Temporal.PlainDateTime
  | Temporal.PlainTime
  | Temporal.Duration
  | CalendarInterval
  | Variant
  | Geometry
  | Geography
  | readonly SparkValue[]
  | ReadonlyMap<SparkValue, SparkValue>
  | { readonly [name: string]: SparkValue };

/** A row: its values by the columns' names. */
export type Row = { readonly [name: string]: SparkValue };

/**
 * What callers may give where a value is sent to Spark: all that {@link SparkValue} has, the two other forms of a point
 * in time, text or numbers for decimals (by the column's type), objects for maps with text keys, undefined for null.
 */
export type SparkInput =
  | SparkValue
  | undefined
  | Date
  | Temporal.ZonedDateTime
  | readonly SparkInput[]
  | ReadonlyMap<SparkInput, SparkInput>
  | { readonly [name: string]: SparkInput };

/** A row to send: values by the columns' names, or all of them in the order of a schema. */
export type RowInput = { readonly [name: string]: SparkInput } | readonly SparkInput[];
