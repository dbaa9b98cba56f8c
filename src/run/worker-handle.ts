import type { JsonValue } from "../base/mod.ts";
import type { Inspection } from "../plugin/mod.ts";
import type { ProcessGroup } from "../store/mod.ts";
import type { LogLine } from "./observer.ts";
import type {
  AttemptAsk,
  AttemptEnd,
  AttemptOrder,
  Described,
  DescribeItem,
  InspectOrder,
  RunFacts,
  WireError,
} from "./worker/protocol.ts";

/** How an attempt ended, as the runner saw it. */
export type WorkerEnd =
  | (AttemptEnd & {
      /** Processes that the component left behind were killed. */ readonly leftovers?: true | undefined;
    })
  /** Nobody caught it; whose it is can't be told where the worker ran others before. */
  | { readonly how: "uncaught"; readonly error: WireError }
  | { readonly how: "stuck" }
  | { readonly how: "exited"; readonly code: number | null; readonly signal: string | null };

/** What happens while an attempt runs. */
export interface AttemptListener {
  /** Once, and last. */
  ended(end: WorkerEnd): void;
  step(step: number, name: string, result: JsonValue): void;
  ask(ask: number, body: AttemptAsk): void;
  progress(done: number, total: number | undefined, label: string | undefined): void;
}

/** A line that belongs to a component; `at` and redaction are the receiver's. */
export type WorkerLine = Pick<LogLine, "component" | "level" | "source" | "message" | "fields">;

/**
 * A place where components run, one at a time. Laws: `ended` comes exactly once for each `start`; after an end
 * that is not clean, or an uncaught error, `reusable` is false; `kill` ends everything that runs in it.
 */
export interface WorkerHandle {
  /** The process group to be noted for a successor; undefined where it has none. */
  readonly group: ProcessGroup | undefined;
  /** Undefined where it is no process of its own. */
  readonly pid: number | undefined;
  /** Attempts that were started in it. */
  readonly attempts: number;
  readonly reusable: boolean;
  open(run: RunFacts): void;
  describe(items: readonly DescribeItem[], redact: readonly string[]): Promise<readonly Described[]>;
  /** Loads plugins and says what they are. */
  inspect(order: InspectOrder): Promise<Inspection>;
  start(order: AttemptOrder, listener: AttemptListener): void;
  keptStep(step: number, problem: WireError | undefined): void;
  answer(ask: number, answer: JsonValue | undefined, problem: WireError | undefined): void;
  abort(reason: WireError): void;
  kill(): void;
  /** Ends it gently, then by force; resolves when it is gone. `last`: because the run is over. */
  close(last?: boolean): Promise<void>;
}
