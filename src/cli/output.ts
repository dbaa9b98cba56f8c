import { fstatSync, statSync } from "node:fs";
import type { Style } from "./style.ts";

/** A stream that Cairn writes to. */
export interface Sink {
  readonly isTerminal: boolean;
  /** Width in columns; 80 where the stream does not say. */
  columns(): number;
  /** Queues text, or bytes of it. Whoever has closed the other end has seen enough: that is no error. */
  write(text: string | Uint8Array): void;
  /** Resolves when everything queued was taken, or the other end is gone. */
  flush(): Promise<void>;
  /** Undefined while little is queued; else resolves when it was taken, or the other end is gone. */
  ready(): Promise<void> | undefined;
  /** The code of the error, such as ENOSPC, by which text was lost; undefined where none was, or its reader had gone. */
  lost?(): string | undefined;
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
/** Codes of writing to what nobody reads any more (`| head`), or to a descriptor that was closed (`>&-`). */
const READER_GONE: ReadonlySet<string> = new Set(["EPIPE", "EBADF", "ECONNRESET"]);

/** Queued bytes above which whoever can wait is asked to: a reader that pauses for a moment holds nothing up. */
const MUCH_BYTES = 4 * 1024 * 1024;

/** Whether a descriptor is a terminal. `process.stdout` would say so too, but making it costs as much as all else of a start. */
function isTerminal(fd: 1 | 2): boolean {
  try {
    const stat = fstatSync(fd);
    if (!stat.isCharacterDevice() || stat.rdev === statSync("/dev/null").rdev) return false;
    return streamOf(fd).isTTY;
  } catch {
    // A descriptor that is closed (`>&-`), or a system without /dev: no terminal.
    return false;
  }
}

function streamOf(fd: 1 | 2): NodeJS.WriteStream {
  return fd === 1 ? process.stdout : process.stderr;
}

/** A sink over standard output (1) or standard error (2). */
export function processSink(fd: 1 | 2): Sink {
  const writer = Bun.file(fd).writer();
  const terminal = isTerminal(fd);
  // A closed pipe (`cairn … | head -1`) or a full disk behind a redirect must never end a run.
  let gone = false;
  let lost: string | undefined;
  const fail = (thrown: unknown): void => {
    gone = true;
    const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
    if (typeof code === "string" && !READER_GONE.has(code)) lost ??= code;
  };
  let pending: Promise<unknown> = Promise.resolve();
  let queuedBytes = 0;
  const attempt = (work: () => unknown): void => {
    if (gone) return;
    try {
      const done = work();
      if (done instanceof Promise) {
        const waited = Promise.all([pending, done.catch(fail)]);
        pending = waited;
        void waited.then(() => {
          if (pending === waited) queuedBytes = 0;
        });
      }
    } catch (thrown) {
      fail(thrown);
    }
  };
  const flush = async (): Promise<void> => {
    // What is printed meanwhile is waited for too.
    for (let waited: unknown; waited !== pending;) {
      waited = pending;
      await waited;
    }
  };
  return {
    isTerminal: terminal,
    lost: () => lost,
    columns: () => {
      // A terminal that nobody told its size says 0.
      const columns = terminal ? streamOf(fd).columns : 0;
      return columns > 0 ? columns : DEFAULT_COLUMNS;
    },
    write(text) {
      if (text.length === 0) return;
      queuedBytes += text.length;
      attempt(() => writer.write(text));
      attempt(() => {
        const flushed = writer.flush();
        if (!(flushed instanceof Promise)) queuedBytes = 0;
        return flushed;
      });
    },
    flush,
    ready: () => (gone || queuedBytes < MUCH_BYTES ? undefined : flush()),
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

/** Prints a warning of a command for people, on standard error. */
export function printWarning(output: Output, message: string): void {
  output.err.write(`${output.errStyle.yellow("warning")}: ${message}\n`);
}
