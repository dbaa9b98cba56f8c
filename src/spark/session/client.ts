import type { DescMessage, MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import { CairnError, type Clock, type Random } from "../../base/mod.ts";
import { SparkConnectService } from "../gen/spark/connect/base_pb.ts";
import { addressOf, type SparkEndpoint } from "../wire/connection-string.ts";
import { GRPC, GrpcError } from "../wire/grpc-error.ts";
import type { Method, Transport } from "../wire/transport.ts";
import { connectionError, isFinal } from "./connection-error.ts";
import { errorInfo, readSparkError, retryDelayMs } from "./read-spark-error.ts";
import { FIRST_CONNECT, RECONNECT, Retries, type RetryPolicy } from "./retry.ts";

/** Longest time of a call that isn't a query, in ms. */
const CALL_MS = 600_000;
/** Longest time of the calls that only tidy up, in ms. */
const TIDY_MS = 10_000;

/** The fields that every request has. */
export interface RequestBase {
  readonly sessionId: string;
  readonly userContext: { readonly userId: string; readonly userName: string };
  readonly clientType: string;
  readonly clientObservedServerSideSessionId?: string;
}

/** What a client is made of. */
export interface ClientParts {
  readonly transport: Transport;
  readonly endpoint: SparkEndpoint;
  readonly sessionId: string;
  readonly userId: string;
  readonly clientType: string;
  readonly clock: Clock;
  readonly random: Random;
  /** How lost connections are taken up again. */
  readonly reconnect?: RetryPolicy | undefined;
  readonly firstConnect?: RetryPolicy | undefined;
}

/** How one call is made. */
export interface UnaryOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  /** What is being done, for messages: `read the configuration`. */
  readonly action: string;
  /** The plan or text the call is about, for the place in it. */
  readonly about?: unknown;
  /** The operation the call belongs to. */
  readonly operationId?: string | undefined;
}

/** One session's calls: what every request carries, what every answer is checked for, and what is tried again. */
export class SparkClient {
  readonly parts: ClientParts;
  readonly #tidying = new Set<Promise<unknown>>();
  #serverSession: string | undefined;
  #answered = false;
  #lost: CairnError | undefined;

  constructor(parts: ClientParts) {
    this.parts = parts;
  }

  /** What the server calls this session; another name means that it has forgotten it. */
  get serverSession(): string | undefined {
    return this.#serverSession;
  }

  base(): RequestBase {
    const { sessionId, userId, clientType } = this.parts;
    return {
      sessionId,
      userContext: { userId, userName: userId },
      clientType,
      ...(this.#serverSession !== undefined && { clientObservedServerSideSessionId: this.#serverSession }),
    };
  }

  /** Makes a call that may be repeated: what it asks for is the same however often it arrives. */
  async unary<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: (base: RequestBase) => MessageInitShape<I>,
    options: UnaryOptions,
  ): Promise<MessageShape<O>> {
    return this.repeat(options, async () => {
      const call = { signal: options.signal, timeoutMs: options.timeoutMs ?? CALL_MS };
      return this.observe(await this.parts.transport.unary(method, request(this.base()), call));
    });
  }

  /** Repeats `call` while only the way to the server fails. @throws what `errorOf` gives. */
  async repeat<T>(options: UnaryOptions, call: () => Promise<T>): Promise<T> {
    const retries = this.retries();
    for (;;) {
      if (this.#lost !== undefined) throw this.#lost;
      try {
        return await call();
      } catch (thrown) {
        if (!(thrown instanceof GrpcError)) throw thrown;
        if (isTransient(thrown) && (await retries.wait(options.signal, retryDelayMs(thrown)))) continue;
        throw await this.errorOf(thrown, options);
      }
    }
  }

  /** A count of repeats that fits what is known of the server. */
  retries(): Retries {
    const { clock, random, reconnect = RECONNECT, firstConnect = FIRST_CONNECT } = this.parts;
    return new Retries(this.#answered ? reconnect : firstConnect, clock, random);
  }

  /** Notes what an answer says of the session. @throws CairnError `SPARK_SESSION_LOST` where it is another one. */
  observe<T extends object>(answer: T): T {
    this.#answered = true;
    const { serverSideSessionId: now } = answer as { readonly serverSideSessionId?: string };
    if (now === undefined || now === "") return answer;
    if (this.#serverSession !== undefined && this.#serverSession !== now)
      throw this.#lose("has been replaced");
    this.#serverSession = now;
    return answer;
  }

  /** The error that a failed call stands for, with all that the server tells when asked. */
  async errorOf(error: GrpcError, options: UnaryOptions): Promise<Error> {
    const info = errorInfo(error);
    const lost = /INVALID_HANDLE\.(SESSION_\w+)/.exec(error.message)?.[1];
    if (lost !== undefined && lost !== "SESSION_NOT_SAME") return this.#lose(LOST[lost] ?? "is gone", error);
    if (info === undefined && error.code !== GRPC.internal && error.code !== GRPC.unknown) {
      return connectionError(error, this.parts.endpoint, options.action);
    }
    return readSparkError(error, options, async (errorId) => {
      const { transport } = this.parts;
      const request = { ...this.base(), errorId };
      const { signal } = options;
      const call = { signal, timeoutMs: TIDY_MS };
      return transport.unary(SparkConnectService.method.fetchErrorDetails, request, call);
    });
  }

  /**
   * Makes a call that only tidies up and gives its answer, or undefined where it fails: then the server tidies up by
   * itself, later.
   */
  tidy<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: MessageInitShape<I>,
  ): Promise<MessageShape<O> | undefined> {
    const call = this.parts.transport
      .unary(method, request, { timeoutMs: TIDY_MS })
      .catch(() => undefined)
      .finally(() => this.#tidying.delete(call));
    this.#tidying.add(call);
    return call;
  }

  /** Waits for what `tidy` began. */
  async settle(): Promise<void> {
    await Promise.all(this.#tidying);
  }

  #lose(how: string, cause?: unknown): CairnError {
    const at = addressOf(this.parts.endpoint);
    this.#lost = new CairnError(`The Spark session ${this.parts.sessionId} at ${at} ${how}`, {
      code: "SPARK_SESSION_LOST",
      kind: "world",
      hint: "Its temporary views and settings are lost. Open a new session.",
      cause,
    });
    return this.#lost;
  }
}

const LOST: Readonly<Record<string, string>> = {
  SESSION_CHANGED: "has been replaced: the server was restarted, or the session expired",
  SESSION_CLOSED: "was closed on the server: it expired, or someone released it",
  SESSION_NOT_FOUND: "is not known to the server: it was restarted, or the session expired",
};

/** Whether the same call may go through a moment later. */
export function isTransient(error: GrpcError): boolean {
  if (error.code === GRPC.unavailable) return !isFinal(error);
  if (error.code === GRPC.internal && error.message.includes("INVALID_CURSOR.DISCONNECTED")) return true;
  return retryDelayMs(error) > 0;
}
