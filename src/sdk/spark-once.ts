import { CairnError, type JsonObject, type JsonValue, sha256, uuid } from "../base/mod.ts";
import type { SparkSession } from "../spark/mod.ts";
import type { ComponentContext } from "./component.ts";
import { uuidOf } from "./component-spark.ts";
import { PermanentError } from "./errors.ts";

/** What the one operation is given, as the options of `sql` and of the verbs that write. */
export interface OnceOperation {
  readonly operationId: string;
  readonly keep: true;
  readonly signal: AbortSignal;
}

/** Sends one statement or write; `operation` must be among its options. */
export type OnceWrite = (spark: SparkSession, operation: OnceOperation) => Promise<unknown>;

/** What `sparkOnce` needs of a component's context. */
export type OnceContext = Pick<ComponentContext, "spark" | "intent" | "step" | "run">;

/** How `sparkOnce` runs it. */
export interface OnceOptions {
  /**
   * Prepares a session of this attempt's own, with the views that the write reads, and gives its name (`ctx.spark.named`).
   * Called where the write is about to be sent, and not where an earlier one is found. By default the write has a session of its own.
   */
  readonly session?: (() => Promise<string>) | undefined;
}

/** The session of one try: its name, and what the server called it; another name means that the server has forgotten it. */
interface OnceSession {
  readonly name: string;
  readonly server: string | null;
  /** Put on record by this attempt; then no earlier one can have begun the operation in it. */
  readonly isNew: boolean;
}

/** How a try ended, as it is on record: it took effect, it failed, or it never began and never will. */
type TryEnd = null | { readonly failed: string } | { readonly absent: true };

/**
 * Runs one operation on Spark that must not take effect twice, e.g. an append to a table, as an external action
 * (docs/spark.md). A later attempt finds it by its ID and waits for it; one that failed is run anew.
 *
 * ```ts
 * await sparkOnce(ctx, "load", (spark, operation) => spark.table("day").write.insertInto("orders", operation));
 * ```
 *
 * @param key unique in the component; steps `spark KEY` and actions KEY, `KEY (2)` are used
 * @throws PermanentError `OUTCOME_UNKNOWN` where the server has forgotten an operation that may have run, or it was
 *   cancelled; `SPARK_ONCE_UNUSED` where `write` didn't use the operation; and what `write` throws
 */
export async function sparkOnce(
  ctx: OnceContext,
  key: string,
  write: OnceWrite,
  options: OnceOptions = {},
): Promise<void> {
  for (let number = 1; ; number++) {
    const action = number === 1 ? key : `${key} (${number})`;
    let isNew = false;
    const found = await ctx.step(`spark ${action}`, async (): Promise<JsonObject> => {
      isNew = true;
      const name = (await options.session?.()) ?? uuid();
      return { name, server: (await ctx.spark.named(name).serverSession()) ?? null };
    });
    if (await new OnceTry({ ctx, action, write, options }, readSession(found, isNew)).run()) return;
  }
}

interface OnceOrder {
  readonly ctx: OnceContext;
  readonly action: string;
  readonly write: OnceWrite;
  readonly options: OnceOptions;
}

/** One try; a try that failed, or can't begin any more, is over for good, and the next one is another action. */
class OnceTry {
  readonly #order: OnceOrder;
  readonly #known: OnceSession;
  readonly #operationId: string;
  #used: SparkSession | undefined;

  constructor(order: OnceOrder, known: OnceSession) {
    this.#order = order;
    this.#known = known;
    const { rootRunId, componentName } = order.ctx.run;
    this.#operationId = uuidOf(sha256(JSON.stringify([rootRunId, componentName, order.action])));
  }

  /** Whether it took effect. @throws what failed in this attempt */
  async run(): Promise<boolean> {
    let failure: Error | undefined;
    const ended = await this.#order.ctx.intent<JsonValue>(this.#order.action, {
      start: async ({ signal }): Promise<TryEnd> => {
        try {
          return await this.#start(signal);
        } catch (thrown) {
          // Spark says of this very operation that it failed: that is known, and kept.
          if (signal.aborted || !this.#hasFailed(thrown)) throw thrown;
          failure = thrown;
          return { failed: thrown.message };
        }
      },
      find: ({ signal }): Promise<TryEnd | undefined> => this.#find(signal),
      // The client interrupts what runs; that this is here makes the attempt wait for it.
      cancel: () => undefined,
    });
    // Its end is on record: the server needn't keep it any longer.
    await this.#used?.stop();
    if (failure !== undefined) throw failure;
    return !(typeof ended === "object" && ended !== null && ("failed" in ended || "absent" in ended));
  }

  async #start(signal: AbortSignal): Promise<TryEnd> {
    const session = await this.#freeSession(signal);
    if (session === undefined) return { absent: true };
    const operationId = this.#operationId;
    await this.#order.write(session, { operationId, keep: true, signal });
    const end = await session.operationEnd(operationId, { signal });
    if (end.how === "succeeded") return null;
    if (end.how !== "absent") throw this.#unknown(END[end.how]);
    throw new PermanentError(
      `sparkOnce(${JSON.stringify(this.#order.action)}) ran nothing under the operation's ID`,
      {
        code: "SPARK_ONCE_UNUSED",
        hint: "Give the operation as options to the one statement or write: df.write.insertInto(table, operation).",
      },
    );
  }

  /** The session on record, where the operation can begin in it; else nothing can begin there any more. */
  async #freeSession(signal: AbortSignal): Promise<SparkSession | undefined> {
    const { name, isNew } = this.#known;
    const isPrepared = this.#order.options.session !== undefined;
    if (isNew && isPrepared) return this.#order.ctx.spark.named(name);
    const session = isNew ? this.#order.ctx.spark.named(name) : await this.#session();
    this.#used = session;
    if (isNew) return session;
    // What it needs was prepared in it by an attempt that may not have come to its end.
    if (session === undefined || isPrepared) return undefined;
    // Whoever declared that it never took effect may do so where the session has had an operation of this ID.
    return (await session.operationEnd(this.#operationId, { signal })).how === "absent" ? session : undefined;
  }

  /** Undefined: surely not started. */
  async #find(signal: AbortSignal): Promise<TryEnd | undefined> {
    // Steps are dropped where the configuration changes; what is under way stays.
    if (this.#known.isNew) throw this.#unknown("the session it was sent to is not on record any more");
    const session = await this.#session();
    if (session === undefined) throw this.#unknown("the server has forgotten its session");
    this.#used = session;
    const end = await session.operationEnd(this.#operationId, { signal });
    if (end.how === "succeeded") return null;
    if (end.how === "failed") return { failed: end.error?.message ?? "it failed" };
    if (end.how === "absent") return undefined;
    throw this.#unknown(END[end.how]);
  }

  /** The session of this try, or undefined where the server has forgotten it. */
  async #session(): Promise<SparkSession | undefined> {
    const { name, server } = this.#known;
    const session = this.#order.ctx.spark.named(name);
    try {
      // Servers before 4.0 don't tell their sessions apart; of them no operation is taken for one that never began.
      if (((await session.serverSession()) ?? null) === server) return session;
    } catch (thrown) {
      if (!(thrown instanceof CairnError) || thrown.code !== "SPARK_SESSION_LOST") throw thrown;
    }
    await session.stop();
    return undefined;
  }

  #hasFailed(thrown: unknown): thrown is Error {
    if (!(thrown instanceof Error) || thrown.name !== "SparkError") return false;
    const { operationId, errorClass } = thrown as Error & {
      readonly operationId?: string;
      readonly errorClass?: string;
    };
    return operationId === this.#operationId && errorClass !== "OPERATION_CANCELED";
  }

  #unknown(why: string): PermanentError {
    const name = JSON.stringify(`${this.#order.ctx.run.componentName}/${this.#order.action}`);
    return new PermanentError(
      `outcome unknown: the Spark operation ${this.#operationId} of ${JSON.stringify(this.#order.action)} may have taken effect: ${why}`,
      {
        code: "OUTCOME_UNKNOWN",
        hint: `Look at what it writes to, then resume with --declare=${name}=done or --declare=${name}=absent (run it).`,
      },
    );
  }
}

const END = {
  cancelled: "it was cancelled while it ran",
  failed: "it failed after it had answered",
  lost: "the server has thrown it away",
} as const;

function readSession(found: JsonValue, isNew: boolean): OnceSession {
  const { name, server } = found as { readonly name?: unknown; readonly server?: unknown };
  return {
    name: typeof name === "string" ? name : uuid(),
    server: typeof server === "string" ? server : null,
    isNew,
  };
}
