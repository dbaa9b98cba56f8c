import type { DataSource } from "./data-files.ts";

const encoder = new TextEncoder();

async function* partsOf(source: DataSource): AsyncGenerator<Uint8Array> {
  if (typeof source === "string") yield encoder.encode(source);
  else if (source instanceof Uint8Array) yield source;
  else for await (const part of source) yield typeof part === "string" ? encoder.encode(part) : part;
}

/** The bytes of a source in pieces of `size(n)` bytes for the n-th one, from 1; only the last is shorter, and empty where there are none. */
export async function* chunksOf(
  source: DataSource,
  size: (number: number) => number,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  let number = 1;
  for await (const part of partsOf(source)) {
    let rest = part;
    for (let room = size(number) - bytes; rest.length > room; room = size(number) - bytes) {
      yield Buffer.concat([...held, rest.subarray(0, room)]);
      rest = rest.subarray(room);
      held = [];
      bytes = 0;
      number++;
    }
    // Whoever gives a part may fill it anew once he is asked for the next.
    if (rest.length > 0) held.push(Buffer.from(rest));
    bytes += rest.length;
  }
  if (bytes > 0 || number === 1) yield Buffer.concat(held);
}
