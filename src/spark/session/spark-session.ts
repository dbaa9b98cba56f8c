import type { MessageInitShape } from "@bufbuild/protobuf";
import { uuid } from "../../base/mod.ts";
import { rowsToArrow } from "../arrow/rows-to-arrow.ts";
import { DataFrame } from "../frame/data-frame.ts";
import { planError, type RelationInit } from "../frame/plan.ts";
import { type PlanSchema, SparkConnectService } from "../gen/spark/connect/base_pb.ts";
import { DataFrameReader } from "../io/data-frame-reader.ts";
import { runCommand } from "../io/run-command.ts";
import type {
  AnalyzeAnswer,
  AnalyzeQuestion,
  ExecuteOptions,
  ExecutePart,
  PlanRunner,
  QueryProgress,
} from "../plan-runner.ts";
import type { Field } from "../schema/data-type.ts";
import type { Schema } from "../schema/schema.ts";
import type { RowInput } from "../value/spark-value.ts";
import { addArtifact, type ArtifactOptions } from "./artifacts.ts";
import type { SparkClient } from "./client.ts";
import { Execution } from "./execution.ts";
import { interrupt, operationStates, type OperationState } from "./operations.ts";
import { RuntimeConf } from "./runtime-conf.ts";
import { applySettings } from "./session-settings.ts";
import { type SqlArguments, sqlCommand } from "./sql-command.ts";
import { checkTag } from "./tags.ts";

/** What a session is told when it is made. */
export interface SessionSetup {
  /** Set when the session begins, as far as a session may. */
  readonly settings: Readonly<Record<string, string>>;
  readonly onProgress: (progress: QueryProgress) => void;
  readonly onWarning: (warning: string) => void;
}

/** Longest time that an analysis may take, in ms: it may list a large folder. */
const ANALYZE_MS = 3_600_000;

/**
 * A session on a Spark Connect server, in the vocabulary of PySpark. It connects when something is first asked of it.
 *
 * ```ts
 * await using spark = openSession("sc://localhost");
 * const orders = await spark.sql("SELECT * FROM orders WHERE day = :day", { day: "2026-01-01" });
 * for await (const row of orders.rows()) console.log(row["id"]);
 * ```
 */
export class SparkSession implements PlanRunner, AsyncDisposable {
  readonly conf: RuntimeConf;
  readonly #client: SparkClient;
  readonly #setup: SessionSetup;
  readonly #tags = new Set<string>();
  #ready: Promise<string> | undefined;
  #planIds = 0n;

  constructor(client: SparkClient, setup: SessionSetup) {
    this.#client = client;
    this.#setup = setup;
    this.conf = new RuntimeConf(client, setup.onWarning);
  }

  /** Ours; another process with this ID and user takes part in the session. */
  get sessionId(): string {
    return this.#client.parts.sessionId;
  }

  /** A new reader, its settings untouched. */
  get read(): DataFrameReader {
    return new DataFrameReader(this);
  }

  /** The server's version: `4.3.0`. Connects. */
  async version(options: Pick<ExecuteOptions, "signal"> = {}): Promise<string> {
    return await this.#begin(options.signal);
  }

  /**
   * Runs SQL. A statement takes effect now and once; a query is looked at now and runs when its rows are asked for.
   *
   * @param args values for `:name`, or a list of them for `?`; they never become part of the text
   * @throws SparkError with the place in the query
   */
  async sql(query: string, args: SqlArguments = {}, options: ExecuteOptions = {}): Promise<DataFrame> {
    const { relation, command } = sqlCommand(query, args, await this.#begin(options.signal));
    let found: RelationInit = relation;
    await runCommand(this, command, options, (part) => {
      if (part.kind === "relation") found = part.relation;
    });
    return new DataFrame(this, found);
  }

  /** A table or view, by a name as SQL has it. */
  table(name: string): DataFrame {
    return this.read.table(name);
  }

  /** One column `id` of long: `start` (0) to before `end`, by `step` (1). */
  range(end: number | bigint, { start = 0, step = 1, partitions }: RangeOptions = {}): DataFrame {
    const value = {
      start: BigInt(start),
      end: BigInt(end),
      step: BigInt(step),
      ...(partitions !== undefined && { numPartitions: partitions }),
    };
    return new DataFrame(this, { relType: { case: "range", value } });
  }

  /**
   * A DataFrame of rows that are here.
   *
   * @param schema the columns; by default told from the values: a number is a double, a bigint a long
   * @throws CairnError `SPARK_VALUE_INVALID` for a value that its column can't hold exactly
   */
  createDataFrame(rows: readonly RowInput[], schema?: Schema | readonly Field[] | string): DataFrame {
    const made = rowsToArrow(rows, schema);
    if (made.data.length > LONGEST_LOCAL) {
      throw planError(
        `Cannot send ${rows.length} rows to Spark at once: they are ${made.data.length} bytes, ${LONGEST_LOCAL} are the limit`,
        "Write them to a file that the server can read, or send them in parts.",
      );
    }
    const value = { data: made.data, schema: JSON.stringify(made.schema) };
    return new DataFrame(this, { relType: { case: "localRelation", value } });
  }

  /**
   * Sends a jar, Python file, archive or other file to the session, or bytes with a name.
   * @throws CairnError `SPARK_ARTIFACT` where it isn't there or doesn't arrive whole
   */
  async addArtifact(source: string | Uint8Array, options: ArtifactOptions = {}): Promise<void> {
    await this.#begin(options.signal);
    await addArtifact(this.#client, source, options);
  }

  /** Adds a tag to all operations that begin from now on. */
  addTag(tag: string): void {
    this.#tags.add(checkTag(tag));
  }

  removeTag(tag: string): void {
    this.#tags.delete(tag);
  }

  tags(): readonly string[] {
    return [...this.#tags];
  }

  /** Interrupts all operations of the session; gives the IDs of those that ran. */
  async interruptAll(): Promise<readonly string[]> {
    return await interrupt(this.#client, {});
  }

  /** Interrupts the session's operations that have this tag. */
  async interruptTag(tag: string): Promise<readonly string[]> {
    return await interrupt(this.#client, { tag: checkTag(tag) });
  }

  async interruptOperation(operationId: string): Promise<readonly string[]> {
    return await interrupt(this.#client, { operationId });
  }

  /** What the server knows of operations, by ID; `unknown` where it knows nothing. Spark 4.2 and newer. */
  async operationStates(ids: readonly string[]): Promise<ReadonlyMap<string, OperationState>> {
    await this.#begin(undefined);
    return await operationStates(this.#client, ids);
  }

  async *execute(
    plan: MessageInitShape<typeof PlanSchema>,
    options: ExecuteOptions = {},
  ): AsyncGenerator<ExecutePart> {
    yield* this.#execute(plan, options);
  }

  /**
   * Listens to an operation that an earlier process of this session began, to its end; from the start, as far as the server
   * still has it. Needs the same session ID and user. @throws CairnError `SPARK_OUTCOME_UNKNOWN` where the server has
   * forgotten it.
   */
  async *attach(operationId: string, options: ExecuteOptions = {}): AsyncGenerator<ExecutePart> {
    yield* this.#execute(undefined, { ...options, operationId });
  }

  async analyze(
    question: AnalyzeQuestion,
    options: Pick<ExecuteOptions, "signal"> = {},
  ): Promise<AnalyzeAnswer> {
    await this.#begin(options.signal);
    const answer = await this.#client.unary(
      SparkConnectService.method.analyzePlan,
      (base) => ({ ...base, analyze: question }),
      { action: "analyze a plan", about: question, signal: options.signal, timeoutMs: ANALYZE_MS },
    );
    return answer.result;
  }

  nextPlanId(): bigint {
    return this.#planIds++;
  }

  /**
   * Ends the session on the server and the connection. With `release: false` the session stays there, for another
   * process or until it expires.
   */
  async stop({ release = true }: { readonly release?: boolean } = {}): Promise<void> {
    if (this.#ready !== undefined && release) {
      await this.#client.settle();
      const { sessionId, userContext, clientType } = this.#client.base();
      const { method } = SparkConnectService;
      await this.#client.tidy(method.releaseSession, { sessionId, userContext, clientType });
    }
    await this.#client.settle();
    this.#ready = undefined;
    this.#client.parts.transport.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async *#execute(
    plan: MessageInitShape<typeof PlanSchema> | undefined,
    options: ExecuteOptions,
  ): AsyncGenerator<ExecutePart> {
    await this.#begin(options.signal);
    const tags = new Set([...this.#tags, ...(options.tags ?? []).map(checkTag)]);
    const execution = new Execution(this.#client, {
      operationId: options.operationId ?? uuid(),
      plan,
      tags: [...tags],
      signal: options.signal,
      onProgress: (progress) => {
        this.#setup.onProgress(progress);
        options.onProgress?.(progress);
      },
    });
    yield* execution.parts();
  }

  /** Asks for the version: from then on it is known which session the server has for us. */
  async #begin(signal: AbortSignal | undefined): Promise<string> {
    signal?.throwIfAborted();
    this.#ready ??= this.#greet().catch((thrown: unknown) => {
      this.#ready = undefined;
      throw thrown;
    });
    return await this.#ready;
  }

  async #greet(): Promise<string> {
    const answer = await this.#client.unary(
      SparkConnectService.method.analyzePlan,
      (base) => ({ ...base, analyze: { case: "sparkVersion" as const, value: {} } }),
      { action: "open a session" },
    );
    await applySettings(this.conf, this.#setup.settings, this.#setup.onWarning);
    return answer.result.case === "sparkVersion" ? answer.result.value.version : "";
  }
}

export interface RangeOptions {
  readonly start?: number | bigint | undefined;
  readonly step?: number | bigint | undefined;
  readonly partitions?: number | undefined;
}

/** As much data as one plan carries, in bytes: servers take messages of at most 128 MiB. */
const LONGEST_LOCAL: number = 120 * 1024 * 1024;
