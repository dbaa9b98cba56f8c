import { runCommand } from "../io/run-command.ts";
import type { AnalyzeAnswer, AnalyzeQuestion, ExecuteOptions } from "../plan-runner.ts";
import type { Schema } from "../schema/schema.ts";
import { simpleString } from "../schema/simple-string.ts";
import { planError, type RelationInit, type RelationKind } from "./plan.ts";
import { type ExplainMode, explainOf, schemaOf } from "./relations.ts";
import { RunnableFrame } from "./runnable-frame.ts";
import { StorageLevel } from "./storage-level.ts";

type Signalled = Pick<ExecuteOptions, "signal">;
type Asked = NonNullable<AnalyzeQuestion["case"]>;
type Question<Case extends Asked> = Extract<AnalyzeQuestion, { case: Case }>;
type Answer<Case extends string> = Extract<AnalyzeAnswer, { case: Case }>["value"];

/** How a DataFrame is taken down. */
export interface CheckpointOptions extends ExecuteOptions {
  /** Whether it is computed now instead of by its first action; true by default. */
  readonly eager?: boolean | undefined;
}

/** How a DataFrame is taken down on the executors. */
export interface LocalCheckpointOptions extends CheckpointOptions {
  /** Where it is kept; Spark's default is memory and disk. */
  readonly storageLevel?: StorageLevel | undefined;
}

/** What the server says of a plan without running it, and what it keeps of its rows. */
export abstract class AnsweredFrame extends RunnableFrame {
  #schema: Schema | undefined;

  /** The columns with their types. Asked of the server once. */
  async schema(options: Signalled = {}): Promise<Schema> {
    this.#schema ??= await schemaOf(this.runner, this.relation, options);
    return this.#schema;
  }

  /** The columns' names. */
  async columns(options: Signalled = {}): Promise<readonly string[]> {
    return (await this.schema(options)).names();
  }

  /** The columns' names, each with its type as SQL writes it: `["price", "decimal(10,2)"]`. */
  async dtypes(options: Signalled = {}): Promise<readonly (readonly [name: string, type: string])[]> {
    const { fields } = await this.schema(options);
    return fields.map(({ name, type }) => [name, simpleString(type)] as const);
  }

  /** The plan as text. @throws CairnError `SPARK_PLAN_INVALID` for another mode than these. */
  explain(mode: ExplainMode = "simple", options: Signalled = {}): Promise<string> {
    return explainOf(this.runner, this.relation, mode, options);
  }

  /** Whether the server needs no executors for the rows. */
  async isLocal(options: Signalled = {}): Promise<boolean> {
    return (await this.#ask({ case: "isLocal", value: { plan: this.#plan() } }, options)).isLocal;
  }

  /** The files that the rows come from, as URLs, as far as Spark knows them. */
  async inputFiles(options: Signalled = {}): Promise<readonly string[]> {
    return (await this.#ask({ case: "inputFiles", value: { plan: this.#plan() } }, options)).files;
  }

  /** Whether both plans are the same when names and other accidents are left out, so that their rows are, too. */
  async sameSemantics(other: AnsweredFrame, options: Signalled = {}): Promise<boolean> {
    const value = { targetPlan: this.#plan(), otherPlan: other.#plan() };
    return (await this.#ask({ case: "sameSemantics", value }, options)).result;
  }

  /** A number that is equal for plans of {@link AnsweredFrame.sameSemantics}. */
  async semanticHash(options: Signalled = {}): Promise<number> {
    return (await this.#ask({ case: "semanticHash", value: { plan: this.#plan() } }, options)).result;
  }

  /**
   * Keeps the rows where the level says once an action has computed them, for all later uses of this plan in the
   * session. Gives this DataFrame.
   */
  async persist(
    storageLevel: StorageLevel = StorageLevel.MEMORY_AND_DISK_DESER,
    options: Signalled = {},
  ): Promise<this> {
    const value = { relation: this.relation, storageLevel: { ...storageLevel } };
    await this.#ask({ case: "persist", value }, options);
    return this;
  }

  /** As {@link AnsweredFrame.persist} in memory and on disk. */
  cache(options: Signalled = {}): Promise<this> {
    return this.persist(StorageLevel.MEMORY_AND_DISK_DESER, options);
  }

  /** Gives up what {@link AnsweredFrame.persist} keeps; `blocking` waits until it is gone. Gives this DataFrame. */
  async unpersist(blocking: boolean = false, options: Signalled = {}): Promise<this> {
    await this.#ask({ case: "unpersist", value: { relation: this.relation, blocking } }, options);
    return this;
  }

  /** Where the rows are kept; `StorageLevel.NONE` where they aren't. */
  async storageLevel(options: Signalled = {}): Promise<StorageLevel> {
    const value = { relation: this.relation };
    const { storageLevel } = await this.#ask({ case: "getStorageLevel", value }, options);
    if (storageLevel === undefined) return StorageLevel.NONE;
    const { useDisk, useMemory, useOffHeap, deserialized, replication } = storageLevel;
    return { useDisk, useMemory, useOffHeap, deserialized, replication };
  }

  /** Whether {@link AnsweredFrame.persist} is in force for this plan. */
  async isCached(options: Signalled = {}): Promise<boolean> {
    const { useDisk, useMemory, useOffHeap } = await this.storageLevel(options);
    return useDisk || useMemory || useOffHeap;
  }

  /**
   * Writes the rows to the server's checkpoint folder (`spark.checkpoint.dir`) and gives a DataFrame that reads them
   * from there: plans that grow in a loop begin anew. It is there until the session ends or `releaseCheckpoint`.
   *
   * @throws SparkError where the server has no such folder
   */
  checkpoint({ eager = true, ...options }: CheckpointOptions = {}): Promise<this> {
    return this.#checkpoint({ relation: this.relation, local: false, eager }, options);
  }

  /** As {@link AnsweredFrame.checkpoint} on the executors: quicker, and lost with one of them. */
  localCheckpoint({ eager = true, storageLevel, ...options }: LocalCheckpointOptions = {}): Promise<this> {
    const level = storageLevel && { storageLevel: { ...storageLevel } };
    return this.#checkpoint({ relation: this.relation, local: true, eager, ...level }, options);
  }

  /**
   * Lets the server forget what `checkpoint` or `localCheckpoint` gave; neither it nor what was made of it can be
   * used any more.
   *
   * @throws CairnError `SPARK_PLAN_INVALID` for a DataFrame that didn't come from one of them
   */
  async releaseCheckpoint(options: ExecuteOptions = {}): Promise<void> {
    const { relType } = this.relation;
    if (relType?.case !== "cachedRemoteRelation") {
      throw planError("Cannot release a checkpoint: this DataFrame is none");
    }
    const value = { relation: relType.value };
    await runCommand(
      this.runner,
      { commandType: { case: "removeCachedRemoteRelationCommand", value } },
      options,
    );
  }

  async #checkpoint(
    value: { relation: RelationInit; local: boolean; eager: boolean; storageLevel?: StorageLevel },
    options: ExecuteOptions,
  ): Promise<this> {
    let found: RelationKind | undefined;
    await runCommand(this.runner, { commandType: { case: "checkpointCommand", value } }, options, (part) => {
      if (part.kind === "relation") found = part.relation.relType;
    });
    if (found === undefined) throw planError("Cannot take a checkpoint: the server's answer has none");
    return this.next(found);
  }

  #plan(): { opType: { case: "root"; value: RelationInit } } {
    return { opType: { case: "root", value: this.relation } };
  }

  async #ask<Case extends Asked>(question: Question<Case>, options: Signalled): Promise<Answer<Case>> {
    const { case: asked } = question as AnalyzeQuestion;
    const { case: answered, value } = await this.runner.analyze(question, options);
    if (answered === asked) return value as Answer<Case>;
    throw planError(`Cannot ask for ${asked}: the server's answer is ${answered ?? "empty"}`);
  }
}
