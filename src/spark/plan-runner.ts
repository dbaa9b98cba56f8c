import type { MessageInitShape } from "@bufbuild/protobuf";
import type {
  AnalyzePlanRequestSchema,
  AnalyzePlanResponse,
  ExecutePlanResponse_Metrics,
  ExecutePlanResponse_ObservedMetrics,
  PlanSchema,
} from "./gen/spark/connect/base_pb.ts";
import type { RelationSchema } from "./gen/spark/connect/relations_pb.ts";
import type { DataType } from "./gen/spark/connect/types_pb.ts";

/** How far a query is, as the server says it about once a second. */
export interface QueryProgress {
  readonly operationId: string;
  /** Tasks of all stages known so far; grows while a query is planned further. */
  readonly tasks: number;
  readonly tasksDone: number;
  readonly tasksRunning: number;
  readonly stages: number;
  readonly stagesDone: number;
  readonly inputBytes: bigint;
}

/** What an execution can be given. */
export interface ExecuteOptions {
  /** When it aborts, the operation is interrupted on the server and the call rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Tags of this execution, besides the session's; not empty, without commas. */
  readonly tags?: readonly string[] | undefined;
  /** Besides the session's own listener. */
  readonly onProgress?: ((progress: QueryProgress) => void) | undefined;
  /** The operation's ID, a UUID that has never been used in this session; a new one by default. */
  readonly operationId?: string | undefined;
  /**
   * The server isn't told that it may forget the operation when it has ended, so that `operationEnd` finds it, for as
   * long as the server keeps what nobody listens to (5 minutes). False by default.
   */
  readonly keep?: boolean | undefined;
}

/** One part of what an execution gives, in the order in which the server sends them. */
export type ExecutePart =
  /** Spark's own schema of the rows; before the first batch. Commands have none. */
  | { readonly kind: "schema"; readonly schema: DataType }
  /**
   * A whole Arrow IPC stream (schema and record batches) of its own, at an offset that Arrow readers can take. Whoever
   * gets it has it alone, the buffer below it included, and may free it.
   */
  | { readonly kind: "batch"; readonly rows: number; readonly data: Uint8Array }
  /** What a SQL command or a checkpoint gives: the relation to go on with, its rows already known to the server. */
  | { readonly kind: "relation"; readonly relation: MessageInitShape<typeof RelationSchema> }
  | { readonly kind: "metrics"; readonly metrics: ExecutePlanResponse_Metrics }
  | { readonly kind: "observed"; readonly observed: ExecutePlanResponse_ObservedMetrics };

/** What can be asked of the analyzer, and its answer. */
export type AnalyzeQuestion = NonNullable<MessageInitShape<typeof AnalyzePlanRequestSchema>["analyze"]>;
export type AnalyzeAnswer = AnalyzePlanResponse["result"];

/** What DataFrames need of a session: the server that runs and analyzes plans. */
export interface PlanRunner {
  /**
   * Runs a plan once: a lost connection is taken up again, the plan never sent twice. Leaving the iteration early
   * releases the operation on the server. @throws `SparkError` for what Spark refuses, `CairnError` for the rest.
   */
  execute(
    plan: MessageInitShape<typeof PlanSchema>,
    options?: ExecuteOptions,
  ): AsyncIterableIterator<ExecutePart>;
  /** @throws as `execute` does. */
  analyze(question: AnalyzeQuestion, options?: Pick<ExecuteOptions, "signal">): Promise<AnalyzeAnswer>;
  /** A number for `Relation.common.planId`, unique in this session. */
  nextPlanId(): bigint;
}
