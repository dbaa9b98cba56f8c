import { LineCutter, type ProgramLine } from "./output-lines.ts";

/** Once the program has ended: longest wait for more of its output, in ms. What still holds its pipe is no part of it. */
const QUIET_MS = 300;
/** And the most that is read then, in bytes: more than a pipe and our buffers can hold. */
const MAX_AFTER_END_BYTES = 4 * 1024 * 1024;

/** Takes lines; the program is read no further before the promise resolves, so one that prints too fast is slowed down. */
export type LineSink = (lines: readonly ProgramLine[]) => void | Promise<void>;

export interface ReadOutputRequest {
  readonly stream: ReadableStream<Uint8Array>;
  readonly name: ProgramLine["stream"];
  /** Longest line that is kept whole, in bytes. */
  readonly keep: number;
  readonly lines: LineSink;
  /** Resolves when the program has ended. */
  readonly ended: Promise<unknown>;
}

/** Answers true where the stream was read to its end; false where a process that the program left behind still holds it. */
export async function readOutput(request: ReadOutputRequest): Promise<boolean> {
  const cutter = new LineCutter(request.name, request.keep);
  const reader = request.stream.getReader();
  const end = new EndWatch(request.ended);
  let after = 0;
  let whole = true;
  for (;;) {
    const next = await end.orQuiet(reader.read());
    if (next === "quiet" || after > MAX_AFTER_END_BYTES) {
      whole = false;
      break;
    }
    if (next.done) break;
    if (end.over) after += next.value.length;
    const lines = cutter.push(next.value);
    if (lines.length > 0) await request.lines(lines);
    // Between two chunks everything else gets its turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (!whole) reader.cancel().catch(() => undefined);
  const rest = cutter.end();
  if (rest.length > 0) await request.lines(rest);
  return whole;
}

/** Waits for chunks: as long as it takes while the program runs, and QUIET_MS after it has ended. */
class EndWatch {
  over = false;
  /** One waits at a time; nothing is kept of those that had their chunk. */
  #arm: (() => void) | undefined;

  constructor(ended: Promise<unknown>) {
    const mark = (): void => {
      this.over = true;
      this.#arm?.();
    };
    ended.then(mark, mark);
  }

  async orQuiet<T>(chunk: Promise<T>): Promise<T | "quiet"> {
    const quiet = Promise.withResolvers<"quiet">();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const arm = (): void => {
      timer = setTimeout(() => quiet.resolve("quiet"), QUIET_MS);
    };
    if (this.over) arm();
    else this.#arm = arm;
    try {
      return await Promise.race([chunk, quiet.promise]);
    } finally {
      clearTimeout(timer);
      this.#arm = undefined;
    }
  }
}
