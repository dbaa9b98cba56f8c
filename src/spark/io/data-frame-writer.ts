import type { MessageInitShape } from "@bufbuild/protobuf";
import { planError, type RelationInit } from "../frame/plan.ts";
import type {
  WriteOperation_SaveMode,
  WriteOperation_SaveTable_TableSaveMethod,
  WriteOperationSchema,
} from "../gen/spark/connect/commands_pb.ts";
import type { ExecuteOptions, PlanRunner } from "../plan-runner.ts";
import { runCommand } from "./run-command.ts";
import { SourceSettings } from "./source-settings.ts";

/** What happens where the target is there already; `error` by default. */
export type SaveMode = "append" | "overwrite" | "error" | "errorifexists" | "ignore";

type SaveType = NonNullable<MessageInitShape<typeof WriteOperationSchema>["saveType"]>;

// The protocol's numbers. Written out, because importing them would load all of the generated code with them.
const MODES: Readonly<Record<SaveMode, WriteOperation_SaveMode>> = {
  append: 1,
  overwrite: 2,
  error: 3,
  errorifexists: 3,
  ignore: 4,
};
const UNSPECIFIED: WriteOperation_SaveMode = 0;
const SAVE_AS_TABLE: WriteOperation_SaveTable_TableSaveMethod = 1;
const INSERT_INTO: WriteOperation_SaveTable_TableSaveMethod = 2;

/**
 * How a DataFrame is written: settings first, then one of the verbs that write. A verb runs once, whatever becomes of
 * the connection.
 *
 * ```ts
 * await df.write.mode("overwrite").partitionBy("day").parquet("s3a://bucket/orders");
 * ```
 */
export class DataFrameWriter extends SourceSettings {
  readonly #runner: PlanRunner;
  readonly #input: RelationInit;
  #mode: WriteOperation_SaveMode = UNSPECIFIED;
  #partitions: readonly string[] = [];
  #clusters: readonly string[] = [];
  #sorts: readonly string[] = [];
  #buckets: { readonly numBuckets: number; readonly bucketColumnNames: string[] } | undefined;

  constructor(runner: PlanRunner, input: RelationInit) {
    super();
    this.#runner = runner;
    this.#input = input;
  }

  /** What happens where the target is there already. @throws CairnError `SPARK_PLAN_INVALID` for no mode */
  mode(mode: SaveMode): this {
    const found = MODES[mode];
    if (found === undefined) {
      throw planError(
        `Cannot write with the mode "${mode}"`,
        `The modes are ${Object.keys(MODES).join(", ")}.`,
      );
    }
    this.#mode = found;
    return this;
  }

  /** One folder for each combination of values. */
  partitionBy(...columns: readonly string[]): this {
    this.#partitions = columns;
    return this;
  }

  /** Rows with near values of those columns near each other; for tables whose format can. */
  clusterBy(...columns: readonly string[]): this {
    this.#clusters = columns;
    return this;
  }

  /** In that many buckets by those columns' values, so that joins by them needn't move rows; `saveAsTable` only. */
  bucketBy(numBuckets: number, ...columns: readonly string[]): this {
    this.#buckets = { numBuckets, bucketColumnNames: [...columns] };
    return this;
  }

  /** Within each bucket; needs `bucketBy`. */
  sortBy(...columns: readonly string[]): this {
    this.#sorts = columns;
    return this;
  }

  /** Writes to a path, or to what the options name. */
  async save(path?: string, options?: ExecuteOptions): Promise<void> {
    await this.#write(path === undefined ? undefined : { case: "path", value: path }, options);
  }

  /** Writes Parquet files into a folder. */
  async parquet(path: string, options?: ExecuteOptions): Promise<void> {
    await this.format("parquet").save(path, options);
  }

  /** Writes CSV files into a folder. */
  async csv(path: string, options?: ExecuteOptions): Promise<void> {
    await this.format("csv").save(path, options);
  }

  /** Writes JSON files into a folder, one value per line. */
  async json(path: string, options?: ExecuteOptions): Promise<void> {
    await this.format("json").save(path, options);
  }

  /** Writes ORC files into a folder. */
  async orc(path: string, options?: ExecuteOptions): Promise<void> {
    await this.format("orc").save(path, options);
  }

  /** Writes XML files into a folder; the option `rowTag` names the element of a row, `ROW` by default. */
  async xml(path: string, options?: ExecuteOptions): Promise<void> {
    await this.format("xml").save(path, options);
  }

  /** Writes to a table of another database, as the mode says; user, password and the like are options. */
  async jdbc(url: string, table: string, options?: ExecuteOptions): Promise<void> {
    await this.format("jdbc").options({ url, dbtable: table }).save(undefined, options);
  }

  /** Writes lines of text: the DataFrame has one column, of text. */
  async text(path: string, options?: ExecuteOptions): Promise<void> {
    await this.format("text").save(path, options);
  }

  /** Makes the table, or writes to it as the mode says; columns go by name. */
  async saveAsTable(tableName: string, options?: ExecuteOptions): Promise<void> {
    await this.#write({ case: "table", value: { tableName, saveMethod: SAVE_AS_TABLE } }, options);
  }

  /** Appends to a table that is there, or replaces its rows; columns go by position. */
  async insertInto(
    tableName: string,
    { overwrite, ...options }: ExecuteOptions & { readonly overwrite?: boolean } = {},
  ): Promise<void> {
    if (overwrite !== undefined) this.mode(overwrite ? "overwrite" : "append");
    await this.#write({ case: "table", value: { tableName, saveMethod: INSERT_INTO } }, options);
  }

  async #write(saveType: SaveType | undefined, options: ExecuteOptions | undefined): Promise<void> {
    const value: MessageInitShape<typeof WriteOperationSchema> = {
      input: this.#input,
      mode: this.#mode,
      options: this.optionTexts,
      partitioningColumns: [...this.#partitions],
      clusteringColumns: [...this.#clusters],
      sortColumnNames: [...this.#sorts],
      ...(saveType !== undefined && { saveType }),
      ...(this.source !== undefined && { source: this.source }),
      ...(this.#buckets !== undefined && { bucketBy: this.#buckets }),
    };
    await runCommand(this.#runner, { commandType: { case: "writeOperation", value } }, options);
  }
}
