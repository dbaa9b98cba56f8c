import type { Clock, Redactor } from "../base/mod.ts";
import type { LogLevel } from "../sdk/mod.ts";
import type { SecretKeeper } from "./output-lines.ts";
import type { RunObserver } from "./observer.ts";
import type { WorkerLine } from "./worker-handle.ts";

/** Where all log lines of a run pass: stamped, redacted, given on. */
export class RunLog {
  readonly observer: RunObserver;
  readonly #clock: Clock;
  /** Replaced when the configuration, and with it more secret keys, is known. */
  redactor: Redactor;
  readonly #warnings: string[] = [];

  constructor(observer: RunObserver, clock: Clock, redactor: Redactor) {
    this.observer = observer;
    this.#clock = clock;
    this.redactor = redactor;
  }

  /** The redactor that holds just now, for those who meet secrets and long lines. */
  get secrets(): SecretKeeper {
    const redactor = (): Redactor => this.redactor;
    return {
      learn: (secrets) => redactor().learn(secrets),
      cut: (text, at) => redactor().cut(text, at),
      get margin() {
        return redactor().margin;
      },
    };
  }

  /** A line of a component. */
  line({ component, level, source, message, fields }: WorkerLine): void {
    if (this.observer.log === undefined) return;
    const { redactor } = this;
    this.observer.log({
      at: this.#clock.now(),
      level,
      component,
      source,
      message: redactor.text(message),
      fields: fields === undefined ? undefined : (redactor.json(fields) as NonNullable<WorkerLine["fields"]>),
    });
  }

  /** As the observer's. */
  ready(): Promise<void> | undefined {
    return this.observer.ready?.();
  }

  /** What was warned of while components ran, redacted. */
  get warnings(): readonly string[] {
    return this.#warnings;
  }

  /** A warning about what a component did: a line, and a part of the result. */
  warning(component: string | undefined, message: string): void {
    this.#warnings.push(this.redactor.text(message));
    this.line({ component, level: "warn", source: "runner", message, fields: undefined });
  }

  /** A line of the runner itself. */
  say(level: LogLevel, message: string): void {
    this.line({ component: undefined, level, source: "runner", message, fields: undefined });
  }
}
