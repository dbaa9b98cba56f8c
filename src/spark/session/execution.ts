import type { MessageInitShape } from "@bufbuild/protobuf";
import { CairnError } from "../../base/mod.ts";
import {
  type ExecutePlanResponse,
  InterruptRequest_InterruptType,
  type PlanSchema,
  SparkConnectService,
} from "../gen/spark/connect/base_pb.ts";
import type { ExecutePart, QueryProgress } from "../plan-runner.ts";
import { GRPC, GrpcError } from "../wire/grpc-error.ts";
import { isTransient, type SparkClient } from "./client.ts";
import { ExecutionParts, progressOf } from "./execution-parts.ts";
import { retryDelayMs } from "./read-spark-error.ts";
import type { Retries } from "./retry.ts";
import { steer } from "./steering.ts";

/** One execution as the session asks for it. */
export interface ExecutionOrder {
  readonly operationId: string;
  /** Undefined: the operation is there already, begun by someone else; it is only listened to. */
  readonly plan: MessageInitShape<typeof PlanSchema> | undefined;
  readonly tags: readonly string[];
  readonly signal: AbortSignal | undefined;
  /** Nothing of it is released; false by default. */
  readonly keep?: boolean | undefined;
  /** Whether it goes on at the server although the signal has aborted, by the reason. Never by default. */
  readonly leaves?: ((reason: unknown) => boolean) | undefined;
  readonly onProgress: (progress: QueryProgress) => void;
}

const SERVICE = SparkConnectService.method;
/** How much is received before the server is told that it may forget it, in bytes. */
const RELEASE_AFTER = 4 * 1024 * 1024;
const INTERRUPT_TRIES = 5;
const INTERRUPT_PAUSE_MS = 100;
const REATTACHABLE = {
  requestOption: { case: "reattachOptions" as const, value: { reattachable: true } },
};
const CHUNKED = {
  requestOption: { case: "resultChunkingOptions" as const, value: { allowArrowBatchChunking: true } },
};

/**
 * Runs an operation to its end, over as many connections as it takes. Its ID is ours, and Spark runs an ID once: a lost
 * connection is taken up by ReattachExecute after the last response that came, and ExecutePlan is sent again only
 * where nothing ever came back and the server, which must be the one we know, says that it has never seen the ID.
 */
export class Execution {
  readonly #client: SparkClient;
  readonly #order: ExecutionOrder;
  readonly #parts: ExecutionParts = new ExecutionParts();
  readonly #retries: Retries;
  readonly #call: AbortController = new AbortController();
  #lastResponseId: string | undefined;
  #unreleased = 0;
  #releasing = false;
  /** Whether the server may have the operation. */
  #sent: boolean;
  /** The same before the call that is open. */
  #sentBefore: boolean;
  #reattach: boolean;
  #complete = false;

  constructor(client: SparkClient, order: ExecutionOrder) {
    this.#client = client;
    this.#order = order;
    this.#retries = client.retries();
    this.#sent = order.plan === undefined;
    this.#sentBefore = this.#sent;
    this.#reattach = order.plan === undefined;
  }

  /** @throws the signal's reason, SparkError, or CairnError where the connection or the session is lost. */
  async *parts(): AsyncGenerator<ExecutePart> {
    const { signal } = this.#order;
    signal?.throwIfAborted();
    let interrupted: Promise<void> | undefined;
    let isLeft = false;
    const onAbort = (): void => {
      isLeft = this.#order.leaves?.(signal?.reason) === true;
      if (!isLeft) interrupted = this.#interrupt();
      this.#call.abort(signal?.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      while (!this.#complete) yield* this.#listen();
    } finally {
      signal?.removeEventListener("abort", onAbort);
      await interrupted;
      // A release would end it, too.
      if (this.#sent && this.#order.keep !== true && !isLeft) this.#releaseAll();
    }
  }

  /** One connection's worth. */
  async *#listen(): AsyncGenerator<ExecutePart> {
    this.#sentBefore = this.#sent;
    this.#sent = true;
    try {
      for await (const response of this.#open()) {
        this.#client.observe(response);
        this.#retries.succeeded();
        if (response.responseId !== "") this.#lastResponseId = response.responseId;
        const { responseType } = response;
        if (responseType.case === "resultComplete") {
          this.#complete = true;
          return;
        }
        if (responseType.case === "executionProgress") {
          this.#order.onProgress(progressOf(this.#order.operationId, responseType.value));
        } else {
          const bytes = responseType.case === "arrowBatch" ? responseType.value.data.length : 0;
          yield* this.#parts.read(response);
          this.#release(bytes, response.responseId);
        }
      }
      // The server ends streams after a while (2 minutes, 1 GiB); without ResultComplete there is more.
      this.#reattach = true;
    } catch (thrown) {
      if (this.#order.signal?.aborted === true) throw this.#order.signal.reason;
      if (!(thrown instanceof GrpcError)) throw thrown;
      await this.#recover(thrown);
    }
  }

  #open(): AsyncGenerator<ExecutePlanResponse> {
    const { operationId, plan, tags } = this.#order;
    const base = this.#client.base();
    const { transport } = this.#client.parts;
    const options = { signal: this.#call.signal };
    if (this.#reattach || plan === undefined) {
      const last = this.#lastResponseId;
      const request = { ...base, operationId, ...(last !== undefined && { lastResponseId: last }) };
      return transport.stream(SERVICE.reattachExecute, request, options);
    }
    const request = { ...base, operationId, plan, tags: [...tags], requestOptions: [REATTACHABLE, CHUNKED] };
    return transport.stream(SERVICE.executePlan, request, options);
  }

  /** Decides how to go on after a failed call. @throws where that can't be. */
  async #recover(error: GrpcError): Promise<void> {
    const { signal, plan } = this.#order;
    const handle = /INVALID_HANDLE\.(OPERATION_\w+)/.exec(error.message)?.[1];
    const first = !this.#reattach;
    this.#sent = this.#sentBefore || error.sent;
    if (handle === "OPERATION_NOT_FOUND" && this.#mayStartAgain()) {
      this.#reattach = false;
    } else if (handle === "OPERATION_ALREADY_EXISTS" && first && this.#retries.repeated) {
      // The one before this did arrive.
      this.#reattach = true;
    } else if (handle !== undefined && handle !== "OPERATION_ALREADY_EXISTS") {
      throw this.#lost(`the server doesn't have it any more (${handle})`, error);
    } else if (isTransient(error) || isBroken(error)) {
      this.#reattach = this.#sent;
    } else {
      throw await this.#failure(error);
    }
    if (await this.#retries.wait(signal, retryDelayMs(error))) return;
    if (!this.#sent || plan === undefined) throw await this.#failure(error);
    throw this.#lost("the server can't be reached any more", error);
  }

  /** An older server doesn't tell which session it is, so for a command nobody can say whether it ran. */
  #mayStartAgain(): boolean {
    const { plan } = this.#order;
    if (plan === undefined || this.#lastResponseId !== undefined) return false;
    return this.#client.serverSession !== undefined || plan.opType?.case === "root";
  }

  async #failure(error: GrpcError): Promise<Error> {
    const { plan, signal, operationId } = this.#order;
    const options = { action: "run a query", about: plan, signal, operationId };
    const made = await this.#client.errorOf(error, options);
    const lost = made instanceof CairnError && made.code === "SPARK_SESSION_LOST";
    return lost && this.#sent ? this.#lost(made.message, made) : made;
  }

  /** A query can be asked again; of anything else nobody knows whether it took effect, so it must not be. */
  #lost(why: string, cause: unknown): CairnError {
    const { operationId, plan } = this.#order;
    if (plan?.opType?.case === "root") {
      return new CairnError(`Cannot read on from the Spark query ${operationId}: ${why}`, {
        code: "SPARK_OPERATION_LOST",
        kind: "world",
        hint: "Run it again, in a new session.",
        cause,
      });
    }
    const unknown = new CairnError(`The outcome of the Spark operation ${operationId} is unknown: ${why}`, {
      code: "SPARK_OUTCOME_UNKNOWN",
      kind: "world",
      hint: "See on the server whether it took effect before it is run again.",
      cause,
    });
    return steer(unknown, "permanent");
  }

  /** Ends the operation on the server; resolves when the server has answered, or when it is too slow. */
  async #interrupt(): Promise<void> {
    if (!this.#sent) return;
    const request = {
      ...this.#client.base(),
      interruptType: InterruptRequest_InterruptType.OPERATION_ID,
      interrupt: { case: "operationId" as const, value: this.#order.operationId },
    };
    const { clock } = this.#client.parts;
    for (let tries = 0; tries < INTERRUPT_TRIES; tries++) {
      const answer = await this.#client.tidy(SERVICE.interrupt, request);
      // An operation that hasn't said anything yet may not have begun: the interrupt came too early to find it.
      if (answer === undefined || answer.interruptedIds.length > 0 || this.#lastResponseId !== undefined)
        return;
      await clock.sleep(INTERRUPT_PAUSE_MS);
    }
  }

  /** Tells the server, now and then, how far it needn't keep what it sent. */
  #release(bytes: number, responseId: string): void {
    this.#unreleased += bytes;
    if (this.#order.keep === true || this.#unreleased < RELEASE_AFTER || this.#releasing || responseId === "")
      return;
    this.#unreleased = 0;
    this.#releasing = true;
    const release = { case: "releaseUntil" as const, value: { responseId } };
    void this.#client
      .tidy(SERVICE.releaseExecute, {
        ...this.#client.base(),
        operationId: this.#order.operationId,
        release,
      })
      .finally(() => {
        this.#releasing = false;
      });
  }

  #releaseAll(): void {
    const release = { case: "releaseAll" as const, value: {} };
    const { operationId } = this.#order;
    void this.#client.tidy(SERVICE.releaseExecute, { ...this.#client.base(), operationId, release });
  }
}

/** A call that ended without an error of Spark's: the operation goes on without us. */
function isBroken(error: GrpcError): boolean {
  if (error.code === GRPC.deadlineExceeded) return true;
  return error.code === GRPC.cancelled && !error.message.includes("OPERATION_CANCELED");
}
