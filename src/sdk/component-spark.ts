import { sha256 } from "../base/mod.ts";
import type { OpenOptions, SparkSession } from "../spark/mod.ts";
import type { RunInfo, SparkSettings } from "./component.ts";
import { isCheckpointLost } from "./checkpoint-lost.ts";
import { PermanentError } from "./errors.ts";

/**
 * `ctx.spark`: the run's Spark Connect session, in the vocabulary of PySpark (docs/spark.md). It connects when it is first
 * used; views and settings of one component are there for those after it, in this run. Its operations carry the run's, component's and attempt's tags, are interrupted
 * when `ctx.signal` aborts, and tell `ctx.progress` how far they are.
 */
export type ComponentSpark = Omit<SparkSession, "stop" | typeof Symbol.asyncDispose> & {
  /** The `spark` block as plain configuration; undefined where there is none. */
  readonly settings: SparkSettings | undefined;
  /**
   * Another session, whose ID follows from `name`, e.g. the key of an intent: a later attempt that opens it by the same
   * name finds the operations of this one. It stays on the server until it expires, and where this process is stopped
   * because another one has the run now, nothing in it is interrupted; all else is as with `ctx.spark`.
   */
  named(name: string): SparkSession;
};

/** What `ctx.spark` needs of the attempt. */
export interface SparkAttempt {
  readonly settings: SparkSettings | undefined;
  readonly run: Pick<RunInfo, "runId" | "componentName" | "attempt">;
  readonly signal: AbortSignal;
  readonly env: Readonly<Record<string, string | undefined>>;
  progress(done: number, total: number, label: string): void;
  warn(message: string): void;
  /**
   * Takes over the run's session when it is first used: it is kept for the components to come, and `release` ends it.
   * Absent: the session is the attempt's own.
   */
  readonly keep?: ((release: () => Promise<void>) => void) | undefined;
}

/** `ctx.spark`, and what ends it with the attempt. */
export interface OpenSpark {
  readonly spark: ComponentSpark;
  close(): Promise<void>;
}

/** Loads the client only where the configuration names a server; elsewhere it's there at once. */
export function openSpark(attempt: SparkAttempt): OpenSpark | Promise<OpenSpark> {
  const { settings } = attempt;
  if (settings?.connectString !== undefined) return openSparkAt(settings.connectString, settings, attempt);
  return { spark: sparkOver(settings, noServer, noServer), close: () => Promise.resolve() };
}

async function openSparkAt(
  connectString: string,
  settings: SparkSettings,
  attempt: SparkAttempt,
): Promise<OpenSpark> {
  const { openSession } = await import("../spark/mod.ts");
  const named = new Map<string, SparkSession>();
  const { keep } = attempt;
  let own: SparkSession | undefined;
  const open = (options: Pick<OpenOptions, "sessionId" | "sessionAfter" | "leaves"> = {}): SparkSession =>
    openSession(connectString, {
      ...options,
      settings: settings.config,
      env: attempt.env,
      tags: tagsOf(attempt.run),
      signal: attempt.signal,
      onProgress: ({ tasksDone, tasks }) => attempt.progress(tasksDone, tasks, "Spark tasks"),
      onWarning: (message) => attempt.warn(message),
    });
  const spark = sparkOver(
    settings,
    () => {
      if (keep === undefined) return (own ??= open());
      if (own !== undefined) return own;
      const sessionId = uuidOf(`run ${attempt.run.runId}`);
      const ofRun = open({ sessionId, sessionAfter: (closed) => uuidOf(`run after ${closed}`) });
      keep(() => releaseSession(connectString, ofRun.sessionId, attempt.env));
      own = ofRun;
      return own;
    },
    (name) => {
      // Whoever has the run now may be waiting for what runs in it.
      const known = named.get(name) ?? open({ sessionId: uuidOf(name), leaves: isCheckpointLost });
      named.set(name, known);
      return known;
    },
  );
  const close = async (): Promise<void> => {
    await Promise.all([
      own?.stop({ release: keep === undefined }),
      ...[...named.values()].map((session) => session.stop({ release: false })),
    ]);
  };
  return { spark, close };
}

/** Ends a session on the server; one that has ended already is no error. */
async function releaseSession(
  connectString: string,
  sessionId: string,
  env: SparkAttempt["env"],
): Promise<void> {
  const { openSession } = await import("../spark/mod.ts");
  const session = openSession(connectString, { sessionId, env });
  await session.version();
  await session.stop();
}

/** The tags by which operations are found in Spark's web UI and interrupted from elsewhere; Spark allows no commas. */
function tagsOf({ runId, componentName, attempt }: SparkAttempt["run"]): string[] {
  return [
    `cairn-run=${runId}`,
    `cairn-component=${componentName.replaceAll(",", " ")}`,
    `cairn-attempt=${attempt}`,
  ];
}

/** A UUID that is the same for the same text. */
export function uuidOf(text: string): string {
  const hex = sha256(`cairn spark session ${text}`);
  const groups = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return groups.join("-");
}

function noServer(): never {
  throw new PermanentError("ctx.spark was used, but the configuration has no spark.connect-string", {
    code: "SPARK_NOT_CONFIGURED",
    hint: 'Name a Spark Connect server: spark { connect-string = "sc://localhost:15002" }.',
  });
}

/** The session as it is, made when something of it is first asked for, and the two things that are ours. */
function sparkOver(
  settings: SparkSettings | undefined,
  session: () => SparkSession,
  named: (name: string) => SparkSession,
): ComponentSpark {
  const own = { settings, named };
  return new Proxy(own, {
    get(target, key): unknown {
      if (key in target) return Reflect.get(target, key) as unknown;
      // Whoever awaits or prints it asks for these; that is no use of Spark.
      if (typeof key === "symbol" || key === "then" || key === "toJSON") return undefined;
      const found = session();
      const value: unknown = Reflect.get(found, key, found);
      return typeof value === "function" ? (value.bind(found) as unknown) : value;
    },
  }) as ComponentSpark;
}
