import type { Style } from "./style.ts";

/** A stream that Cairn writes to. */
export interface Sink {
  readonly isTerminal: boolean;
  /** Width in columns; 80 where the stream does not say. */
  columns(): number;
  /** Queues text. Whoever has closed the other end has seen enough: that is no error. */
  write(text: string): void;
  /** Resolves when everything queued was taken, or the other end is gone. */
  flush(): Promise<void>;
}

/** Where results go (standard output) and where everything else goes (standard error). */
export interface Output {
  readonly out: Sink;
  readonly err: Sink;
  /** For text on standard output. */
  readonly style: Style;
  /** For text on standard error. */
  readonly errStyle: Style;
}

const DEFAULT_COLUMNS = 80;

/** A sink over one of the process's own streams. */
export function streamSink(stream: NodeJS.WriteStream): Sink {
  let gone = false;
  let pending: Promise<void> = Promise.resolve();
  // A closed pipe (`cairn … | head -1`) or a full disk behind a redirect must never end a run.
  stream.on("error", () => {
    gone = true;
  });
  return {
    isTerminal: stream.isTTY,
    columns: () => stream.columns ?? DEFAULT_COLUMNS,
    write(text) {
      if (gone || text === "") return;
      const before = pending;
      const taken = new Promise<void>((resolve) => {
        try {
          stream.write(text, () => resolve());
        } catch {
          // Bun throws EPIPE from write itself where the pipe is closed already.
          gone = true;
          resolve();
        }
      });
      pending = before.then(() => (gone ? undefined : taken));
    },
    async flush() {
      await pending;
    },
  };
}

/** Writes a text result with its final line feed. */
export function printText(output: Output, text: string): void {
  output.out.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** Writes the one JSON document of `--format=json`; people read it too, so it is indented. */
export function printJson(output: Output, document: object): void {
  output.out.write(`${JSON.stringify(document, null, 2)}\n`);
}
