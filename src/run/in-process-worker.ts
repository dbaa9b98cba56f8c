import type { JsonValue } from "../base/mod.ts";
import type { Inspection } from "../plugin/mod.ts";
import type { ComponentOutput } from "./component-output.ts";
import { OutputJoiner } from "./output-joiner.ts";
import type { SecretKeeper } from "./output-lines.ts";
import type { AttemptListener, WorkerHandle, WorkerLine } from "./worker-handle.ts";
import { componentEnv } from "./worker/component-env.ts";
import type { WorkerParts } from "./worker/process-main.ts";
import type {
  AttemptOrder,
  Described,
  DescribeItem,
  FromWorker,
  InspectOrder,
  RunFacts,
  ToWorker,
  WireError,
} from "./worker/protocol.ts";
import { WorkerSession } from "./worker/session.ts";
import { toWireError } from "./worker/wire-error.ts";

export interface InProcessOptions {
  readonly parts: WorkerParts;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Takes what components print. */
  readonly output: ComponentOutput;
  line(line: WorkerLine): void;
  /** Something that belongs into the run's result as well. */
  warning(component: string | undefined, message: string): void;
  /** Is told secrets before a component has them. */
  readonly secrets: SecretKeeper;
  late(error: WireError, lastComponent: string | undefined): void;
}

/**
 * `isolation = none`: components run in the runner itself. Nothing here can stop one that does not heed its
 * signal: `kill` gives it up, and what it still does is not looked at any more.
 */
export class InProcessWorker implements WorkerHandle {
  readonly pid = undefined;
  readonly group = undefined;
  attempts = 0;
  readonly #options: InProcessOptions;
  readonly #session: WorkerSession;
  #component: string | undefined;
  #listener: AttemptListener | undefined;
  #answer: ((answer: FromWorker) => void) | undefined;
  #given = false;
  #prepared: Promise<void> | undefined;

  constructor(options: InProcessOptions) {
    this.#options = options;
    this.#session = new WorkerSession({
      send: (message) => options.output.outside(() => this.#receive(message)),
      builtins: options.parts.builtins,
      env: componentEnv(options.env),
      cwd: options.cwd,
      codeHash: (resolved) => options.parts.codeHash(resolved),
    });
  }

  /** False once a component was given up: it may still be running. */
  get reusable(): boolean {
    return !this.#given && this.#listener === undefined;
  }

  open(run: RunFacts): void {
    this.#session.receive({ kind: "run", run });
  }

  async describe(items: readonly DescribeItem[], redact: readonly string[]): Promise<readonly Described[]> {
    const answer = await this.#ask({ kind: "describe", items, redact });
    return answer.kind === "described" ? answer.items : [];
  }

  async inspect(inspect: InspectOrder): Promise<Inspection> {
    const answer = await this.#ask({ kind: "inspect", inspect });
    return answer.kind === "inspected" ? answer.inspection : { plugins: [], problems: [], checked: 0 };
  }

  start(order: AttemptOrder, listener: AttemptListener): void {
    this.attempts++;
    this.#component = order.name;
    this.#listener = listener;
    process.on("uncaughtException", this.#uncaught);
    process.on("unhandledRejection", this.#uncaught);
    this.#prepare().then(
      () => this.#inside({ kind: "start", order }),
      (thrown: unknown) => this.#finish({ how: "failed", error: toWireError(thrown) }),
    );
  }

  keptStep(step: number, problem: WireError | undefined): void {
    this.#session.receive({ kind: "step-kept", step, problem });
  }

  answer(ask: number, answer: JsonValue | undefined, problem: WireError | undefined): void {
    this.#session.receive({ kind: "answer", ask, answer, problem });
  }

  abort(reason: WireError): void {
    this.#inside({ kind: "abort", reason });
  }

  kill(): void {
    this.#given = true;
    this.#finish({ how: "exited", code: null, signal: null });
  }

  async close(last = false): Promise<void> {
    if (last) await this.#session.endRun();
  }

  /** While a component of ours runs, an error that nobody caught is taken for its own. */
  readonly #uncaught = (thrown: unknown): void => {
    this.#given = true;
    this.#options.output.outside(() => this.#finish({ how: "uncaught", error: toWireError(thrown) }));
  };

  readonly #printed = new OutputJoiner((source, message) => {
    const level = source === "stdout" ? "info" : "warn";
    const line = { component: this.#component, level, source, message, fields: undefined } as const;
    // Whoever shows the line may print it, and must not be taken for the component.
    this.#options.output.outside(() => this.#options.line(line));
  }, this.#secretKeeper());

  /** The runner's, whose knowledge grows; fields are made before the options are there. */
  #secretKeeper(): SecretKeeper {
    const keeper = (): SecretKeeper => this.#options.secrets;
    return {
      learn: (secrets) => keeper().learn(secrets),
      cut: (text, at) => keeper().cut(text, at),
      get margin() {
        return keeper().margin;
      },
    };
  }

  /** Hands the session what may make code of components run. */
  #inside(message: ToWorker): void {
    this.#options.output.inside(
      (source, text) => this.#printed.take(source, text),
      () => this.#session.receive(message),
    );
  }

  #prepare(): Promise<void> {
    this.#prepared ??= this.#options.parts.prepare();
    return this.#prepared;
  }

  async #ask(question: ToWorker): Promise<FromWorker> {
    await this.#prepare();
    const answered = (): Promise<FromWorker> =>
      new Promise((resolve) => {
        this.#answer = resolve;
        this.#inside(question);
      });
    return this.#options.output.whileLoading((source, text) => this.#printed.take(source, text), answered);
  }

  #receive(message: FromWorker): void {
    switch (message.kind) {
      case "described":
      case "inspected":
        return this.#answer?.(message);
      case "log": {
        const { level, message: text, fields } = message;
        this.#options.line({ component: this.#component, level, source: "log", message: text, fields });
        return;
      }
      case "warning":
        return this.#options.warning(this.#component, message.message);
      case "progress":
        return this.#listener?.progress(message.done, message.total, message.label);
      case "secrets":
        this.#options.secrets.learn(message.values);
        this.#session.receive({ kind: "secrets-known", ask: message.ask });
        return;
      case "step":
        return this.#listener?.step(message.step, message.name, message.result);
      case "ask":
        return this.#listener?.ask(message.ask, message.body);
      case "ended":
        return this.#finish(message.end);
      case "uncaught":
        return this.#finish({ how: "failed", error: message.error });
      case "ready":
      case "stuck":
        return;
    }
  }

  #finish(end: Parameters<AttemptListener["ended"]>[0]): void {
    process.off("uncaughtException", this.#uncaught);
    process.off("unhandledRejection", this.#uncaught);
    this.#printed.flush();
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.ended(end);
  }
}
