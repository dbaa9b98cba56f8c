import { createHash } from "node:crypto";
import { type ComponentContext, sparkOnce, TransientError } from "cairn";
import { boundArguments } from "./bound-arguments.ts";
import type { SqlResult } from "./engine.ts";
import { sparkFiles } from "./open-engine.ts";
import { sqlError } from "./place.ts";
import { guarded, SparkEngine } from "./spark-engine.ts";
import { openSparkSessions, type SparkSessions } from "./spark-sessions.ts";
import type { SqlConfig } from "./sql-config.ts";
import { StatementKinds } from "./statement-kind.ts";
import type { Statement } from "./statements.ts";
import { openTarget, type OpenTarget } from "./target.ts";

type Context = ComponentContext<SqlConfig>;

/** What has to be there in the session before something else runs. */
interface Waiting {
  readonly isQuery: boolean;
  run(): Promise<unknown>;
}

const NOTHING: SqlResult = { rows: 0, schema: [] };
const DIGITS = 8;

/**
 * Runs statements on Spark, where what a killed attempt began goes on by itself: what may have taken effect is looked for and
 * never run twice, the write of a target is taken over where it can be, and what only makes the session is made anew.
 */
export async function runOnSpark(
  ctx: Context,
  statements: readonly Statement[],
  folder: string,
): Promise<SqlResult> {
  for (const statement of statements) boundArguments(statement, ctx.config.args);
  await using sessions = await openSparkSessions(ctx);
  // Awaited here: the sessions are closed on return.
  return await new SparkRun(ctx, statements, folder, sessions).run();
}

class SparkRun {
  readonly #ctx: Context;
  readonly #statements: readonly Statement[];
  readonly #folder: string;
  readonly #sessions: SparkSessions;
  readonly #engine: SparkEngine;
  readonly #kinds: StatementKinds;
  /** How often each text with an effect came so far. */
  readonly #seen = new Map<string, number>();
  #waiting: Waiting[] = [];
  #target: OpenTarget | undefined;
  /** Whether a statement with an effect came to an end that is not on record. */
  #isUncertain = false;

  constructor(ctx: Context, statements: readonly Statement[], folder: string, sessions: SparkSessions) {
    this.#ctx = ctx;
    this.#statements = statements;
    this.#folder = folder;
    this.#sessions = sessions;
    const { args, sources } = ctx.config;
    this.#engine = new SparkEngine(sessions.spark, { args, signal: ctx.signal });
    this.#kinds = new StatementKinds(Object.keys(sources));
  }

  async run(): Promise<SqlResult> {
    try {
      const result = (await this.#takenOver()) ?? (await this.#all());
      this.#sessions.isOver = "all";
      return result;
    } catch (thrown) {
      if (!isOpen(thrown)) await this.#giveUp();
      throw thrown;
    }
  }

  /** The write of an earlier attempt: it was the last there was to do. */
  async #takenOver(): Promise<SqlResult | undefined> {
    if (!this.#sessions.hasWritten) return undefined;
    const target = await this.#open();
    if (target?.found !== true) return undefined;
    const found = await this.#sessions.foundWrite(target.place.stagingUri, this.#work());
    if (found === undefined) {
      await target.discard();
      this.#target = undefined;
      return undefined;
    }
    return this.#written(target, { rows: await this.#engine.rowsIn(target.place), schema: found.schema });
  }

  async #all(): Promise<SqlResult> {
    const { config, progress } = this.#ctx;
    for (const [name, given] of Object.entries(config.sources)) this.#source(name, given);
    let result = NOTHING;
    for (const [at, statement] of this.#statements.entries()) {
      progress(at, this.#statements.length, statement.source);
      const isLast = at === this.#statements.length - 1;
      const kind = this.#kinds.kindOf(statement);
      if (isLast && config.target !== undefined) result = await this.#write(statement);
      else if (kind === "effect") result = await this.#effect(statement);
      else {
        this.#waiting.push({
          isQuery: kind === "query",
          run: async () => (result = await this.#engine.run(statement)),
        });
        if (isLast) await this.#makeReady();
      }
    }
    return result;
  }

  #source(name: string, given: SqlConfig["sources"][string]): void {
    const source = typeof given === "string" ? { path: given } : given;
    this.#waiting.push({
      isQuery: false,
      run: async () =>
        this.#engine.source(name, await sparkFiles(this.#sessions.spark, source, this.#folder)),
    });
  }

  /** Does what waits for being needed. */
  async #makeReady(): Promise<void> {
    for (let one = this.#waiting.shift(); one !== undefined; one = this.#waiting.shift()) await one.run();
  }

  /** A statement that must not take effect twice; where it has, its rows, if it gives any, are not counted. */
  async #effect(statement: Statement): Promise<SqlResult> {
    let result: SqlResult | undefined;
    const sessions = this.#sessions;
    await this.#named(statement, () =>
      sparkOnce(
        this.#ctx,
        this.#keyOf(statement),
        async (_, operation) => {
          const frame = await sessions.lasting(() => this.#engine.send(statement, operation));
          result = await this.#engine.resultOf(frame);
        },
        {
          session: async () => {
            await this.#makeReady();
            return sessions.name;
          },
        },
      ),
    );
    if (result === undefined) this.#ctx.log.info(`${placeOf(statement)} took effect in an earlier attempt`);
    // They had their say before the statement began.
    this.#waiting = this.#waiting.filter(({ isQuery }) => !isQuery);
    return result ?? NOTHING;
  }

  /** Errors of Spark with their place in the SQL, and outcomes that nobody knows, too. */
  async #named(statement: Statement, work: () => Promise<void>): Promise<void> {
    try {
      await guarded(statement, work);
    } catch (thrown) {
      // What Spark itself says has failed is on record.
      this.#isUncertain = !(thrown instanceof Error && isOfSpark(thrown.cause));
      if (codeOf(thrown) !== "OUTCOME_UNKNOWN" || !(thrown instanceof Error)) throw thrown;
      const hint: unknown = Reflect.get(thrown, "hint");
      throw sqlError(statement, {
        message: thrown.message,
        code: "OUTCOME_UNKNOWN",
        hint: typeof hint === "string" ? hint : undefined,
        cause: thrown,
      });
    }
  }

  /** By its text, so that other statements may come and go: `INSERT 1f0c9a3e`, ` #2` where the same text comes again. */
  #keyOf({ text }: Statement): string {
    const verb = /[A-Za-z]+/.exec(text)?.[0].toUpperCase() ?? "SQL";
    const key = `${verb} ${digestOf(text).slice(0, DIGITS)}`;
    const number = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, number);
    return number === 1 ? key : `${key} #${number}`;
  }

  async #write(statement: Statement): Promise<SqlResult> {
    await this.#makeReady();
    const target = await this.#open();
    if (target === undefined) return NOTHING;
    const sessions = this.#sessions;
    const { stagingUri } = target.place;
    const write = async (): Promise<SqlResult> =>
      this.#engine.write(statement, target.place, (schema) =>
        sessions.beginWrite({ work: this.#work(), stagingUri, schema }),
      );
    try {
      return this.#written(target, await sessions.lasting(write));
    } catch (thrown) {
      if (codeOf(thrown) !== "SPARK_OUTCOME_UNKNOWN") throw thrown;
      throw new TransientError(
        `${placeOf(statement)}: Spark can't be asked any more about the write of "${target.uri}"; nothing of it is published`,
        {
          code: "SQL_WRITE_LOST",
          hint: "Resume: where Spark still has the write, it is waited for, else it is begun anew.",
          cause: thrown,
        },
      );
    }
  }

  #written({ uri }: OpenTarget, result: SqlResult): SqlResult {
    this.#ctx.log.info(`wrote ${result.rows} rows to ${uri}`);
    return result;
  }

  async #open(): Promise<OpenTarget | undefined> {
    const { target } = this.#ctx.config;
    if (target === undefined) return undefined;
    if (this.#target !== undefined) return this.#target;
    let opened = await openTarget(this.#ctx, target, this.#folder);
    if (opened.found && !this.#sessions.hasWritten) {
      // Who wrote there is not on record any more, and may be at it still.
      await opened.discard();
      opened = await openTarget(this.#ctx, target, this.#folder);
    }
    this.#target = opened;
    return opened;
  }

  /** After a failure that is one: nobody goes on with what this attempt did. */
  async #giveUp(): Promise<void> {
    try {
      await this.#sessions.giveUp();
    } catch {
      // It can't be recorded: another process may have the run, and go on with all that. Else the next start sweeps it.
      return;
    }
    if (!this.#isUncertain) this.#sessions.isOver = "own";
    await this.#target?.discard();
  }

  #work(): string {
    const { args, sources, target } = this.#ctx.config;
    return digestOf(JSON.stringify([this.#statements.map(({ text }) => text), args, sources, target]));
  }
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function placeOf({ source, line, column }: Statement): string {
  return `${source}:${line}:${column}`;
}

function isOfSpark(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === "SparkError";
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
}

/** Whether work may be under way at the server after this error: its connection was lost, or its outcome is not known. */
function isOpen(thrown: unknown): boolean {
  const code = codeOf(thrown);
  return typeof code === "string" && /^(?:SPARK_|OUTCOME_UNKNOWN$|SQL_WRITE_LOST$)/.test(code);
}
