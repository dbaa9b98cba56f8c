import { DataFrame } from "../frame/data-frame.ts";
import type { RelationKind } from "../frame/plan.ts";
import type { PlanRunner } from "../plan-runner.ts";
import type { Field } from "../schema/data-type.ts";
import { type Schema, schemaFrom } from "../schema/schema.ts";
import { type OptionValue, optionText } from "./option-text.ts";

/**
 * How data is read: settings first, then a verb that gives a DataFrame. Nothing is read before an action; a path that
 * isn't there shows then.
 *
 * ```ts
 * const orders = spark.read.option("header", true).schema("id bigint, price decimal(10,2)").csv("orders/*.csv");
 * ```
 */
export class DataFrameReader {
  readonly #runner: PlanRunner;
  readonly #options: Record<string, string> = {};
  #format: string | undefined;
  #schema: string | undefined;

  constructor(runner: PlanRunner) {
    this.#runner = runner;
  }

  /** `parquet`, `csv`, `json`, `orc`, `text`, `avro`, or the name of a data source. */
  format(source: string): this {
    this.#format = source;
    return this;
  }

  option(name: string, value: OptionValue): this {
    this.#options[name] = optionText(value);
    return this;
  }

  options(options: Readonly<Record<string, OptionValue>>): this {
    for (const [name, value] of Object.entries(options)) this.option(name, value);
    return this;
  }

  /** The columns to read, as SQL writes them; without it sources look into the data. */
  schema(schema: Schema | readonly Field[] | string): this {
    this.#schema = typeof schema === "string" ? schema : schemaFrom(schema).toDdl();
    return this;
  }

  /** Reads paths (globs work), or what the options name. */
  load(...paths: readonly string[]): DataFrame {
    const value = {
      paths: [...paths],
      options: this.#options,
      ...(this.#format !== undefined && { format: this.#format }),
      ...(this.#schema !== undefined && { schema: this.#schema }),
    };
    return this.#frame({ case: "read", value: { readType: { case: "dataSource", value } } });
  }

  parquet(...paths: readonly string[]): DataFrame {
    return this.format("parquet").load(...paths);
  }

  csv(...paths: readonly string[]): DataFrame {
    return this.format("csv").load(...paths);
  }

  /** One JSON value per line, unless the option `multiLine` is set. */
  json(...paths: readonly string[]): DataFrame {
    return this.format("json").load(...paths);
  }

  orc(...paths: readonly string[]): DataFrame {
    return this.format("orc").load(...paths);
  }

  /** One row per line, its column called `value`. */
  text(...paths: readonly string[]): DataFrame {
    return this.format("text").load(...paths);
  }

  /** A table or view, by a name as SQL has it. */
  table(name: string): DataFrame {
    const value = { unparsedIdentifier: name, options: this.#options };
    return this.#frame({ case: "read", value: { readType: { case: "namedTable", value } } });
  }

  #frame(relType: RelationKind): DataFrame {
    return new DataFrame(this.#runner, { relType });
  }
}
