import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { ComponentContext } from "cairn";
import type { SqlColumn } from "./engine.ts";

type Context = Pick<ComponentContext, "spark" | "step" | "signal" | "log">;
type Session = ReturnType<ComponentContext["spark"]["named"]>;

/** The tag of what an attempt does again in a session of its own: where an earlier one left it running, it is ended. */
const AGAIN = "cairn-again";
/** What the names of places begin with that nothing but their attempt uses (docs/staged-outputs.md). */
const STAGED = ".cairn-stage-";

/** The write of a target, on record before it begins. */
export interface WriteRecord {
  readonly operation: string;
  /** Fingerprint of all that its rows follow from. */
  readonly work: string;
  readonly stagingUri: string;
  readonly schema: readonly SqlColumn[];
}

/** What the operations of a write or statement are sent with. */
interface Operation {
  readonly operationId: string;
  readonly keep: true;
  readonly signal: AbortSignal;
}

/** An attempt before this one: its session, where the server still has it, and the write that it began. */
interface Earlier {
  readonly number: number;
  readonly session: Session | undefined;
  readonly write: WriteRecord | undefined;
}

/**
 * The sessions of a component's attempts. This attempt has one of its own, which is on record before anything runs in it;
 * those of attempts before it, killed in the middle, are there to be asked what became of their work.
 */
export class SparkSessions implements AsyncDisposable {
  readonly name: string;
  readonly spark: Session;
  /** Set where nobody will ask for anything in this attempt's session, or in any. */
  isOver: "own" | "all" | undefined;
  readonly #ctx: Context;
  readonly #number: number;
  readonly #earlier: readonly Earlier[];
  /** Places that what was written is published from. */
  readonly #used = new Set<string>();

  constructor(ctx: Context, name: string, earlier: readonly Earlier[]) {
    this.name = name;
    this.spark = ctx.spark.named(name);
    this.spark.addTag(AGAIN);
    this.#ctx = ctx;
    this.#earlier = earlier;
    this.#number = earlier.length + 1;
  }

  /** Whether an earlier attempt began to write the target. */
  get hasWritten(): boolean {
    return this.#earlier.some(({ write }) => write !== undefined);
  }

  /** Lets the next operation be found by those who come after this attempt, in place of being ended by them. */
  async lasting<T>(work: () => Promise<T>): Promise<T> {
    this.spark.removeTag(AGAIN);
    try {
      return await work();
    } finally {
      this.spark.addTag(AGAIN);
    }
  }

  /** Puts on record what is about to be written, and gives what the write is to be sent with. */
  async beginWrite(write: Omit<WriteRecord, "operation">): Promise<Operation> {
    const operation = crypto.randomUUID();
    const schema = write.schema.map(({ name, type }) => ({ name, type }));
    await this.#ctx.step(`spark write ${this.#number}`, () => ({ ...write, schema, operation }));
    return { operationId: operation, keep: true, signal: this.#ctx.signal };
  }

  /** Puts on record that nobody needs what this attempt did. @throws where the run is another process's now: that one may need it */
  async giveUp(): Promise<void> {
    await this.#ctx.step(`spark session ${this.#number} given up`, () => true);
  }

  /**
   * Waits for the end of the write that an earlier attempt began at this place. Undefined where that wrote something else,
   * or did not succeed: then nothing more comes of it, and the place is to be discarded.
   */
  async foundWrite(stagingUri: string, work: string): Promise<WriteRecord | undefined> {
    const found = this.#earlier.findLast(({ write }) => write?.stagingUri === stagingUri);
    if (found?.write === undefined) return undefined;
    const { session, write, number } = found;
    if (session !== undefined) {
      const { log, signal } = this.#ctx;
      const isWanted = write.work === work;
      if (isWanted) log.info("looks for the write of an earlier attempt on Spark, and waits for its end");
      else await session.interruptOperation(write.operation);
      const end = await session.operationEnd(write.operation, { signal });
      if (isWanted && end.how === "succeeded") {
        this.#used.add(stagingUri);
        return write;
      }
      log.info(`the write of an earlier attempt came to nothing (${end.how}): it is begun anew`);
      // Whatever of it is still on its way finds the session closed.
      await session.stop();
    }
    // Also the proof that the run is still ours, before anything is removed.
    await this.#ctx.step(`spark write ${number} abandoned by ${this.#number}`, () => true);
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { isOver } = this;
    await this.spark.stop({ release: isOver !== undefined });
    for (const { session, write } of this.#earlier) {
      await session?.stop({ release: isOver === "all" });
      // By now no task of theirs is there any more that could make what was discarded anew.
      const isUsed = write === undefined || this.#used.has(write.stagingUri);
      if (isOver !== undefined && !isUsed) await removeStaged(write.stagingUri);
    }
  }
}

/** Removes a place on this machine's disks. */
async function removeStaged(stagingUri: string): Promise<void> {
  if (!stagingUri.startsWith("file:")) return;
  const folder = fileURLToPath(stagingUri);
  if (basename(folder).startsWith(STAGED)) await rm(folder, { recursive: true, force: true });
}

/** Opens a session for this attempt, and those of attempts before it; what is done again here is ended there. */
export async function openSparkSessions(ctx: Context): Promise<SparkSessions> {
  const earlier: Earlier[] = [];
  for (let number = 1; ; number++) {
    let isNew = false;
    const known = await ctx.step(`spark session ${number}`, async () => {
      isNew = true;
      const name = crypto.randomUUID();
      return { name, server: (await ctx.spark.named(name).serverSession()) ?? null };
    });
    if (isNew) return new SparkSessions(ctx, known.name, earlier);
    const write = await ctx.step<WriteStep | null>(`spark write ${number}`, () => null);
    earlier.push({ number, session: await earlierSession(ctx, known), write: write ?? undefined });
  }
}

/** A record as steps have it: only types are JSON by their parts. */
type WriteStep = Omit<WriteRecord, "schema"> & {
  readonly schema: readonly { readonly name: string; readonly type: string }[];
} & { readonly [key: string]: never };

/** The session of an earlier attempt; undefined where the server has forgotten it, and all that ran in it. */
async function earlierSession(
  { spark }: Context,
  { name, server }: { readonly name: string; readonly server: string | null },
): Promise<Session | undefined> {
  const session = spark.named(name);
  try {
    if (((await session.serverSession()) ?? null) === server) {
      await session.interruptTag(AGAIN);
      return session;
    }
  } catch (thrown) {
    if (!(thrown instanceof Error) || Reflect.get(thrown, "code") !== "SPARK_SESSION_LOST") throw thrown;
  }
  await session.stop();
  return undefined;
}
