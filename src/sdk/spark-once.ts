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

/** The session of one try: its name, and what the server called it; another name means that the server has forgotten it. */
interface OnceSession {
  readonly name: string;
  readonly server: string | null;
}

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
export async function sparkOnce(ctx: OnceContext, key: string, write: OnceWrite): Promise<void> {
  for (let number = 1; ; number++) {
    const action = number === 1 ? key : `${key} (${number})`;
    const found = await ctx.step(`spark ${action}`, async (): Promise<JsonObject> => {
      const name = uuid();
      return { name, server: (await ctx.spark.named(name).serverSession()) ?? null };
    });
    if (await new OnceTry(ctx, action, readSession(found), write).run()) return;
  }
}

/** One try; a try that failed is over for good, and the next one is another action. */
class OnceTry {
  readonly #ctx: OnceContext;
  readonly #action: string;
  readonly #known: OnceSession;
  readonly #write: OnceWrite;
  readonly #operationId: string;
  #used: SparkSession | undefined;

  constructor(ctx: OnceContext, action: string, known: OnceSession, write: OnceWrite) {
    this.#ctx = ctx;
    this.#action = action;
    this.#known = known;
    this.#write = write;
    const { rootRunId, componentName } = ctx.run;
    this.#operationId = uuidOf(sha256(JSON.stringify([rootRunId, componentName, action])));
  }

  /** Whether it took effect. @throws what failed in this attempt */
  async run(): Promise<boolean> {
    let failure: Error | undefined;
    const ended = await this.#ctx.intent<JsonValue>(this.#action, {
      start: async ({ signal }) => {
        try {
          return await this.#start(signal);
        } catch (thrown) {
          // Spark says of this very operation that it failed: that is known, and kept.
          if (signal.aborted || !this.#hasFailed(thrown)) throw thrown;
          failure = thrown;
          return { failed: thrown.message };
        }
      },
      find: ({ signal }) => this.#find(signal),
      // The client interrupts what runs; that this is here makes the attempt wait for it.
      cancel: () => undefined,
    });
    // Its end is on record: the server needn't keep it any longer.
    await this.#used?.stop();
    if (failure !== undefined) throw failure;
    return !(typeof ended === "object" && ended !== null && "failed" in ended);
  }

  async #start(signal: AbortSignal): Promise<JsonValue> {
    const operationId = this.#operationId;
    const known = await this.#session();
    // Whoever declared that it never took effect may do so where the session is gone, or has had an operation of this ID.
    const isFree = (await known?.operationEnd(operationId, { signal }))?.how === "absent";
    const session = isFree && known !== undefined ? known : this.#ctx.spark.named(uuid());
    this.#used = session;
    await this.#write(session, { operationId, keep: true, signal });
    const end = await session.operationEnd(operationId, { signal });
    if (end.how === "succeeded") return null;
    if (end.how !== "absent") throw this.#unknown(END[end.how]);
    throw new PermanentError(
      `sparkOnce(${JSON.stringify(this.#action)}) ran nothing under the operation's ID`,
      {
        code: "SPARK_ONCE_UNUSED",
        hint: "Give the operation as options to the one statement or write: df.write.insertInto(table, operation).",
      },
    );
  }

  /** Undefined: surely not started. */
  async #find(signal: AbortSignal): Promise<JsonValue | undefined> {
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
    const session = this.#ctx.spark.named(name);
    try {
      // Servers that don't tell their sessions apart can't be asked what became of an operation either.
      if (server !== null && (await session.serverSession()) === server) return session;
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
    const name = JSON.stringify(`${this.#ctx.run.componentName}/${this.#action}`);
    return new PermanentError(
      `outcome unknown: the Spark operation ${this.#operationId} of ${JSON.stringify(this.#action)} may have taken effect: ${why}`,
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

function readSession(found: JsonValue): OnceSession {
  const { name, server } = found as { readonly name?: unknown; readonly server?: unknown };
  return {
    name: typeof name === "string" ? name : uuid(),
    server: typeof server === "string" ? server : null,
  };
}
