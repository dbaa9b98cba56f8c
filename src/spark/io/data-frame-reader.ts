import { DataFrame } from "../frame/data-frame.ts";
import { planError, type RelationKind } from "../frame/plan.ts";
import type { PlanRunner } from "../plan-runner.ts";
import type { Field } from "../schema/data-type.ts";
import { type Schema, schemaFrom } from "../schema/schema.ts";
import { schemaText } from "../schema/sent-schema.ts";
import { typeToMessage } from "../schema/type-message.ts";
import { SourceSettings } from "./source-settings.ts";

// The protocol's numbers of formats that a column of text can be in.
const CSV = 1;
const JSON_LINES = 2;
const XML = 3;

/** How a table of another database is read in parts. */
export interface JdbcPartitions {
  /** A column of numbers, dates or timestamps by whose values the table is cut. */
  readonly column: string;
  /** Where cutting begins; rows below are in the first part. */
  readonly lowerBound: number | bigint | string;
  /** Where it ends; rows above are in the last part. */
  readonly upperBound: number | bigint | string;
  readonly numPartitions: number;
}

/**
 * How data is read: settings first, then a verb that gives a DataFrame. Nothing is read before an action; a path that
 * isn't there shows then.
 *
 * ```ts
 * const orders = spark.read.option("header", true).schema("id bigint, price decimal(10,2)").csv("orders/*.csv");
 * ```
 */
export class DataFrameReader extends SourceSettings {
  readonly #runner: PlanRunner;
  #schema: Schema | string | undefined;

  constructor(runner: PlanRunner) {
    super();
    this.#runner = runner;
  }

  /** The columns to read, as SQL writes them; without it sources look into the data. */
  schema(schema: Schema | readonly Field[] | string): this {
    this.#schema = typeof schema === "string" ? schema : schemaFrom(schema);
    return this;
  }

  /** Reads paths (globs work), or what the options name. */
  load(...paths: readonly string[]): DataFrame {
    return this.#load(paths, []);
  }

  /** Reads Parquet files. */
  parquet(...paths: readonly string[]): DataFrame {
    return this.format("parquet").load(...paths);
  }

  /** Reads CSV files, or the lines of a DataFrame with one column of text. */
  csv(...from: readonly string[] | readonly [DataFrame]): DataFrame {
    return this.#read("csv", CSV, from);
  }

  /** Reads JSON: one value per line, unless the option `multiLine` is set; or each text of a DataFrame's only column. */
  json(...from: readonly string[] | readonly [DataFrame]): DataFrame {
    return this.#read("json", JSON_LINES, from);
  }

  /** Reads XML: rows are the elements that the option `rowTag` names, which is needed; of a DataFrame as `json`. */
  xml(...from: readonly string[] | readonly [DataFrame]): DataFrame {
    return this.#read("xml", XML, from);
  }

  /** Reads ORC files. */
  orc(...paths: readonly string[]): DataFrame {
    return this.format("orc").load(...paths);
  }

  /** One row per line, its column called `value`. */
  text(...paths: readonly string[]): DataFrame {
    return this.format("text").load(...paths);
  }

  /**
   * A table of another database, or a query in brackets with a name. The server needs its driver; user, password and
   * the like are options. Read at once, or in parts: by ranges of a column, or by conditions, one part for each.
   *
   * ```ts
   * spark.read.options({ user, password }).jdbc("jdbc:postgresql://db/shop", "orders", ["day < '2026-01-01'", "day >= '2026-01-01'"]);
   * ```
   */
  jdbc(url: string, table: string, parts?: JdbcPartitions | readonly string[]): DataFrame {
    this.format("jdbc").options({ url, dbtable: table });
    if (parts === undefined || isList(parts)) return this.#load([], parts ?? []);
    const { column, lowerBound, upperBound, numPartitions } = parts;
    return this.options({ partitionColumn: column, lowerBound, upperBound, numPartitions }).load();
  }

  /** A table or view, by a name as SQL has it. */
  table(name: string): DataFrame {
    const value = { unparsedIdentifier: name, options: this.optionTexts };
    return this.#frame({ case: "read", value: { readType: { case: "namedTable", value } } });
  }

  /**
   * The changes of a table, where its catalog keeps them: options such as `startingVersion` say which. Spark 4.2 and
   * newer.
   */
  changes(tableName: string): DataFrame {
    const value = { unparsedIdentifier: tableName, options: this.optionTexts };
    return this.#frame({ case: "relationChanges", value });
  }

  #read(name: string, format: 1 | 2 | 3, from: readonly (string | DataFrame)[]): DataFrame {
    const [first] = from;
    if (!(first instanceof DataFrame)) return this.format(name).load(...(from as readonly string[]));
    if (from.length > 1) throw planError(`Cannot read ${name} from more than one DataFrame at once`);
    const schema = this.#schema !== undefined && { schema: typeToMessage(schemaFrom(this.#schema).type()) };
    const value = { input: first.relation, format, options: this.optionTexts, ...schema };
    return this.#frame({ case: "parse", value });
  }

  #load(paths: readonly string[], predicates: readonly string[]): DataFrame {
    const schema = this.#schema;
    const value = {
      paths: [...paths],
      predicates: [...predicates],
      options: this.optionTexts,
      ...(this.source !== undefined && { format: this.source }),
      ...(schema !== undefined && { schema: typeof schema === "string" ? schema : schemaText(schema) }),
    };
    return this.#frame({ case: "read", value: { readType: { case: "dataSource", value } } });
  }

  #frame(relType: RelationKind): DataFrame {
    return new DataFrame(this.#runner, { relType });
  }
}

function isList(parts: JdbcPartitions | readonly string[]): parts is readonly string[] {
  return Array.isArray(parts);
}
