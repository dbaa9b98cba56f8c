import type { ConfigResponse } from "../gen/spark/connect/base_pb.ts";
import type { ConfigOperation } from "./session-core.ts";

/** Asks something of a session's settings; `action` says what, for messages. */
export type AskConfig = (operation: ConfigOperation, action: string) => Promise<ConfigResponse>;

/** The settings of a session, as PySpark's `spark.conf`; values are text. */
export class RuntimeConf {
  readonly #ask: AskConfig;

  constructor(ask: AskConfig) {
    this.#ask = ask;
  }

  /** Sets a setting of this session. @throws SparkError for one that is fixed when the server starts. */
  async set(name: string, value: string | number | boolean): Promise<void> {
    const pairs = [{ key: name, value: String(value) }];
    await this.#ask({ case: "set", value: { pairs } }, `set ${name}`);
  }

  /** A setting's value or its default's; `fallback` where it has neither. @throws SparkError without `fallback`. */
  async get(name: string, fallback?: string): Promise<string> {
    const operation: ConfigOperation =
      fallback === undefined
        ? { case: "get", value: { keys: [name] } }
        : { case: "getWithDefault", value: { pairs: [{ key: name, value: fallback }] } };
    const { pairs } = await this.#ask(operation, `read ${name}`);
    return pairs[0]?.value ?? fallback ?? "";
  }

  /** Takes back what was set in this session. */
  async unset(name: string): Promise<void> {
    await this.#ask({ case: "unset", value: { keys: [name] } }, `unset ${name}`);
  }

  /** What is set, by name; only names that begin with `prefix`, where one is given. */
  async getAll(prefix?: string): Promise<Record<string, string>> {
    const value = prefix === undefined ? {} : { prefix };
    const { pairs } = await this.#ask({ case: "getAll", value }, "read the settings");
    // With a prefix the server gives what follows it.
    return Object.fromEntries(pairs.map((pair) => [`${prefix ?? ""}${pair.key}`, pair.value ?? ""]));
  }

  /** Whether a session may set it; the others are the server's. */
  async isModifiable(name: string): Promise<boolean> {
    const { pairs } = await this.#ask({ case: "isModifiable", value: { keys: [name] } }, `look at ${name}`);
    return pairs[0]?.value === "true";
  }
}
