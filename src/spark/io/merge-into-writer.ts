import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Column } from "../frame/column.ts";
import { expr } from "../frame/columns.ts";
import { type ExpressionInit, planError, type RelationInit } from "../frame/plan.ts";
import type { MergeIntoTableCommandSchema } from "../gen/spark/connect/commands_pb.ts";
import type { ExecuteOptions, PlanRunner } from "../plan-runner.ts";
import { runCommand } from "./run-command.ts";

// The protocol's numbers, as `MergeAction.ActionType` has them.
const DELETE = 1;
const INSERT = 2;
const INSERT_STAR = 3;
const UPDATE = 4;
const UPDATE_STAR = 5;

/** New values by the names of the table's columns, as SQL writes names. */
export type MergeAssignments = Readonly<Record<string, Column>>;

/** What becomes of rows of the table. */
export interface MergeChange {
  /** Takes the source's values for all columns, by name. */
  updateAll(): MergeIntoWriter;
  /** Sets those columns. */
  update(assignments: MergeAssignments): MergeIntoWriter;
  /** Deletes them. */
  delete(): MergeIntoWriter;
}

/** What becomes of rows of the source that the table lacks. */
export interface MergeInsert {
  /** Adds them with all columns, by name. */
  insertAll(): MergeIntoWriter;
  /** Adds them with those columns. */
  insert(assignments: MergeAssignments): MergeIntoWriter;
}

type Add = (actionType: 1 | 2 | 3 | 4 | 5, assignments?: MergeAssignments) => MergeIntoWriter;

/** How a DataFrame is merged into a table: what happens to which rows, in that order, then `merge()`. */
export class MergeIntoWriter {
  readonly #runner: PlanRunner;
  readonly #source: RelationInit;
  readonly #table: string;
  readonly #condition: ExpressionInit;
  readonly #matched: ExpressionInit[] = [];
  readonly #notMatched: ExpressionInit[] = [];
  readonly #notMatchedBySource: ExpressionInit[] = [];
  #evolves = false;

  constructor(runner: PlanRunner, source: RelationInit, table: string, condition: ExpressionInit) {
    this.#runner = runner;
    this.#source = source;
    this.#table = table;
    this.#condition = condition;
  }

  /** Rows of the table that a row of the source belongs to, and that meet the condition; all without one. */
  whenMatched(condition?: Column): MergeChange {
    return changes(this.#adder(this.#matched, condition));
  }

  /** Rows of the source that the table has no row for, and that meet the condition; all without one. */
  whenNotMatched(condition?: Column): MergeInsert {
    const add = this.#adder(this.#notMatched, condition);
    return {
      insertAll: () => add(INSERT_STAR),
      insert: (assignments) => add(INSERT, assignments),
    };
  }

  /** Rows of the table that the source has no row for, and that meet the condition; all without one. */
  whenNotMatchedBySource(condition?: Column): MergeChange {
    return changes(this.#adder(this.#notMatchedBySource, condition));
  }

  /** Lets the table take columns of the source that it hasn't; formats that can't refuse. */
  withSchemaEvolution(): this {
    this.#evolves = true;
    return this;
  }

  /**
   * Merges, once.
   *
   * @throws CairnError `SPARK_PLAN_INVALID` where nothing is to happen; SparkError where the table can't be merged into
   */
  async merge(options?: ExecuteOptions): Promise<void> {
    const value: MessageInitShape<typeof MergeIntoTableCommandSchema> = {
      targetTableName: this.#table,
      sourceTablePlan: this.#source,
      mergeCondition: this.#condition,
      matchActions: this.#matched,
      notMatchedActions: this.#notMatched,
      notMatchedBySourceActions: this.#notMatchedBySource,
      withSchemaEvolution: this.#evolves,
    };
    if (this.#matched.length + this.#notMatched.length + this.#notMatchedBySource.length === 0) {
      throw planError(
        "Cannot merge: nothing is to happen to any row",
        "Say it by whenMatched(), whenNotMatched() or whenNotMatchedBySource().",
      );
    }
    await runCommand(this.#runner, { commandType: { case: "mergeIntoTableCommand", value } }, options);
  }

  #adder(actions: ExpressionInit[], condition: Column | undefined): Add {
    return (actionType, assignments = {}) => {
      const value = {
        actionType,
        ...(condition !== undefined && { condition: condition.expression }),
        assignments: Object.entries(assignments).map(([name, column]) => ({
          key: expr(name).expression,
          value: column.expression,
        })),
      };
      actions.push({ exprType: { case: "mergeAction", value } });
      return this;
    };
  }
}

function changes(add: Add): MergeChange {
  return {
    updateAll: () => add(UPDATE_STAR),
    update: (assignments) => add(UPDATE, assignments),
    delete: () => add(DELETE),
  };
}
