import type { OutputSource, TakeOutput } from "./component-output.ts";
import type { SecretKeeper } from "./output-lines.ts";

/** Longest piece of a line that is kept whole, in UTF-16 code units. */
const MAX_PIECE = 16 * 1024;

/** Joins pieces of output to lines. */
export class OutputJoiner {
  readonly #rest: Record<OutputSource, string> = { stdout: "", stderr: "" };
  readonly #line: TakeOutput;
  readonly #secrets: SecretKeeper;

  constructor(line: TakeOutput, secrets: SecretKeeper) {
    this.#line = line;
    this.#secrets = secrets;
  }

  take(source: OutputSource, text: string): void {
    const lines = (this.#rest[source] + text).split("\n");
    const rest = lines.pop() ?? "";
    for (const line of lines) this.#emit(source, line.replace(/\r$/u, ""));
    this.#rest[source] = this.#cut(source, rest, this.#secrets.margin);
  }

  /** Gives what was printed without a line feed at its end. */
  flush(): void {
    for (const source of ["stdout", "stderr"] as const) {
      const rest = this.#rest[source];
      this.#rest[source] = "";
      if (rest !== "") this.#emit(source, rest);
    }
  }

  #emit(source: OutputSource, line: string): void {
    this.#line(source, this.#cut(source, line, 0));
  }

  /** Gives pieces of a text away until no more than one, and what may still become a secret, is left of it. */
  #cut(source: OutputSource, text: string, margin: number): string {
    let rest = text;
    while (rest.length > MAX_PIECE + margin) {
      const at = this.#secrets.cut(rest, MAX_PIECE);
      this.#line(source, rest.slice(0, at));
      rest = rest.slice(at);
    }
    return rest;
  }
}
