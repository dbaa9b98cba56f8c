import { v } from "cairn";

const FORMATS = ["parquet", "csv", "json"] as const;
export type Format = (typeof FORMATS)[number];

/** A value for a `:name`. */
export type Argument = string | number | boolean | null;

const format = v.pipe(v.picklist(FORMATS), v.description("Default: what the path ends in, else parquet."));

/** One source: its path, or more about it. */
export const sourceEntry = v.union([
  v.string(),
  v.strictObject({
    path: v.pipe(
      v.string(),
      v.description("A file, a glob or a folder; relative to the configuration file."),
    ),
    format: v.optional(format),
    schema: v.optional(
      v.pipe(
        v.record(v.string(), v.string()),
        v.description(
          "Columns and types, in names that both engines know: bigint, int, double, string, date …",
        ),
      ),
    ),
  }),
]);

const target = v.strictObject({
  path: v.pipe(
    v.string(),
    v.description(
      "A folder, or with DuckDB a file; local, s3a: or hdfs:, relative to the configuration file.",
    ),
  ),
  format: v.optional(format),
  mode: v.optional(v.picklist(["overwrite", "append", "error"]), "overwrite"),
  partitionBy: v.optional(v.array(v.string()), []),
});

/** What every component on these engines takes. */
export const engineEntries = {
  engine: v.optional(
    v.pipe(
      v.picklist(["duckdb", "spark"]),
      v.description("duckdb is embedded; spark is at spark.connect-string."),
    ),
    "duckdb",
  ),
  sources: v.optional(v.pipe(v.record(v.string(), sourceEntry), v.description("Views by name.")), {}),
  args: v.optional(
    v.pipe(
      v.record(v.string(), v.union([v.string(), v.number(), v.boolean(), v.null()])),
      v.description("Values for :name; they never become part of the text."),
    ),
    {},
  ),
  memoryLimit: v.optional(v.pipe(v.string(), v.description("Of DuckDB, such as 4GB."))),
  threads: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.description("Of DuckDB."))),
};

/** The configuration of `sql`, the same for both engines. */
export const sqlConfig = v.pipe(
  v.strictObject({
    ...engineEntries,
    statements: v.optional(
      v.pipe(v.array(v.string()), v.description("Run in order; the last one is the result.")),
    ),
    files: v.optional(
      v.pipe(v.array(v.string()), v.description("The same from files, relative to the configuration file.")),
    ),
    target: v.optional(target),
  }),
  v.check(
    ({ statements, files }) => (statements === undefined) !== (files === undefined),
    "give either statements or files",
  ),
);

export type SqlConfig = v.InferOutput<typeof sqlConfig>;
export type Target = NonNullable<SqlConfig["target"]>;
/** A source after its short form. */
export type Source = Exclude<SqlConfig["sources"][string], string>;

/** The format that a path's end names; compressed ones included. */
export function formatOf(path: string): Format | undefined {
  const end = /\.(parquet|csv|tsv|json|jsonl|ndjson)(?:\.(?:gz|zst))?$/i.exec(path)?.[1]?.toLowerCase();
  if (end === undefined) return undefined;
  if (end === "parquet") return "parquet";
  return end === "csv" || end === "tsv" ? "csv" : "json";
}
