import type { MessageInitShape } from "@bufbuild/protobuf";
import { type ColumnOrName, expr, expressionOf } from "../frame/columns.ts";
import type { ExpressionInit, RelationInit } from "../frame/plan.ts";
import type { WriteOperationV2Schema } from "../gen/spark/connect/commands_pb.ts";
import type { ExecuteOptions, PlanRunner } from "../plan-runner.ts";
import { runCommand } from "./run-command.ts";
import { OptionSettings, type OptionValue } from "./source-settings.ts";

// The protocol's numbers, as `WriteOperationV2.Mode` has them.
const CREATE = 1;
const OVERWRITE = 2;
const OVERWRITE_PARTITIONS = 3;
const APPEND = 4;
const REPLACE = 5;
const CREATE_OR_REPLACE = 6;

type Mode = 1 | 2 | 3 | 4 | 5 | 6;

/**
 * How a DataFrame is written to a table by its catalog: settings first, then one of the verbs that write. A verb runs
 * once, whatever becomes of the connection, and rejects with `SparkError` where the table's catalog can't do it.
 *
 * ```ts
 * await orders.writeTo("lake.orders").using("iceberg").partitionedBy(functions.days("day")).createOrReplace();
 * await late.writeTo("lake.orders").overwritePartitions();
 * ```
 */
export class DataFrameWriterV2 extends OptionSettings {
  readonly #runner: PlanRunner;
  readonly #input: RelationInit;
  readonly #table: string;
  readonly #properties: Record<string, string> = {};
  #provider: string | undefined;
  #partitions: readonly ColumnOrName[] = [];
  #clusters: readonly string[] = [];

  constructor(runner: PlanRunner, input: RelationInit, table: string) {
    super();
    this.#runner = runner;
    this.#input = input;
    this.#table = table;
  }

  /** The format of a table that is made: `parquet`, `iceberg`, `delta`; by default the catalog's. */
  using(provider: string): this {
    this.#provider = provider;
    return this;
  }

  /** A property of a table that is made. */
  tableProperty(property: string, value: OptionValue): this {
    this.#properties[property] = String(value);
    return this;
  }

  /** How a table that is made is cut: by columns, or `functions.years`, `months`, `days`, `hours`, `bucket` of them. */
  partitionedBy(...columns: readonly ColumnOrName[]): this {
    this.#partitions = columns;
    return this;
  }

  /** By which columns a table that is made keeps near values near each other; not with `partitionedBy`. */
  clusterBy(...columns: readonly string[]): this {
    this.#clusters = columns;
    return this;
  }

  /** Makes the table. @throws SparkError where it is there already */
  async create(options?: ExecuteOptions): Promise<void> {
    await this.#write(CREATE, options);
  }

  /** Makes the table anew, with these columns, in the place of the one there. @throws SparkError where there is none */
  async replace(options?: ExecuteOptions): Promise<void> {
    await this.#write(REPLACE, options);
  }

  /** Makes the table, in the place of one that is there. */
  async createOrReplace(options?: ExecuteOptions): Promise<void> {
    await this.#write(CREATE_OR_REPLACE, options);
  }

  /** Adds the rows to a table that is there, columns by name. @throws SparkError where there is none */
  async append(options?: ExecuteOptions): Promise<void> {
    await this.#write(APPEND, options);
  }

  /**
   * Puts the rows in the place of the table's rows for which the condition is true: a column, or SQL's text.
   * @throws SparkError without table
   */
  async overwrite(condition: ColumnOrName, options?: ExecuteOptions): Promise<void> {
    const column = typeof condition === "string" ? expr(condition) : condition;
    await this.#write(OVERWRITE, options, column.expression);
  }

  /** Puts the rows in the place of all partitions that they have rows for. @throws SparkError without table */
  async overwritePartitions(options?: ExecuteOptions): Promise<void> {
    await this.#write(OVERWRITE_PARTITIONS, options);
  }

  async #write(
    mode: Mode,
    options: ExecuteOptions | undefined,
    overwriteCondition?: ExpressionInit,
  ): Promise<void> {
    const value: MessageInitShape<typeof WriteOperationV2Schema> = {
      input: this.#input,
      tableName: this.#table,
      partitioningColumns: this.#partitions.map(expressionOf),
      clusteringColumns: [...this.#clusters],
      options: this.optionTexts,
      tableProperties: this.#properties,
      mode,
      ...(this.#provider !== undefined && { provider: this.#provider }),
      ...(overwriteCondition !== undefined && { overwriteCondition }),
    };
    await runCommand(this.#runner, { commandType: { case: "writeOperationV2", value } }, options);
  }
}
