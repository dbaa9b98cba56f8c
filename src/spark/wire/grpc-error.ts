/** The status codes of gRPC that are looked at here, as its specification numbers them. */
export const GRPC = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** What is known of a failed call besides its message. */
export interface GrpcFacts {
  readonly code: number;
  /** `grpc-status-details-bin`: a `google.rpc.Status`. */
  readonly status?: Uint8Array | undefined;
  /** False where the server has surely not seen the call. */
  readonly sent: boolean;
  readonly cause?: unknown;
}

/** A call that didn't end with OK: the server's word, or the connection's. */
export class GrpcError extends Error {
  readonly code: number;
  declare readonly status: Uint8Array | undefined;
  readonly sent: boolean;

  constructor(message: string, facts: GrpcFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.name = "GrpcError";
    this.code = facts.code;
    // Bytes that say nothing to whoever prints the error.
    Object.defineProperty(this, "status", { value: facts.status });
    this.sent = facts.sent;
  }
}

/** The code that gRPC gives to an answer with this HTTP status and no `grpc-status` (a proxy's, mostly). */
export function codeOfHttpStatus(status: number): number {
  if (status === 400) return GRPC.internal;
  if (status === 401) return GRPC.unauthenticated;
  if (status === 403) return GRPC.permissionDenied;
  if (status === 404) return GRPC.unimplemented;
  if (status === 429 || (status >= 502 && status <= 504)) return GRPC.unavailable;
  return GRPC.unknown;
}
