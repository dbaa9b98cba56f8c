import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from "@bufbuild/protobuf";
import {
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import { startTimer } from "../../base/mod.ts";
import { addressOf, type SparkEndpoint } from "./connection-string.ts";
import { codeOfHttpStatus, GRPC, GrpcError } from "./grpc-error.ts";
import { freeBytes } from "./free-bytes.ts";
import { type ConnectionOptions, Http2Connection } from "./http2-connection.ts";
import { frameOf, MessageFrames } from "./message-frames.ts";
import type { CallOptions, Method, Transport } from "./transport.ts";

/** What a transport is made of. */
export interface Http2TransportOptions extends ConnectionOptions {
  /** Names the client to the server, as HTTP's header does. */
  readonly userAgent: string;
}

/** gRPC over Node's HTTP/2. */
export class Http2Transport implements Transport {
  readonly #endpoint: SparkEndpoint;
  readonly #connection: Http2Connection;
  readonly #userAgent: string;

  constructor(endpoint: SparkEndpoint, options: Http2TransportOptions) {
    this.#endpoint = endpoint;
    this.#connection = new Http2Connection(endpoint, options);
    this.#userAgent = options.userAgent;
  }

  async unary<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: MessageInitShape<I>,
    options: CallOptions = {},
  ): Promise<MessageShape<O>> {
    return only(this.stream(method, request, options));
  }

  async *stream<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    request: MessageInitShape<I>,
    options: CallOptions = {},
  ): AsyncGenerator<MessageShape<O>> {
    const frame = encode(method.input, request);
    for await (const message of this.#call(method, (stream) => stream.end(frame), options)) {
      yield fromBinary(method.output, message);
    }
  }

  async upload<I extends DescMessage, O extends DescMessage>(
    method: Method<I, O>,
    requests: AsyncIterable<MessageInitShape<I>>,
    options: CallOptions = {},
  ): Promise<MessageShape<O>> {
    let failure: { readonly thrown: unknown } | undefined;
    const send = (stream: ClientHttp2Stream): void => {
      writeAll(stream, method.input, requests).catch((thrown: unknown) => {
        failure = { thrown };
        stream.close(constants.NGHTTP2_CANCEL);
      });
    };
    try {
      const [message] = await Array.fromAsync(this.#call(method, send, options));
      if (message === undefined) throw noAnswer();
      return fromBinary(method.output, message);
    } catch (thrown) {
      // What the requests' source threw is the reason, not the call that was given up for it.
      throw failure === undefined ? thrown : failure.thrown;
    }
  }

  close(): void {
    this.#connection.close();
  }

  async *#call(
    method: Method<DescMessage, DescMessage>,
    send: (stream: ClientHttp2Stream) => void,
    { signal, timeoutMs }: CallOptions,
  ): AsyncGenerator<Uint8Array> {
    signal?.throwIfAborted();
    const session = await this.#connection.open();
    signal?.throwIfAborted();
    const leave = this.#connection.enter(session);
    const call = new OpenCall(session.request(this.#headers(method, timeoutMs)));
    const stopTimer =
      timeoutMs === undefined ? undefined : startTimer(timeoutMs, () => call.timeOut(timeoutMs));
    const onAbort = (): void => call.cancel();
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      send(call.stream);
      yield* call.messages(() => this.#connection.heard());
    } catch (thrown) {
      if (signal?.aborted === true) throw signal.reason;
      throw thrown;
    } finally {
      signal?.removeEventListener("abort", onAbort);
      stopTimer?.();
      call.cancel();
      leave();
    }
  }

  #headers(method: Method<DescMessage, DescMessage>, timeoutMs: number | undefined): OutgoingHttpHeaders {
    const { token, headers, tls } = this.#endpoint;
    return {
      ...headers,
      ":method": "POST",
      ":scheme": tls ? "https" : "http",
      ":authority": addressOf(this.#endpoint),
      ":path": `/${method.parent.typeName}/${method.name}`,
      "content-type": "application/grpc",
      te: "trailers",
      "user-agent": this.#userAgent,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(timeoutMs !== undefined && { "grpc-timeout": `${timeoutMs}m` }),
    };
  }
}

/** One call on the wire: its messages, then its status. */
class OpenCall {
  readonly stream: ClientHttp2Stream;
  #head: IncomingHttpHeaders | undefined;
  #trailers: IncomingHttpHeaders | undefined;
  #failure: Error | undefined;
  #timedOut: number | undefined;

  constructor(stream: ClientHttp2Stream) {
    this.stream = stream;
    stream.on("response", (headers) => {
      this.#head = headers;
    });
    stream.on("trailers", (trailers) => {
      this.#trailers = trailers;
    });
    stream.on("error", (error: Error) => {
      this.#failure ??= error;
    });
  }

  cancel(): void {
    if (this.stream.destroyed) return;
    if (!this.stream.closed) this.stream.close(constants.NGHTTP2_CANCEL);
    this.stream.destroy();
  }

  timeOut(ms: number): void {
    this.#timedOut = ms;
    this.cancel();
  }

  /** @throws GrpcError unless the call ends with OK. */
  async *messages(heard: () => void): AsyncGenerator<Uint8Array> {
    const frames = new MessageFrames();
    try {
      for await (const piece of this.stream as AsyncIterable<Uint8Array>) {
        heard();
        // What isn't gRPC (a proxy's page) has no messages in it; its status says enough.
        if (this.#isGrpc()) yield* frames.push(piece);
        // A piece that is a slice of something larger isn't ours alone.
        if (piece.byteLength === piece.buffer.byteLength) freeBytes(piece);
      }
    } catch (thrown) {
      if (thrown instanceof GrpcError) throw thrown;
      this.#failure ??= thrown instanceof Error ? thrown : new Error(String(thrown));
    }
    this.#check(frames.partial);
  }

  #isGrpc(): boolean {
    return this.#head?.["content-type"]?.startsWith("application/grpc") === true;
  }

  #check(partial: boolean): void {
    if (this.#timedOut !== undefined) {
      throw new GrpcError(`no answer within ${this.#timedOut} ms`, {
        code: GRPC.deadlineExceeded,
        sent: true,
      });
    }
    const end = this.#trailers ?? this.#head ?? {};
    const status = end["grpc-status"];
    const http = Number(this.#head?.[":status"] ?? 0);
    if (status === undefined && this.#head !== undefined && !this.#isGrpc()) {
      throw new GrpcError(`HTTP status ${http} instead of an answer in gRPC`, {
        code: codeOfHttpStatus(http),
        sent: true,
      });
    }
    if (status === undefined || (Number(status) === GRPC.ok && partial)) {
      const why = this.#failure?.message;
      throw new GrpcError(`the connection was lost${why === undefined ? "" : `: ${why}`}`, {
        code: GRPC.unavailable,
        sent: true,
        cause: this.#failure,
      });
    }
    if (Number(status) === GRPC.ok) return;
    const details = end["grpc-status-details-bin"];
    throw new GrpcError(decodeMessage(String(end["grpc-message"] ?? "")), {
      code: Number(status),
      status: typeof details === "string" ? new Uint8Array(Buffer.from(details, "base64")) : undefined,
      sent: true,
    });
  }
}

function encode<I extends DescMessage>(schema: I, request: MessageInitShape<I>): Uint8Array {
  return frameOf(toBinary(schema, create(schema, request)));
}

/** Writes no faster than the server reads. */
async function writeAll<I extends DescMessage>(
  stream: ClientHttp2Stream,
  schema: I,
  requests: AsyncIterable<MessageInitShape<I>>,
): Promise<void> {
  for await (const request of requests) {
    if (stream.destroyed || stream.closed) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        stream.off("close", done);
        resolve();
      };
      stream.once("close", done);
      stream.write(encode(schema, request), done);
    });
  }
  stream.end();
}

async function only<T>(messages: AsyncIterable<T>): Promise<T> {
  const [message] = await Array.fromAsync(messages);
  if (message === undefined) throw noAnswer();
  return message;
}

function noAnswer(): GrpcError {
  return new GrpcError("the server ended the call without an answer", { code: GRPC.internal, sent: true });
}

/** The text is percent-encoded, but not everyone does it right. */
function decodeMessage(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
