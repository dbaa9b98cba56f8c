import { v } from "cairn";
import { engineEntries, sourceEntry } from "../sql/sql-config.ts";

/** The view of the rows that are checked. */
export const CHECKED = "checked";

const name = v.optional(
  v.pipe(v.string(), v.description("What results call it. Default: its type and columns.")),
);
const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
const columns = v.pipe(v.array(v.string()), v.minLength(1, "name at least one column"));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const bound = v.union([v.number(), v.string()]);

/** Says where neither bound is given; then there is nothing to check. */
const BOUNDLESS = "give min, max or both";

const range = v.pipe(
  v.strictObject({
    type: v.literal("range"),
    name,
    column: v.string(),
    min: v.optional(bound),
    max: v.optional(bound),
  }),
  v.check(({ min, max }) => min !== undefined || max !== undefined, BOUNDLESS),
);

const between = v.pipe(
  v.strictObject({ min: v.optional(v.number()), max: v.optional(v.number()) }),
  v.check(({ min, max }) => min !== undefined || max !== undefined, BOUNDLESS),
);

const check = v.variant("type", [
  v.strictObject({
    type: v.literal("row-count"),
    name,
    min: v.optional(count, 1),
    max: v.optional(count),
  }),
  v.strictObject({ type: v.literal("nulls"), name, columns, maxPercent: v.optional(percent, 0) }),
  v.strictObject({
    type: v.literal("unique"),
    name,
    columns,
    maxPercent: v.optional(percent, 0),
    sampleFraction: v.optional(
      v.pipe(
        v.number(),
        v.gtValue(0),
        v.maxValue(1),
        v.description("Part of the keys that is looked at, with all of their rows."),
      ),
      1,
    ),
  }),
  range,
  v.strictObject({
    type: v.literal("schema"),
    name,
    columns: v.pipe(v.record(v.string(), v.string()), v.description("Types by column.")),
    exact: v.optional(v.pipe(v.boolean(), v.description("Refuse columns that are not named.")), false),
  }),
  v.strictObject({
    type: v.literal("sql"),
    name,
    statement: v.pipe(v.string(), v.description("A query; the checked rows are the view checked.")),
    expect: v.optional(
      v.pipe(
        v.union([between, v.number(), v.boolean(), v.string()]),
        v.description("What its one value has to be. Default: the query gives no row."),
      ),
    ),
  }),
]);

/** The configuration of `quality.check`, the same for both engines. */
export const checkConfig = v.pipe(
  v.strictObject({
    ...engineEntries,
    source: v.optional(v.pipe(sourceEntry, v.description("Files whose rows are checked."))),
    of: v.optional(
      v.pipe(v.string(), v.description("The rows that are checked: a name of sources, or a table.")),
    ),
    statement: v.optional(v.pipe(v.string(), v.description("A query whose rows are checked."))),
    checks: v.pipe(v.array(check), v.minLength(1, "give at least one check")),
    onFailure: v.optional(v.picklist(["fail", "warn", "threshold"]), "fail"),
    maxFailures: v.optional(v.pipe(count, v.description("With threshold: so many checks may fail."))),
  }),
  v.check(
    ({ source, of, statement }) => [source, of, statement].filter((one) => one !== undefined).length <= 1,
    "give one of source, of and statement",
  ),
  v.check(
    ({ source, of, statement, checks }) =>
      [source, of, statement].some((one) => one !== undefined) || checks.every(({ type }) => type === "sql"),
    "say what is checked: source, of or statement",
  ),
  v.check(
    ({ sources }) => !Object.keys(sources).some((one) => one.toLowerCase() === CHECKED),
    `a source can't be called "${CHECKED}": that is the view of the rows that are checked`,
  ),
  v.check(
    ({ onFailure, maxFailures }) => (onFailure === "threshold") === (maxFailures !== undefined),
    "max-failures belongs to on-failure = threshold",
  ),
);

export type CheckConfig = v.InferOutput<typeof checkConfig>;
export type Check = CheckConfig["checks"][number];
export type CheckOf<Type extends Check["type"]> = Extract<Check, { readonly type: Type }>;
