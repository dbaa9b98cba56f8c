import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Clock, type Random, uuid } from "../../base/mod.ts";
import {
  type ConfigRequest_OperationSchema,
  type ConfigResponse,
  type PlanSchema,
  SparkConnectService,
} from "../gen/spark/connect/base_pb.ts";
import type { AnalyzeAnswer, AnalyzeQuestion, ExecuteOptions, ExecutePart } from "../plan-runner.ts";
import type { SparkEndpoint } from "../wire/connection-string.ts";
import { Http2Transport } from "../wire/http2-transport.ts";
import { addArtifact, type ArtifactOptions } from "./artifacts.ts";
import { SparkClient } from "./client.ts";
import { Execution } from "./execution.ts";
import { fitPlan, fitQuestion } from "./fit-plan.ts";
import { interrupt, type OperationState, operationStates } from "./operations.ts";
import type { RetryPolicy } from "./retry.ts";

/** What a session's calls are made with. */
export interface CoreSetup {
  readonly endpoint: SparkEndpoint;
  readonly sessionId: string;
  readonly userId: string;
  readonly agent: string;
  readonly ca: string | undefined;
  readonly reconnect: RetryPolicy | undefined;
  readonly firstConnect: RetryPolicy | undefined;
  /** By the reason of an abort, whether what runs goes on at the server. */
  readonly leaves: ((reason: unknown) => boolean) | undefined;
  readonly clock: Clock;
  readonly random: Random;
}

/** What is asked of a session's settings. */
export type ConfigOperation = NonNullable<MessageInitShape<typeof ConfigRequest_OperationSchema>["opType"]>;

/** Longest time that an analysis may take, in ms: it may list a large folder. */
const ANALYZE_MS = 3_600_000;
const SERVICE = SparkConnectService.method;

/** The part of a session that speaks to the server; it brings the generated code along, so it is loaded when needed. */
export class SessionCore {
  readonly #client: SparkClient;
  readonly #leaves: CoreSetup["leaves"];
  /** The server's, once it is known; until then it is taken for the newest. */
  #version = "";

  constructor(setup: CoreSetup) {
    const { endpoint, agent, ca } = setup;
    this.#leaves = setup.leaves;
    this.#client = new SparkClient({
      transport: new Http2Transport(endpoint, { ca, userAgent: agent }),
      endpoint,
      sessionId: setup.sessionId,
      userId: setup.userId,
      clientType: agent,
      clock: setup.clock,
      random: setup.random,
      reconnect: setup.reconnect,
      firstConnect: setup.firstConnect,
    });
  }

  /** The server's version. From then on it is known which session the server has for us. */
  async greet(): Promise<string> {
    const answer = await this.#client.unary(
      SERVICE.analyzePlan,
      (base) => ({ ...base, analyze: { case: "sparkVersion" as const, value: {} } }),
      { action: "open a session" },
    );
    if (answer.result.case === "sparkVersion") this.#version = answer.result.value.version;
    return this.#version;
  }

  /** What the server calls the session that it has for us, once it has said so. */
  get serverSession(): string | undefined {
    return this.#client.serverSession;
  }

  /** Without a plan the operation `operationId` is listened to. */
  execute(
    plan: MessageInitShape<typeof PlanSchema> | undefined,
    { signal, tags = [], onProgress = () => undefined, operationId = uuid(), keep = false }: ExecuteOptions,
  ): AsyncGenerator<ExecutePart> {
    const fitted = plan === undefined ? undefined : fitPlan(plan, this.#version);
    const order = { operationId, plan: fitted, tags, signal, keep, leaves: this.#leaves, onProgress };
    return new Execution(this.#client, order).parts();
  }

  async analyze(question: AnalyzeQuestion, signal: AbortSignal | undefined): Promise<AnalyzeAnswer> {
    const analyze = fitQuestion(question, this.#version);
    const answer = await this.#client.unary(SERVICE.analyzePlan, (base) => ({ ...base, analyze }), {
      action: "analyze a plan",
      about: question,
      signal,
      timeoutMs: ANALYZE_MS,
    });
    return answer.result;
  }

  async config(opType: ConfigOperation, action: string): Promise<ConfigResponse> {
    return this.#client.unary(SERVICE.config, (base) => ({ ...base, operation: { opType } }), {
      action,
    });
  }

  async addArtifact(source: string | Uint8Array, options: ArtifactOptions): Promise<void> {
    await addArtifact(this.#client, source, options);
  }

  async interrupt(which: {
    readonly tag?: string;
    readonly operationId?: string;
  }): Promise<readonly string[]> {
    return interrupt(this.#client, which);
  }

  async operationStates(ids: readonly string[]): Promise<ReadonlyMap<string, OperationState>> {
    return operationStates(this.#client, ids);
  }

  /** Ends the session on the server, if `release` says so, and the connection. */
  async stop(release: boolean): Promise<void> {
    await this.#client.settle();
    if (release) {
      const { sessionId, userContext, clientType } = this.#client.base();
      await this.#client.tidy(SERVICE.releaseSession, { sessionId, userContext, clientType });
    }
    this.#client.parts.transport.close();
  }
}
