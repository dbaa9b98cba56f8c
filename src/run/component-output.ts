import { AsyncLocalStorage } from "node:async_hooks";
import { Console } from "node:console";
import { Writable } from "node:stream";

export type OutputSource = "stdout" | "stderr";

/** Takes a piece of what a component prints. */
export type TakeOutput = (source: OutputSource, text: string) => void;

/** The methods of `console` that print, with those that decide how. */
const METHODS = [
  "log",
  "info",
  "debug",
  "warn",
  "error",
  "trace",
  "table",
  "dir",
  "dirxml",
  "assert",
  "group",
  "groupCollapsed",
  "groupEnd",
  "count",
  "countReset",
  "time",
  "timeLog",
  "timeEnd",
] as const;

type Method = (...args: readonly unknown[]) => unknown;

/**
 * What components in the runner print by `console`, `process.stdout` and `process.stderr`: it becomes lines of theirs,
 * as that of components in processes does, and does not mix with what the runner itself prints (which may be one JSON
 * document). Whose it is goes by the asynchronous context. `Bun.write(Bun.stdout, …)` and what child processes inherit
 * can't be seen from here.
 */
export class ComponentOutput {
  readonly #taker = new AsyncLocalStorage<TakeOutput | "runner">();
  /** Takes what has no context: the top level of a module that is imported runs in none. */
  #loading: TakeOutput | undefined;
  readonly #undo: (() => void)[] = [];

  /** Does a component's work; what it prints, then and later, goes to `take`. */
  inside<T>(take: TakeOutput, work: () => T): T {
    if (this.#undo.length === 0) this.#install();
    return this.#taker.run(take, work);
  }

  /** Does the runner's own work, called from a component's. */
  outside<T>(work: () => T): T {
    return this.#taker.run("runner", work);
  }

  /** Waits until modules of components are loaded; what they print meanwhile goes to `take`. */
  async whileLoading<T>(take: TakeOutput, work: () => Promise<T>): Promise<T> {
    if (this.#undo.length === 0) this.#install();
    this.#loading = take;
    try {
      return await work();
    } finally {
      this.#loading = undefined;
    }
  }

  /** Who takes what is printed just now; undefined: nobody, it is the runner's or the program's own. */
  #present(): TakeOutput | undefined {
    const taker = this.#taker.getStore() ?? this.#loading;
    return taker === "runner" ? undefined : taker;
  }

  /** Gives `console` and the streams back. */
  close(): void {
    for (const undo of this.#undo.splice(0)) undo();
  }

  #install(): void {
    const streamFor = (source: OutputSource): Writable =>
      new Writable({
        decodeStrings: false,
        write: (chunk: unknown, _encoding, done) => {
          this.#present()?.(source, String(chunk));
          done();
        },
      });
    const theirs = new Console({
      stdout: streamFor("stdout"),
      stderr: streamFor("stderr"),
      colorMode: false,
    });
    for (const name of METHODS) {
      const method = Reflect.get(theirs, name) as Method;
      this.#replace(console, name, () => method.bind(theirs));
    }
    for (const source of ["stdout", "stderr"] as const) {
      this.#replace(process[source], "write", (take) => (chunk, ...rest) => {
        take(source, chunk instanceof Uint8Array ? new TextDecoder().decode(chunk) : String(chunk));
        const done = rest.at(-1);
        if (typeof done === "function") queueMicrotask(() => Reflect.apply(done, undefined, []) as unknown);
        return true;
      });
    }
  }

  /** Inside a component, `name` of `target` is what `theirs` makes; everywhere else it stays what it was. */
  #replace(target: object, name: string, theirs: (take: TakeOutput) => Method): void {
    const own = Reflect.get(target, name) as Method;
    const replacement: Method = (...args) => {
      const take = this.#present();
      return (take === undefined ? own : theirs(take)).apply(target, [...args]);
    };
    Reflect.set(target, name, replacement);
    this.#undo.push(() => {
      // Whoever replaced it after us keeps what he put there.
      if (Reflect.get(target, name) === replacement) Reflect.set(target, name, own);
    });
  }
}
