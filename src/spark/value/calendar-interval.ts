/**
 * The value of SQL's `interval` without range (`make_interval(…)`): months, days and microseconds that are never
 * carried into each other, and may have different signs; therefore no `Temporal.Duration`.
 */
export class CalendarInterval {
  readonly months: number;
  readonly days: number;
  readonly microseconds: bigint;

  constructor(months: number, days: number, microseconds: bigint) {
    this.months = months;
    this.days = days;
    this.microseconds = microseconds;
  }

  /** As SQL takes it: `1 months -2 days 3000000 microseconds`. */
  toString(): string {
    return `${this.months} months ${this.days} days ${this.microseconds} microseconds`;
  }

  /** As {@link CalendarInterval.toString}. */
  toJSON(): string {
    return this.toString();
  }
}
