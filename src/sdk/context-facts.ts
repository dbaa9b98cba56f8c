import type { JsonValue } from "../base/mod.ts";
import type { LogLevel } from "./component.ts";

/** The key of {@link ContextFacts} in a context: plugins don't see it, and a copy of the context keeps it. */
export const CONTEXT_FACTS: unique symbol = Symbol("cairn.context-facts");

/** What components in other languages are given whole, and others ask for by name. */
export interface ContextFacts {
  /** Step results that were durable when the attempt began. */
  readonly steps: Readonly<Record<string, JsonValue>>;
  /** Outputs of completed components by name. */
  readonly completed: ReadonlyMap<string, JsonValue | undefined>;
  /** A log line as it is printed on our own stdout, where it waits for its turn; absent: `log` is as good. */
  readonly frameLog?:
    | ((frame: {
        readonly level: LogLevel;
        readonly message: string;
        readonly fields?: Readonly<Record<string, JsonValue>> | undefined;
      }) => string)
    | undefined;
  /** The component's working directory, absolute. */
  readonly cwd: string;
}
