/** A line that a program printed. */
export interface ProgramLine {
  readonly stream: "stdout" | "stderr";
  /** Without its line end; what is no UTF-8 in it has become U+FFFD, NUL U+2400. */
  readonly text: string;
  /** Bytes at its end that were dropped because it was too long; 0: it is whole. */
  readonly cut: number;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Cuts a stream into lines, bounded in memory whatever is printed. */
export class LineCutter {
  readonly #stream: ProgramLine["stream"];
  readonly #keep: number;
  /** What has come of a line whose end has not; at most `keep` bytes. */
  #parts: Uint8Array[] = [];
  #kept = 0;
  #cut = 0;

  /** @param keep Longest line that is kept whole, in bytes; of longer ones the end is dropped. */
  constructor(stream: ProgramLine["stream"], keep: number) {
    this.#stream = stream;
    this.#keep = keep;
  }

  /** The lines that end in these bytes. */
  push(bytes: Uint8Array): readonly ProgramLine[] {
    const lines: ProgramLine[] = [];
    let from = 0;
    for (let end = bytes.indexOf(LINE_FEED); end !== -1; end = bytes.indexOf(LINE_FEED, from)) {
      this.#append(bytes.subarray(from, end));
      lines.push(this.#line());
      from = end + 1;
    }
    // A copy: a few bytes must not keep a whole chunk.
    this.#append(bytes.slice(from, from + this.#keep - this.#kept), bytes.length - from);
    return lines;
  }

  /** The stream has ended: a last line without a line end counts. */
  end(): readonly ProgramLine[] {
    return this.#kept > 0 || this.#cut > 0 ? [this.#line()] : [];
  }

  /** @param length Where more bytes came than these. */
  #append(bytes: Uint8Array, length: number = bytes.length): void {
    const part = bytes.subarray(0, this.#keep - this.#kept);
    this.#cut += length - part.length;
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#kept += part.length;
  }

  #line(): ProgramLine {
    const [first = new Uint8Array()] = this.#parts;
    const bytes =
      this.#parts.length > 1
        ? Buffer.concat(this.#parts)
        : Buffer.from(first.buffer, first.byteOffset, first.length);
    const end = this.#cut === 0 ? endWithoutReturn(bytes) : endOfCharacters(bytes);
    const text = bytes.toString("utf8", 0, end);
    const line = {
      stream: this.#stream,
      text: text.includes("\0") ? text.replaceAll("\0", "\u2400") : text,
      cut: this.#cut === 0 ? 0 : this.#cut + bytes.length - end,
    };
    this.#parts = [];
    this.#kept = 0;
    this.#cut = 0;
    return line;
  }
}

function endWithoutReturn(bytes: Uint8Array): number {
  return bytes.at(-1) === CARRIAGE_RETURN ? bytes.length - 1 : bytes.length;
}

/** Where the last whole character ends, in bytes that were cut anywhere. */
function endOfCharacters(bytes: Uint8Array): number {
  let start = bytes.length - 1;
  while (start > bytes.length - 4 && start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  const lead = bytes[start] ?? 0;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return start + length > bytes.length ? start : bytes.length;
}
