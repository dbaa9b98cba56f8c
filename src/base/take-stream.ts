/** Takes a piece of what is written to a stream: all of it, before it returns. */
export type TakeChunk = (chunk: string | Uint8Array) => void;

type Written = (thrown?: Error | null) => void;

/**
 * From now on, what is written to `process.stdout` or `process.stderr` goes to `take`. Bun's own streams hold back what
 * a full pipe does not take, don't tell how much, and lose it at `process.exit`. The stream is made when it is first
 * asked for, as before: making it is slow.
 */
export function takeStream(name: "stdout" | "stderr", take: TakeChunk): void {
  const made = Object.getOwnPropertyDescriptor(process, name);
  let stream: NodeJS.WriteStream | undefined;
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get(): NodeJS.WriteStream {
      stream ??= taken((made?.get?.call(process) ?? made?.value) as NodeJS.WriteStream, take);
      return stream;
    },
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
