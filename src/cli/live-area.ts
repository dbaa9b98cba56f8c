import type { Sink } from "./output.ts";

/** Erase to the end of the screen. The cursor is never hidden: a runner that is killed could not give it back. */
const ERASE_BELOW = "\u001B[0J";

/** The lines at the bottom of a terminal that are redrawn; what is printed meanwhile scrolls above them. */
export interface LiveArea {
  /** Prints text that stays, above the live lines. */
  print(text: string): void;
  /** Replaces the live lines; no lines takes the area away. Lines longer than the terminal are cut. */
  draw(lines: readonly string[]): void;
  /** Takes the area away. */
  close(): void;
}

/** A live area at the end of what `sink` (a terminal) shows. */
export function liveArea(sink: Sink): LiveArea {
  let shown: readonly string[] = [];
  const erase = (): string => (shown.length === 0 ? "" : `\r\u001B[${shown.length}A${ERASE_BELOW}`);
  const below = (): string => shown.map((line) => `${line}\n`).join("");
  return {
    print(text) {
      sink.write(`${erase()}${text}${below()}`);
    },
    draw(lines) {
      // A line that wraps would take two rows of the screen and break the count of rows to erase.
      const columns = Math.max(10, sink.columns());
      const next = lines.map((line) => Bun.sliceAnsi(line, 0, columns - 1));
      const before = erase();
      shown = next;
      sink.write(`${before}${below()}`);
    },
    close() {
      this.draw([]);
    },
  };
}
