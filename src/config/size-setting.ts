import * as v from "valibot";
import { parseBytes } from "../hocon/mod.ts";

/** A number of bytes in a component's own configuration, such as `512MiB` or `1000`. */
export const sizeSetting: v.GenericSchema<string, number> = v.pipe(
  v.string(),
  v.rawTransform<string, number>(({ dataset, addIssue, NEVER }) => {
    const bytes = parseBytes(dataset.value);
    if (typeof bytes !== "bigint") {
      addIssue({ message: `${bytes.message}. ${bytes.hint}` });
      return NEVER;
    }
    if (bytes >= 0n) return Number(bytes);
    addIssue({ message: "must be at least 0" });
    return NEVER;
  }),
);
