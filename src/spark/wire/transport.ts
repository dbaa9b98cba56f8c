import type { DescMessage, DescMethod, MessageInitShape, MessageShape } from "@bufbuild/protobuf";

/** A method of a service with the types of its messages. */
export type Method<I extends DescMessage, O extends DescMessage> = DescMethod & { input: I; output: O };

export interface CallOptions {
  /** Ends the call; it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The longest time until the answer is whole, in ms; no limit by default. */
  readonly timeoutMs?: number | undefined;
}

/**
 * The one way to a server: gRPC calls. A call that fails rejects with a `GrpcError`. Nothing is ever sent twice
 * here; who repeats a call, and when, is decided above.
 */
export interface Transport {
  unary<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: MessageInitShape<I>,
    options?: CallOptions,
  ): Promise<MessageShape<O>>;
  /** Leaving the iteration cancels the call. */
  stream<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: MessageInitShape<I>,
    options?: CallOptions,
  ): AsyncGenerator<MessageShape<O>>;
  /** Many requests, one answer. */
  upload<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    requests: AsyncIterable<MessageInitShape<I>>,
    options?: CallOptions,
  ): Promise<MessageShape<O>>;
  /** Ends the connection and the calls on it; a later call opens it anew. */
  close(): void;
}
