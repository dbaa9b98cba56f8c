import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROWS = 12;
/** Two at a time is what the test server does. */
const TASKS = 2;

/**
 * A query that says how often it runs and waits for a word: its rows go through a program on the server's machine, which
 * notes that it began and holds them back until the gate is opened. So tests wait for events, and for no time.
 */
export class Gate implements Disposable {
  /** Its tasks, each of which begins once in one execution. */
  static readonly tasks: number = TASKS;
  /** The rows of the query. */
  static readonly ids: readonly number[] = Array.from({ length: ROWS }, (_, id) => id);
  /** Gives {@link Gate.ids} as the column `id`. */
  readonly query: string;
  readonly #folder: string = mkdtempSync(join(tmpdir(), "cairn-gate-"));

  constructor() {
    const script = join(this.#folder, "gate.sh");
    // What nobody waits for any more ends with the folder.
    const isShut = `[ -d "${this.#folder}" ] && [ ! -e "${this.#folder}/open" ]`;
    writeFileSync(
      script,
      `echo begun >> "${this.#folder}/begun"\nwhile ${isShut}; do sleep 0.05; done\nexec cat\n`,
    );
    this.query = `SELECT TRANSFORM(id) USING 'sh ${script}' AS (id BIGINT) FROM range(0, ${ROWS}, 1, ${TASKS})`;
  }

  /** How many tasks have begun, in all executions. */
  get begun(): number {
    const path = join(this.#folder, "begun");
    return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n").length : 0;
  }

  /** Lets the rows of this and all further executions through. */
  open(): void {
    writeFileSync(join(this.#folder, "open"), "");
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
