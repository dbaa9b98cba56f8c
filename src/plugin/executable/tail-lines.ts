import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Most that is read of a file at once, in bytes. */
const CHUNK_BYTES = 1024 * 1024;
/** Longest line: the largest result of a step, its name, and the JSON around them. In bytes. */
const MAX_LINE_BYTES = 512 * 1024;

const LINE_FEED = 10;

/** Reads what is appended to a file, line by line: what has no line end yet waits for it. */
export class TailLines {
  readonly #path: string;
  #offset = 0;

  /** @param skip Bytes that are there already and not to be read. */
  constructor(path: string, skip: number) {
    this.#path = path;
    this.#offset = skip;
  }

  /**
   * The lines that have become whole since the last call.
   * @param last Nothing more will come: a last line without its end counts as well.
   */
  take(last: boolean = false): readonly string[] {
    const fd = openSync(this.#path, "r");
    try {
      const { size } = fstatSync(fd);
      // Somebody has written it anew instead of appending to it.
      if (size < this.#offset) this.#offset = 0;
      const lines: string[] = [];
      while (this.#offset < size) {
        const read = this.#chunk(fd, size, last);
        if (read.length === 0) break;
        lines.push(...read);
      }
      return lines.filter((line) => line.trim() !== "");
    } finally {
      closeSync(fd);
    }
  }

  #chunk(fd: number, size: number, last: boolean): readonly string[] {
    const bytes = Buffer.alloc(Math.min(CHUNK_BYTES, size - this.#offset));
    const filled = bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, this.#offset));
    const isEnd = last && this.#offset + filled.length >= size;
    const end = isEnd ? filled.length : filled.lastIndexOf(LINE_FEED) + 1;
    if (end === 0 && filled.length >= MAX_LINE_BYTES) {
      throw new Error(`a line has more than ${MAX_LINE_BYTES} bytes`);
    }
    this.#offset += end;
    if (end === 0) return [];
    return filled.toString("utf8", 0, end).replace(/\n$/u, "").split("\n");
  }
}
