import type { MessageInitShape } from "@bufbuild/protobuf";
import { CairnError } from "../../base/mod.ts";
import { rowsToArrow } from "../arrow/rows-to-arrow.ts";
import { Catalog } from "../catalog/catalog.ts";
import { UDFRegistration } from "../catalog/udf-registration.ts";
import { DataFrame } from "../frame/data-frame.ts";
import { tellObservations } from "../frame/observation.ts";
import { planError, type RelationInit } from "../frame/plan.ts";
import { TableValuedFunctions } from "../frame/table-valued-functions.ts";
import type { PlanSchema } from "../gen/spark/connect/base_pb.ts";
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
import { sentSchema } from "../schema/sent-schema.ts";
import type { RowInput } from "../value/spark-value.ts";
import type { ArtifactOptions } from "./artifacts.ts";
import { type OperationEnd, operationEnd } from "./operation-end.ts";
import type { OperationState } from "./operations.ts";
import { RuntimeConf } from "./runtime-conf.ts";
import type { SessionCore } from "./session-core.ts";
import { applySettings } from "./session-settings.ts";
import { type SqlArguments, sqlCommand } from "./sql-command.ts";
import { checkTag } from "./tags.ts";

/** What a session is told when it is made. */
export interface SessionSetup {
  readonly sessionId: string;
  /** The ID to go on with where the server has closed the session of that ID. */
  readonly sessionAfter?: ((closed: string) => string) | undefined;
  /** Loads what speaks to the server; called when something is first asked of it. */
  readonly load: (sessionId: string) => Promise<SessionCore>;
  /** Set when the session begins, as far as a session may. */
  readonly settings: Readonly<Record<string, string>>;
  /** Aborts everything that the session does. */
  readonly signal: AbortSignal | undefined;
  /** By the reason of an abort, whether all is left to the server as it is. */
  readonly leaves: (reason: unknown) => boolean;
  readonly onProgress: (progress: QueryProgress) => void;
  readonly onWarning: (warning: string) => void;
}

/** A session that has begun. */
interface Begun {
  readonly core: SessionCore;
  readonly version: string;
}

/** What `range` may be told. */
export interface RangeOptions {
  /** 0 by default. */
  readonly start?: number | bigint | undefined;
  /** 1 by default. */
  readonly step?: number | bigint | undefined;
  readonly partitions?: number | undefined;
}

/** As much data as one plan carries, in bytes: servers take messages of at most 128 MiB. */
const LONGEST_LOCAL: number = 120 * 1024 * 1024;

/** Closed sessions that are passed over on the way to one that isn't. */
const MAX_CLOSED = 100;

function isLost(thrown: unknown): boolean {
  return thrown instanceof CairnError && thrown.code === "SPARK_SESSION_LOST";
}

type Signalled = Pick<ExecuteOptions, "signal">;

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
  /** The settings of the session. */
  readonly conf: RuntimeConf;
  readonly #setup: SessionSetup;
  #sessionId: string;
  readonly #tags = new Set<string>();
  #core: Promise<SessionCore> | undefined;
  #begun: Promise<Begun> | undefined;
  #planIds = 0n;

  constructor(setup: SessionSetup) {
    this.#setup = setup;
    this.#sessionId = setup.sessionId;
    this.conf = new RuntimeConf(async (operation, action) => {
      const { core } = await this.#begin(undefined);
      return this.#warned(await core.config(operation, action));
    });
  }

  /** Ours; another process with this ID and user takes part in the session. */
  get sessionId(): string {
    return this.#sessionId;
  }

  /** A new reader, its settings untouched. */
  get read(): DataFrameReader {
    return new DataFrameReader(this);
  }

  /** Databases, tables, functions, and what is cached. */
  get catalog(): Catalog {
    return new Catalog(this);
  }

  /** Registers functions of Java. */
  get udf(): UDFRegistration {
    return new UDFRegistration(this);
  }

  /** Functions that give tables. */
  get tvf(): TableValuedFunctions {
    return new TableValuedFunctions(this);
  }

  /** The server's version: `4.3.0`. Connects. */
  async version({ signal }: Signalled = {}): Promise<string> {
    return (await this.#begin(signal)).version;
  }

  /**
   * The server's own name for this session, a new one where it has forgotten the session of this ID: it was
   * restarted. Connects. Undefined before Spark 4.0.
   * @throws CairnError `SPARK_SESSION_LOST` where the session was closed: it expired, or was released
   */
  async serverSession(): Promise<string | undefined> {
    return (await this.#begin(undefined)).core.serverSession;
  }

  /**
   * Runs SQL. A statement takes effect now and once; a query is looked at now and runs when its rows are asked for.
   *
   * @param args values for `:name`, or a list of them for `?`; they never become part of the text
   * @throws SparkError with the place in the query
   */
  async sql(query: string, args: SqlArguments = {}, options: ExecuteOptions = {}): Promise<DataFrame> {
    const { version } = await this.#begin(options.signal);
    const { relation, command } = sqlCommand(query, args, version);
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

  /** One column `id` of long, up to before `end`. */
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
    const value = { data: made.data, schema: sentSchema(made.schema) };
    return new DataFrame(this, { relType: { case: "localRelation", value } });
  }

  /** A DataFrame with those columns and no rows. */
  emptyDataFrame(schema: Schema | readonly Field[] | string): DataFrame {
    return this.createDataFrame([], schema);
  }

  /**
   * Sends a jar, Python file, archive or other file to the session, or bytes with a name.
   * @throws CairnError `SPARK_ARTIFACT` where it isn't there or doesn't arrive whole
   */
  async addArtifact(source: string | Uint8Array, options: ArtifactOptions = {}): Promise<void> {
    const signal = this.#signal(options.signal);
    const { core } = await this.#begin(signal);
    await core.addArtifact(source, { ...options, signal });
  }

  /** Adds a tag to all operations that begin from now on. @throws CairnError `SPARK_TAG_INVALID` */
  addTag(tag: string): void {
    this.#tags.add(checkTag(tag));
  }

  /** Leaves a tag off operations that begin from now on. */
  removeTag(tag: string): void {
    this.#tags.delete(tag);
  }

  /** Leaves all tags off operations that begin from now on. */
  clearTags(): void {
    this.#tags.clear();
  }

  /** The tags of operations that begin now. */
  tags(): readonly string[] {
    return [...this.#tags];
  }

  /** Interrupts all operations of the session; gives the IDs of those that ran. */
  async interruptAll(): Promise<readonly string[]> {
    return (await this.#begin(undefined)).core.interrupt({});
  }

  /** Interrupts the session's operations that have this tag. */
  async interruptTag(tag: string): Promise<readonly string[]> {
    return (await this.#begin(undefined)).core.interrupt({ tag: checkTag(tag) });
  }

  /** Interrupts an operation of the session by its ID. */
  async interruptOperation(operationId: string): Promise<readonly string[]> {
    return (await this.#begin(undefined)).core.interrupt({ operationId });
  }

  /** What the server knows of operations, by ID; `unknown` where it knows nothing. Spark 4.2 and newer. */
  async operationStates(ids: readonly string[]): Promise<ReadonlyMap<string, OperationState>> {
    return (await this.#begin(undefined)).core.operationStates(ids);
  }

  async *execute(
    plan: MessageInitShape<typeof PlanSchema>,
    options: ExecuteOptions = {},
  ): AsyncGenerator<ExecutePart> {
    yield* this.#execute(plan, options);
  }

  /**
   * Listens to an operation that an earlier process began in this session, to its end, from the start as far as the
   * server still has it. Needs the same session ID and user.
   * @throws CairnError `SPARK_OUTCOME_UNKNOWN` where the server has forgotten it
   */
  async *attach(operationId: string, options: ExecuteOptions = {}): AsyncGenerator<ExecutePart> {
    yield* this.#execute(undefined, { ...options, operationId });
  }

  /**
   * Waits for the end of an operation that an earlier process began in this session with `keep`.
   * @throws CairnError where the server can't be reached or the session is lost
   */
  async operationEnd(operationId: string, options: Signalled = {}): Promise<OperationEnd> {
    return operationEnd(this, operationId, { signal: this.#signal(options.signal) });
  }

  async analyze(question: AnalyzeQuestion, options: Signalled = {}): Promise<AnalyzeAnswer> {
    const signal = this.#signal(options.signal);
    const { core } = await this.#begin(signal);
    return core.analyze(question, signal);
  }

  nextPlanId(): bigint {
    return this.#planIds++;
  }

  /**
   * Ends the session on the server and the connection. With `release: false` the session stays there, for another
   * process or until it expires.
   */
  async stop({ release = true }: { readonly release?: boolean } = {}): Promise<void> {
    const [core, begun] = [this.#core, this.#begun];
    this.#core = undefined;
    this.#begun = undefined;
    // A session that never began has nothing to release.
    const began = await begun?.then(
      () => true,
      () => false,
    );
    const { signal, leaves } = this.#setup;
    const isLeft = signal?.aborted === true && leaves(signal.reason);
    await (await core)?.stop(release && began === true && !isLeft);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async *#execute(
    plan: MessageInitShape<typeof PlanSchema> | undefined,
    options: ExecuteOptions,
  ): AsyncGenerator<ExecutePart> {
    const signal = this.#signal(options.signal);
    const tags = new Set([...this.#tags, ...(options.tags ?? []).map(checkTag)]);
    const { core } = await this.#begin(signal);
    const parts = core.execute(plan, {
      ...options,
      signal,
      tags: [...tags],
      onProgress: (progress) => {
        this.#setup.onProgress(progress);
        options.onProgress?.(progress);
      },
    });
    for await (const part of parts) {
      if (part.kind === "observed") tellObservations(plan, part.observed);
      yield part;
    }
  }

  /** A call's own signal and the session's. */
  #signal(own: AbortSignal | undefined): AbortSignal | undefined {
    const { signal } = this.#setup;
    if (own === undefined || signal === undefined) return own ?? signal;
    return AbortSignal.any([own, signal]);
  }

  async #begin(signal: AbortSignal | undefined): Promise<Begun> {
    signal?.throwIfAborted();
    this.#begun ??= this.#greet().catch((thrown: unknown) => {
      this.#begun = undefined;
      throw thrown;
    });
    const begun = await this.#begun;
    signal?.throwIfAborted();
    return begun;
  }

  async #greet(): Promise<Begun> {
    const { core, version } = await this.#enter();
    const { settings, onWarning } = this.#setup;
    const conf = new RuntimeConf(async (operation, action) =>
      this.#warned(await core.config(operation, action)),
    );
    await applySettings(conf, settings, onWarning);
    return { core, version };
  }

  /** Enters the session, or the one after those that the server has closed. */
  async #enter(): Promise<Begun> {
    for (let closed = 0; ; closed++) {
      this.#core ??= this.#setup.load(this.#sessionId);
      const core = await this.#core;
      try {
        return { core, version: await core.greet() };
      } catch (thrown) {
        const { sessionAfter } = this.#setup;
        if (sessionAfter === undefined || closed >= MAX_CLOSED || !isLost(thrown)) throw thrown;
        this.#core = undefined;
        await core.stop(false);
        this.#sessionId = sessionAfter(this.#sessionId);
      }
    }
  }

  #warned<T extends { readonly warnings: readonly string[] }>(answer: T): T {
    for (const warning of answer.warnings) this.#setup.onWarning(warning);
    return answer;
  }
}
