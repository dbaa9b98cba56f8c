import { createWriteStream } from "node:fs";

/** Takes a piece of what is written to a stream: all of it, before it returns. */
export type TakeChunk = (chunk: string | Uint8Array) => void;

type Written = (thrown?: Error | null) => void;

/**
 * From now on, what is written to `process.stdout` or `process.stderr` goes to `take`. Bun's own streams hold back what
 * a full pipe does not take, don't tell how much, and lose it at `process.exit`.
 *
 * Making a stream takes as long as half a start, so it is made when it is first asked for. Bun makes its own as soon as
 * anybody looks at the property, its descriptor included; assigning to it does not. So the stream of a pipe or a file
 * is one of ours. That of a terminal is Bun's: it knows about columns and colours.
 */
export function takeStream(name: "stdout" | "stderr", isTerminal: boolean, take: TakeChunk): void {
  let stream = isTerminal ? taken(process[name], take) : undefined;
  Reflect.set(process, name, undefined);
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get(): NodeJS.WriteStream {
      stream ??= taken(plainStream(name), take);
      return stream;
    },
  });
}

/** A stream over standard output or error where that is no terminal, with what Node promises of those: nothing closes them. */
function plainStream(name: "stdout" | "stderr"): NodeJS.WriteStream {
  const stream = createWriteStream("", { fd: name === "stdout" ? 1 : 2, autoClose: false });
  return Object.assign(stream as unknown as NodeJS.WriteStream, {
    _type: "fs",
    // Pipelines of Node don't end what is marked so.
    _isStdio: true,
    destroySoon: stream.destroy.bind(stream),
    _destroy: (thrown: Error | null, done: Written) => done(thrown),
  });
}

function taken(stream: NodeJS.WriteStream, take: TakeChunk): NodeJS.WriteStream {
  const write = (chunk: unknown, ...rest: readonly unknown[]): boolean => {
    const encoding = typeof rest[0] === "string" ? (rest[0] as BufferEncoding) : undefined;
    take(bytesOf(chunk, encoding));
    const done = rest.at(-1);
    if (typeof done === "function") queueMicrotask(() => (done as Written)());
    return true;
  };
  Reflect.set(stream, "write", write);
  // What `end("…")` writes does not pass `write`.
  Reflect.set(stream, "_write", (chunk: unknown, encoding: BufferEncoding, done: Written) => {
    take(bytesOf(chunk, encoding));
    done();
  });
  return stream;
}

/** Refuses what streams refuse. */
function bytesOf(chunk: unknown, encoding: BufferEncoding | undefined): string | Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (typeof chunk === "string") {
    return encoding === undefined || /^utf-?8$/iu.test(encoding) ? chunk : Buffer.from(chunk, encoding);
  }
  throw new TypeError(`a stream takes text or bytes, not ${chunk === null ? "null" : typeof chunk}`);
}
