import { OUTPUT_MARKER } from "./worker/protocol.ts";

/** Longest line of a component's output that is kept whole, in UTF-16 code units; longer ones are cut into pieces. */
const MAX_LINE = 16 * 1024;

/** Where lines and markers of one stream go. */
export interface LineSink {
  line(text: string): void;
  /** The marker of an attempt's end was met. */
  marker(number: number): void;
}

/** Cuts a stream's text into lines, bounded in memory whatever is printed. */
class LineCutter {
  readonly #sink: LineSink;
  readonly #decoder = new TextDecoder();
  #rest = "";

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      this.#emit(text.slice(from, end));
      from = end + 1;
    }
    this.#rest = text.slice(from);
    while (this.#rest.length > MAX_LINE) {
      this.#sink.line(this.#rest.slice(0, MAX_LINE));
      this.#rest = this.#rest.slice(MAX_LINE);
    }
  }

  /** The stream has ended. */
  end(): void {
    const rest = this.#rest + this.#decoder.decode();
    this.#rest = "";
    if (rest !== "") this.#emit(rest);
  }

  #emit(line: string): void {
    // The marker may follow the last line of a component that printed no line feed at its end.
    const at = line.lastIndexOf(OUTPUT_MARKER);
    const text = (at === -1 ? line : line.slice(0, at)).replace(/\r$/u, "");
    if (at === -1 || text !== "") this.#emitText(text);
    if (at !== -1) this.#sink.marker(Number(line.slice(at + OUTPUT_MARKER.length)));
  }

  #emitText(text: string): void {
    for (let from = 0; from === 0 || from < text.length; from += MAX_LINE) {
      this.#sink.line(text.slice(from, from + MAX_LINE));
    }
  }
}

/**
 * Reads a stream to its end. It is read no faster than its lines are taken, so a component that prints
 * without end is slowed down by its full pipe; between two chunks everything else gets its turn.
 */
export async function readLines(stream: ReadableStream<Uint8Array>, sink: LineSink): Promise<void> {
  const cutter = new LineCutter(sink);
  const reader = stream.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    cutter.push(value);
    await new Promise((resolve) => setImmediate(resolve));
  }
  cutter.end();
}
