import { planError } from "./plan.ts";

/**
 * The days that the calendar of Java's old classes leaves out: it goes from 1582-10-04 to 1582-10-15. Spark makes its
 * literals of dates and points in time through those classes, and a day in between silently becomes another.
 */
const FIRST_DAY = Temporal.PlainDate.from("1582-10-05");
const LAST_DAY = Temporal.PlainDate.from("1582-10-14");
/** Which points in time these are hangs on the server's own zone, and none is further from UTC than this. */
const ZONE_HOURS = 16;
const FIRST_POINT = Temporal.Instant.from("1582-10-05T00:00Z").subtract({ hours: ZONE_HOURS });
const LAST_POINT = Temporal.Instant.from("1582-10-15T00:00Z").add({ hours: ZONE_HOURS });

/** @throws CairnError `SPARK_PLAN_INVALID` for a day that Spark would change in a literal. */
export function refuseGapDay(day: Temporal.PlainDate): void {
  const inGap =
    Temporal.PlainDate.compare(day, FIRST_DAY) >= 0 && Temporal.PlainDate.compare(day, LAST_DAY) <= 0;
  if (inGap) throw changed(day.toString(), "date");
}

/** @throws CairnError `SPARK_PLAN_INVALID` for a point in time that Spark might change in a literal. */
export function refuseGapPoint(point: Temporal.Instant): void {
  const inGap =
    Temporal.Instant.compare(point, FIRST_POINT) >= 0 && Temporal.Instant.compare(point, LAST_POINT) < 0;
  if (inGap) throw changed(point.toString(), "timestamp");
}

function changed(text: string, type: string): ReturnType<typeof planError> {
  return planError(
    `Cannot send ${text} to Spark as a literal: Spark changes literals from 1582-10-05 to 1582-10-14 to another day`,
    `Give it in a row of createDataFrame, or as text: cast(:text AS ${type}).`,
  );
}
