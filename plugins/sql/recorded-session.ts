import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import type { ComponentContext } from "cairn";

type Context = Pick<ComponentContext, "spark" | "step" | "signal" | "log">;
type Session = ReturnType<ComponentContext["spark"]["named"]>;

/** A session of this attempt's own, and what ends it. */
export interface RecordedSession extends AsyncDisposable {
  readonly spark: Session;
  /** Puts on record where the session is about to write. */
  writesTo(stagingUri: string): Promise<void>;
}

/** How often an operation that is being ended is looked at, in ms. */
const LOOK_MS = 100;
/** What the names of places begin with that nothing but their attempt uses (docs/staged-outputs.md). */
const STAGED = ".cairn-stage-";

/**
 * Opens a session whose name is on record before anything runs in it, and first ends what attempts before this one, killed in
 * the middle, left running on the server: they would go on writing to places that nobody clears any more.
 */
export async function recordedSession(ctx: Context): Promise<RecordedSession> {
  const left: string[] = [];
  for (let number = 1; ; number++) {
    let isNew = false;
    const name = await ctx.step(`spark session ${number}`, () => {
      isNew = true;
      return crypto.randomUUID();
    });
    const spark = ctx.spark.named(name);
    const place = `spark staging ${number}`;
    if (isNew) {
      return {
        spark,
        writesTo: async (stagingUri) => void (await ctx.step(place, () => stagingUri)),
        async [Symbol.asyncDispose]() {
          await spark.stop();
          // By now no task of theirs is there any more that could make them anew.
          await Promise.all(left.map((folder) => rm(folder, { recursive: true, force: true })));
        },
      };
    }
    await endSession(spark, ctx);
    const staged = await ctx.step(place, () => "");
    if (!staged.startsWith("file:")) continue;
    const folder = fileURLToPath(staged);
    if (basename(folder).startsWith(STAGED)) left.push(folder);
  }
}

async function endSession(session: Session, { signal, log }: Context): Promise<void> {
  try {
    const ended = await session.interruptAll();
    if (ended.length > 0) {
      log.info(`ended ${ended.length} operations that an earlier attempt left running on Spark`);
      await untilOver(session, ended, signal);
    }
  } catch (thrown) {
    // Its server was restarted or has closed it: then nothing of it runs any more.
    if (!(thrown instanceof Error) || Reflect.get(thrown, "code") !== "SPARK_SESSION_LOST") throw thrown;
  }
  await session.stop();
}

/** Waits until operations that were interrupted are over; what was about to begin may not heed it, and is waited for. */
async function untilOver(
  session: Session,
  operations: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const [major = 0, minor = 0] = (await session.version({ signal })).split(".").map(Number);
  // Older servers don't tell.
  if (major < 4 || (major === 4 && minor < 2)) return;
  for (;;) {
    signal.throwIfAborted();
    const states = await session.operationStates(operations);
    if (!operations.some((id) => states.get(id) === "running")) return;
    await Bun.sleep(LOOK_MS);
  }
}
