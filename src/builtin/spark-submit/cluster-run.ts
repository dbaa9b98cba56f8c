import { CairnError, type JsonObject, messageOf, systemClock } from "../../base/mod.ts";
import type { ProgramEnd } from "../../program/mod.ts";
import { asObject, type Cluster, type Look, textOf } from "./cluster.ts";
import { type Launch, launchSubmit } from "./launch-submit.ts";
import {
  applicationFailure,
  endFromLog,
  readEnd,
  recordOf,
  startFailure,
  type SubmitEnd,
  timeoutFailure,
  unknownEnd,
} from "./submit-end.ts";
import type { SubmitTools, Tried } from "./submit-tools.ts";

/** As many questions in a row may go unanswered. */
const MAX_UNANSWERED = 10;
/** How often a killed application is looked at before it is left to its manager. */
const LOOKS_AFTER_KILL = 12;

/**
 * Submits an application whose driver runs in the cluster, in two actions: the submission, over as soon as it is known
 * by an ID, and the wait for its end. Whoever comes after a killed runner finds the one by its tag and goes on with the
 * other by the ID.
 */
export async function runInCluster(tools: SubmitTools, key: string): Promise<Tried> {
  return new ClusterRun(tools, key).run();
}

class ClusterRun {
  readonly #tools: SubmitTools;
  readonly #key: string;
  readonly #cluster: Cluster | undefined;
  #launch: Launch | undefined;
  #failure: Error | undefined;
  /** It was seen alive, or begun, in this attempt. */
  #isLive = false;

  constructor(tools: SubmitTools, key: string) {
    this.#tools = tools;
    this.#key = key;
    this.#cluster = tools.cluster();
  }

  async run(): Promise<Tried> {
    try {
      const submitted = await this.#submit();
      const known = asObject(submitted);
      const submissionId = textOf(known, "submissionId");
      if (submissionId === undefined || textOf(known, "state") !== undefined)
        return { end: readEnd(submitted), failure: this.#failure };
      const key = `end of ${this.#key}`;
      const wait = (): Promise<JsonObject> => this.#wait(submissionId, key);
      const ended = await this.#tools.context.intent<JsonObject>(key, {
        start: wait,
        find: wait,
        cancel: async () => void (await this.#kill(submissionId)),
      });
      return { end: readEnd(ended), failure: this.#failure };
    } finally {
      // It ends with the signal, or has nothing more to do.
      await this.#launch?.end;
    }
  }

  #submit(): Promise<JsonObject> {
    const { context, tag } = this.#tools;
    const find = this.#cluster?.find;
    return context.intent<JsonObject>(this.#key, {
      start: ({ idempotencyKey }) => this.#start(tag(idempotencyKey)),
      ...(find !== undefined && {
        find: async ({ idempotencyKey, signal }) => {
          const submissionId = await find(tag(idempotencyKey), signal);
          return submissionId === undefined ? undefined : { submissionId };
        },
      }),
      cancel: ({ idempotencyKey }) => this.#cancelStart(tag(idempotencyKey)),
    });
  }

  async #start(tag: string): Promise<JsonObject> {
    const { context, submission, signal } = this.#tools;
    const launch = launchSubmit(context, submission, tag, signal);
    this.#launch = launch;
    this.#isLive = true;
    await Promise.race([launch.log.submitted, launch.end]);
    const { submissionId } = launch.log.facts;
    if (submissionId !== undefined) return this.#known(submissionId);
    const program = await launch.end;
    if (program instanceof CairnError) {
      this.#failure = startFailure(program);
      return recordOf({ state: "FAILED" });
    }
    const found = await this.#cluster?.find?.(tag, new AbortController().signal);
    if (found !== undefined) return this.#known(found);
    const isAbsent = this.#cluster?.find !== undefined || wasRefused(launch, program);
    if (!isAbsent || program.code === 0) {
      throw unknownEnd(
        context.run.componentName,
        this.#key,
        "spark-submit ended before it named what it submitted",
      );
    }
    return this.#fail({ state: "FAILED", exitCode: program.code }, { program });
  }

  #known(submissionId: string): JsonObject {
    this.#tools.context.log.info("submitted to the cluster", { submissionId });
    const trackingUrl = this.#launch?.log.facts.trackingUrl;
    return trackingUrl === undefined ? { submissionId } : { submissionId, trackingUrl };
  }

  /** The end by the log where it tells, else by the manager. */
  async #wait(submissionId: string, key: string): Promise<JsonObject> {
    const { signal } = this.#tools;
    const program = await this.#launch?.end;
    if (this.#launch !== undefined && program !== undefined && !(program instanceof CairnError)) {
      const { facts } = this.#launch.log;
      const state = signal.aborted ? undefined : endFromLog(this.#tools.submission.manager, facts);
      const { applicationId, trackingUrl, driverExitCode: exitCode } = facts;
      if (state !== undefined) {
        const end = { state, submissionId, applicationId, trackingUrl, exitCode };
        return state === "SUCCEEDED" ? recordOf(end) : this.#fail(end, { program });
      }
    }
    if (this.#cluster === undefined) throw this.#unknown(key, submissionId, "there is nobody to ask");
    if (this.#tools.timedOut()) return this.#endLate(submissionId);
    try {
      return await this.#poll(this.#cluster, submissionId, key);
    } catch (thrown) {
      if (this.#tools.timedOut() && !this.#tools.context.signal.aborted) return this.#endLate(submissionId);
      throw thrown;
    }
  }

  async #poll(cluster: Cluster, submissionId: string, key: string): Promise<JsonObject> {
    const { context, signal } = this.#tools;
    let unanswered = 0;
    for (;;) {
      try {
        const look = await cluster.look(submissionId, signal);
        unanswered = 0;
        if (look.end === "LOST")
          throw this.#unknown(key, submissionId, "the cluster manager does not know it");
        if (look.end !== undefined) return this.#ended(submissionId, look);
        this.#isLive = true;
        if (look.percent !== undefined) context.progress(look.percent, 100, "percent, as YARN tells it");
      } catch (thrown) {
        signal.throwIfAborted();
        unanswered++;
        if (isUnknownEnd(thrown) || unanswered >= MAX_UNANSWERED) throw thrown;
        context.log.warn(`asking again: ${messageOf(thrown)}`);
      }
      await systemClock.sleep(context.config.pollInterval, signal);
    }
  }

  #ended(submissionId: string, look: Look): JsonObject {
    const end: SubmitEnd = {
      state: look.end === "SUCCEEDED" || look.end === "KILLED" ? look.end : "FAILED",
      submissionId,
      applicationId: look.applicationId ?? this.#launch?.applicationId(),
      trackingUrl: look.trackingUrl ?? this.#launch?.log.facts.trackingUrl,
      exitCode: look.exitCode,
    };
    return end.state === "SUCCEEDED" ? recordOf(end) : this.#fail(end, { says: look.says });
  }

  #fail(
    end: SubmitEnd,
    from: { readonly program?: ProgramEnd | undefined; readonly says?: string | undefined },
  ): JsonObject {
    const { config } = this.#tools.context;
    // One that had failed before this attempt came is no failure of this attempt: the next one is submitted.
    if (this.#isLive) this.#failure = applicationFailure(end, config, { launch: this.#launch, ...from });
    if (this.#tools.timedOut()) this.#failure = timeoutFailure(config.timeout ?? 0);
    return recordOf(end);
  }

  /** Too late: it is killed, and its end is the attempt's failure once it is sure. */
  async #endLate(submissionId: string): Promise<JsonObject> {
    const failure = timeoutFailure(this.#tools.context.config.timeout ?? 0);
    const look = await this.#kill(submissionId);
    if (look?.end === undefined || look.end === "LOST") throw failure;
    return this.#ended(submissionId, look);
  }

  /** Kills it and looks until it has ended, for a while. */
  async #kill(submissionId: string): Promise<Look | undefined> {
    const { context } = this.#tools;
    if (this.#cluster === undefined) {
      context.log.warn(`nobody can be asked to end ${submissionId}: it goes on in the cluster`);
      return undefined;
    }
    try {
      await this.#cluster.kill(submissionId);
      for (let looks = 0; looks < LOOKS_AFTER_KILL; looks++) {
        const look = await this.#cluster.look(submissionId, new AbortController().signal);
        if (look.end !== undefined) return look;
        await systemClock.sleep(Math.min(1_000, context.config.pollInterval));
      }
    } catch (thrown) {
      context.log.warn(`${submissionId} may go on in the cluster: ${messageOf(thrown)}`);
    }
    return undefined;
  }

  /** The component is told to stop while it is being submitted. */
  async #cancelStart(tag: string): Promise<void> {
    await this.#launch?.end;
    const known = this.#launch?.log.facts.submissionId;
    const id = known ?? (await this.#cluster?.find?.(tag, new AbortController().signal));
    if (id !== undefined) await this.#kill(id);
    // Without a look-up the record stays open only where nobody knows if there is something.
    if (this.#cluster?.find === undefined)
      throw unknownEnd(
        this.#tools.context.run.componentName,
        this.#key,
        "spark-submit was stopped while it submitted",
      );
  }

  #unknown(key: string, submissionId: string, why: string): Error {
    return unknownEnd(
      this.#tools.context.run.componentName,
      key,
      `${submissionId} was submitted, and ${why}`,
    );
  }
}

function isUnknownEnd(thrown: unknown): boolean {
  return thrown instanceof Error && Reflect.get(thrown, "code") === "SPARK_OUTCOME_UNKNOWN";
}

/** It gave up before it asked the cluster: it said so itself, or it logs and named nothing. */
function wasRefused({ log }: Launch, { code }: ProgramEnd): boolean {
  return (
    code !== undefined && code !== 0 && (log.sawInfo || log.last.some((line) => line.startsWith("Error: ")))
  );
}
