import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RandomDocument } from "./generate.ts";

/** The environment that both sides get, and in which the recorded cases were recorded. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  HOME: "/home/tester",
  HOCON_T_STR: "fromenv",
  HOCON_T_NUM: "42",
  HOCON_T_EMPTY: "",
  HOCON_T_LIST_0: "zero",
  HOCON_T_LIST_1: "one",
  HOCON_T_GAP_0: "g0",
  HOCON_T_GAP_2: "g2",
};

/** What one side says of a document: its value as canonical text, or why not. */
export interface Verdict {
  readonly ok: boolean;
  readonly value?: string;
  readonly type?: string;
  readonly message?: string;
}

/** One line of the reference. */
export interface Answer {
  readonly path: string;
  readonly ok: boolean;
  readonly value?: unknown;
  readonly type?: string;
  readonly line?: number;
  readonly message?: string;
}

/** JSON with sorted keys, in which 1 and 1.0 are the same. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  return `{${Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`)
    .join(",")}}`;
}

/** The reference as a running process that answers in the order of the questions. */
export class ReferenceProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), "hocon-compare-"));
  readonly #process: Bun.Subprocess<"pipe", "pipe", "inherit">;
  readonly #lines: AsyncIterator<string, undefined, undefined>;
  #asked = 0;

  constructor(command: readonly string[]) {
    this.#process = Bun.spawn([...command], {
      stdin: "pipe",
      stdout: "pipe",
      stderr: "inherit",
      cwd: this.#folder,
      env: { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8", ...ENVIRONMENT },
    });
    this.#lines = linesOf(this.#process.stdout)[Symbol.asyncIterator]();
  }

  /** The verdicts on random documents, which are written to files for the time being. */
  async ask(documents: readonly RandomDocument[]): Promise<Verdict[]> {
    const paths = documents.map(({ main, included }) => {
      const folder = join(this.#folder, String(this.#asked++));
      mkdirSync(folder);
      for (const [name, text] of [["main.conf", main] as const, ...included])
        writeFileSync(join(folder, name), text);
      return join(folder, "main.conf");
    });
    const answers = await this.askPaths(paths);
    for (const path of paths) rmSync(dirname(path), { recursive: true });
    return answers.map(({ ok, value, type, message }) =>
      ok ? { ok, value: canonical(value) } : { ok, type: type ?? "", message: message ?? "" },
    );
  }

  /** The reference's answers on files, as it gives them. */
  async askPaths(paths: readonly string[]): Promise<Answer[]> {
    for (const path of paths) await this.#process.stdin.write(`${path}\n`);
    await this.#process.stdin.flush();
    const answers: Answer[] = [];
    for (const _path of paths) {
      const next = await this.#lines.next();
      if (next.value === undefined) throw new Error("the reference ended early");
      answers.push(JSON.parse(next.value) as Answer);
    }
    return answers;
  }

  async close(): Promise<void> {
    await this.#process.stdin.end();
    await this.#process.exited;
    rmSync(this.#folder, { recursive: true });
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined, undefined> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const part of stream) {
    const lines = (rest + decoder.decode(part, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  return undefined;
}
