/** A line that a program printed. */
export interface ProgramLine {
  readonly stream: "stdout" | "stderr";
  /** Without its line end; what is no UTF-8 in it has become U+FFFD, NUL U+2400. */
  readonly text: string;
  /** Characters (UTF-16 code units) at its end that were dropped because it was too long; 0: it is whole. */
  readonly cut: number;
}

/** Cuts a stream into lines, bounded in memory whatever is printed. */
export class LineCutter {
  readonly #stream: ProgramLine["stream"];
  readonly #keep: number;
  readonly #decoder = new TextDecoder();
  #rest = "";
  #cut = 0;

  /** @param keep Longest line that is kept whole, in UTF-16 code units; of longer ones the end is dropped. */
  constructor(stream: ProgramLine["stream"], keep: number) {
    this.#stream = stream;
    this.#keep = keep;
  }

  /** The lines that end in these bytes. */
  push(bytes: Uint8Array): readonly ProgramLine[] {
    return this.#take(this.#decoder.decode(bytes, { stream: true }));
  }

  /** The stream has ended: a last line without a line end counts. */
  end(): readonly ProgramLine[] {
    const lines = [...this.#take(this.#decoder.decode())];
    if (this.#rest !== "" || this.#cut > 0) lines.push(this.#line(""));
    return lines;
  }

  #take(text: string): readonly ProgramLine[] {
    const lines: ProgramLine[] = [];
    let from = 0;
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", from)) {
      lines.push(this.#line(text.slice(from, end)));
      from = end + 1;
    }
    this.#append(text.slice(from));
    return lines;
  }

  #append(text: string): void {
    const room = this.#keep - this.#rest.length;
    this.#rest += text.slice(0, room);
    this.#cut += Math.max(0, text.length - room);
  }

  #line(last: string): ProgramLine {
    this.#append(last);
    const whole = this.#cut === 0 ? this.#rest.replace(/\r$/u, "") : this.#rest;
    const line = { stream: this.#stream, text: whole.replaceAll("\0", "\u2400"), cut: this.#cut };
    this.#rest = "";
    this.#cut = 0;
    return line;
  }
}
