import { dateOf } from "../value/time-values.ts";

import type { ValueReader } from "./batch-cursor.ts";

/** How many dates are remembered, by their last bits; a power of two. */
const REMEMBERED = 512;

/**
 * The dates of a vector. Columns repeat few days, and making a date takes ten times as long as finding the one that was
 * made before: equal dates of a batch are one object where they stand close to each other.
 */
export function dateReader(days: Int32Array): ValueReader {
  const keys = new Int32Array(REMEMBERED);
  const dates: (Temporal.PlainDate | undefined)[] = Array.from({ length: REMEMBERED });
  return (index) => {
    const day = days[index] ?? 0;
    const slot = day & (REMEMBERED - 1);
    const known = dates[slot];
    if (known !== undefined && keys[slot] === day) return known;
    const date = dateOf(day);
    keys[slot] = day;
    dates[slot] = date;
    return date;
  };
}
