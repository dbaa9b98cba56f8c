import type { Redactor } from "../base/mod.ts";
import { LOG_MARKER, type LogFrame, OUTPUT_MARKER } from "./worker/protocol.ts";

/** Longest line of a component's output that is kept whole, in UTF-16 code units; longer ones are cut into pieces. */
const MAX_LINE = 16 * 1024;

/** Who knows secrets and where a text may be cut without cutting one in two: see `Redactor`. */
export type SecretKeeper = Pick<Redactor, "learn" | "cut" | "margin">;

/** Where lines and markers of one stream go. */
export interface LineSink {
  readonly secrets: SecretKeeper;
  line(text: string): void;
  /** A line that says its level. */
  log(frame: LogFrame): void;
  /** The marker of an attempt's end was met. */
  marker(number: number): void;
  /** A promise where more should not come yet. */
  ready?(): Promise<void>;
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
    this.#rest = this.#cut(text.slice(from), this.#sink.secrets.margin);
  }

  /** The stream has ended. */
  end(): void {
    const rest = this.#rest + this.#decoder.decode();
    this.#rest = "";
    if (rest !== "") this.#emit(rest);
  }

  #emit(line: string): void {
    if (line.startsWith(LOG_MARKER)) {
      const frame = parseFrame(line.slice(LOG_MARKER.length));
      if (frame !== undefined) return this.#sink.log(frame);
    }
    // The marker may follow the last line of a component that printed no line feed at its end.
    const at = line.lastIndexOf(OUTPUT_MARKER);
    const text = (at === -1 ? line : line.slice(0, at)).replace(/\r$/u, "");
    if (at === -1 || text !== "") this.#emitText(text);
    if (at !== -1) this.#sink.marker(Number(line.slice(at + OUTPUT_MARKER.length)));
  }

  #emitText(text: string): void {
    this.#sink.line(this.#cut(text, 0));
  }

  /** Gives pieces of a text away until no more than a line, and what may still become a secret, is left of it. */
  #cut(text: string, margin: number): string {
    let rest = text;
    while (rest.length > MAX_LINE + margin) {
      const at = this.#sink.secrets.cut(rest, MAX_LINE);
      this.#sink.line(rest.slice(0, at));
      rest = rest.slice(at);
    }
    return rest;
  }
}

/** Undefined where a component printed something of its own that begins as frames do. */
function parseFrame(text: string): LogFrame | undefined {
  try {
    return JSON.parse(text) as LogFrame;
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return undefined;
    throw thrown;
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
    await sink.ready?.();
  }
  cutter.end();
}
