import { create } from "@bufbuild/protobuf";
import { type Clock, systemRandom } from "../../../src/base/mod.ts";
import {
  type ExecutePlanResponse,
  ExecutePlanResponseSchema,
  InterruptResponseSchema,
} from "../../../src/spark/gen/spark/connect/base_pb.ts";
import { SparkClient } from "../../../src/spark/session/client.ts";
import { parseConnectionString } from "../../../src/spark/wire/connection-string.ts";
import { GRPC, GrpcError } from "../../../src/spark/wire/grpc-error.ts";
import type { Transport } from "../../../src/spark/wire/transport.ts";

/** What happens to one call of ExecutePlan or ReattachExecute. */
export type Fate =
  /** There is no connection. */
  | { readonly kind: "refused" }
  /** The call is lost on its way. */
  | { readonly kind: "lost" }
  /** It arrives; after so many responses the connection breaks. */
  | { readonly kind: "broken"; readonly after: number }
  /** It arrives; after so many responses the server ends the stream by itself. */
  | { readonly kind: "ended"; readonly after: number }
  | { readonly kind: "whole" };

interface Operation {
  readonly responses: readonly ExecutePlanResponse[];
}

const SESSION = "server-session";

/** A server without a wire, to the letter of the protocol: what it was asked, and how often it ran each operation. */
export class FakeSpark {
  readonly asked: string[] = [];
  readonly runs: Map<string, number> = new Map();
  readonly #operations = new Map<string, Operation>();
  readonly #rows: number;
  readonly #fate: () => Fate;
  session: string = SESSION;

  constructor(rows: number, fate: () => Fate) {
    this.#rows = rows;
    this.#fate = fate;
  }

  /** It forgets everything, as a restart would have it. */
  restart(): void {
    this.session = "another-session";
    this.#operations.clear();
  }

  /** It throws an operation away that nobody listened to. */
  abandon(): void {
    this.#operations.clear();
  }

  transport(): Transport {
    return {
      unary: (method, request) => {
        this.asked.push(method.name);
        if (method.name === "Interrupt") {
          return Promise.resolve(create(InterruptResponseSchema, { interruptedIds: ["x"] }) as never);
        }
        return Promise.resolve({ sessionId: "s", serverSideSessionId: this.session, ...request } as never);
      },
      stream: (method, request) => this.#stream(method.name, request as never) as never,
      upload: () => Promise.reject(new Error("nothing is uploaded here")),
      close: () => undefined,
    };
  }

  async *#stream(
    name: string,
    request: { operationId: string; lastResponseId?: string; clientObservedServerSideSessionId?: string },
  ): AsyncGenerator<ExecutePlanResponse> {
    this.asked.push(name);
    const fate = this.#fate();
    if (fate.kind === "refused") throw unavailable("refused", false);
    if (fate.kind === "lost") throw unavailable("the connection was lost", true);
    const { operationId, clientObservedServerSideSessionId: observed } = request;
    if (observed !== undefined && observed !== this.session) throw handle("SESSION_CHANGED");
    if (name === "ExecutePlan") this.#start(operationId);
    const operation = this.#operations.get(operationId);
    if (operation === undefined) throw handle("OPERATION_NOT_FOUND");
    const from = operation.responses.findIndex(({ responseId }) => responseId === request.lastResponseId) + 1;
    const most = "after" in fate ? fate.after : Number.POSITIVE_INFINITY;
    for (const response of operation.responses.slice(from, from + most)) yield response;
    if (fate.kind === "broken") throw unavailable("the connection was lost", true);
  }

  #start(operationId: string): void {
    if (this.#operations.has(operationId)) throw handle("OPERATION_ALREADY_EXISTS");
    this.runs.set(operationId, (this.runs.get(operationId) ?? 0) + 1);
    const made = (id: number, responseType: ExecutePlanResponse["responseType"]): ExecutePlanResponse =>
      create(ExecutePlanResponseSchema, {
        sessionId: "s",
        serverSideSessionId: this.session,
        operationId,
        responseId: `r${id}`,
        responseType,
      });
    const rows = Array.from({ length: this.#rows }, (_, index) =>
      made(index, { case: "arrowBatch", value: { data: Uint8Array.of(index), rowCount: 1n } as never }),
    );
    const end = made(this.#rows, { case: "resultComplete", value: {} as never });
    this.#operations.set(operationId, { responses: [...rows, end] });
  }
}

/** A clock that never waits, and moves on as if it had. */
function hastyClock(): Clock {
  let now = 0;
  return {
    now: () => now,
    steady: () => now,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      now += ms;
      await Promise.resolve();
    },
  };
}

/** A client of a fake server that has greeted it. */
export function fakeClient(server: FakeSpark, greeted = true): SparkClient {
  const client = new SparkClient({
    transport: server.transport(),
    endpoint: parseConnectionString("sc://fake"),
    sessionId: "s",
    userId: "u",
    clientType: "test",
    clock: hastyClock(),
    random: systemRandom,
  });
  if (greeted) client.observe({ sessionId: "s", serverSideSessionId: server.session });
  return client;
}

function unavailable(message: string, sent: boolean): GrpcError {
  return new GrpcError(message, { code: GRPC.unavailable, sent });
}

function handle(name: string): GrpcError {
  return new GrpcError(`[INVALID_HANDLE.${name}] The handle is invalid. SQLSTATE: HY000`, {
    code: GRPC.internal,
    sent: true,
  });
}
