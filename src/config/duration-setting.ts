import * as v from "valibot";
import { parseDuration } from "../hocon/mod.ts";

/** A length of time above zero in a component's own configuration, such as `30s` or `5 minutes`, as milliseconds. */
export const durationSetting: v.GenericSchema<string, number> = v.pipe(
  v.string(),
  v.rawTransform<string, number>(({ dataset, addIssue, NEVER }) => {
    const nanos = parseDuration(dataset.value);
    if (typeof nanos !== "bigint") {
      addIssue({ message: `${nanos.message}. ${nanos.hint}` });
      return NEVER;
    }
    if (nanos > 0n) return Number(nanos) / 1e6;
    addIssue({ message: "must be longer than zero" });
    return NEVER;
  }),
);
