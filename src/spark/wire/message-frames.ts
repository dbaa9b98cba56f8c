import { GRPC, GrpcError } from "./grpc-error.ts";

/** One byte that says whether the message is compressed, four for its length. */
const HEAD = 5;
/** The longest message that is taken, in bytes; PySpark's limit, and Spark's servers keep to it. */
const LONGEST_MESSAGE: number = 128 * 1024 * 1024;

/** A message as it stands on the wire. */
export function frameOf(message: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEAD + message.length);
  new DataView(frame.buffer).setUint32(1, message.length);
  frame.set(message, HEAD);
  return frame;
}

/** Puts messages together from the pieces in which they come; each byte is copied once. */
export class MessageFrames {
  readonly #head: Uint8Array = new Uint8Array(HEAD);
  #headFilled = 0;
  #message: Uint8Array | undefined;
  #filled = 0;

  /** Whether a message has begun and not ended. */
  get partial(): boolean {
    return this.#headFilled > 0;
  }

  /** The messages that a piece completes. @throws GrpcError for a message that is compressed or too long. */
  *push(piece: Uint8Array): Generator<Uint8Array> {
    let at = 0;
    while (at < piece.length || this.#isWhole()) {
      if (this.#message === undefined) {
        const take = Math.min(HEAD - this.#headFilled, piece.length - at);
        this.#head.set(piece.subarray(at, at + take), this.#headFilled);
        this.#headFilled += take;
        at += take;
        if (this.#headFilled === HEAD) this.#begin();
      } else {
        const take = Math.min(this.#message.length - this.#filled, piece.length - at);
        this.#message.set(piece.subarray(at, at + take), this.#filled);
        this.#filled += take;
        at += take;
      }
      if (!this.#isWhole()) continue;
      const message = this.#message;
      this.#message = undefined;
      this.#headFilled = 0;
      if (message !== undefined) yield message;
    }
  }

  #isWhole(): boolean {
    return this.#message !== undefined && this.#filled === this.#message.length;
  }

  #begin(): void {
    if (this.#head[0] !== 0) {
      throw new GrpcError("the server sent a compressed message, though none was asked for", {
        code: GRPC.internal,
        sent: true,
      });
    }
    const length = new DataView(this.#head.buffer).getUint32(1);
    if (length > LONGEST_MESSAGE) {
      throw new GrpcError(`the server sent a message of ${length} bytes; ${LONGEST_MESSAGE} are the limit`, {
        code: GRPC.resourceExhausted,
        sent: true,
      });
    }
    this.#message = new Uint8Array(length);
    this.#filled = 0;
  }
}
