import { CairnError, durationText, type JsonObject, type JsonValue } from "../../base/mod.ts";
import { endText, isLasting, type ProgramEnd, ProgramError } from "../../program/mod.ts";
import { PermanentError, TransientError } from "../../sdk/mod.ts";
import { asObject, endOf, type EndState, textOf } from "./cluster.ts";
import type { Launch } from "./launch-submit.ts";
import type { SubmitConfig } from "./submit-config.ts";
import type { LogFacts, Manager } from "./submit-log.ts";

/** How an application ended, as it is recorded. */
export interface SubmitEnd {
  readonly state: EndState;
  readonly applicationId?: string | undefined;
  readonly submissionId?: string | undefined;
  readonly trackingUrl?: string | undefined;
  readonly exitCode?: number | undefined;
}

/** The end that the log of an ended spark-submit tells; undefined where the cluster manager has to be asked. */
export function endFromLog(manager: Manager, facts: LogFacts): EndState | undefined {
  const { state = "", finalStatus, driverExitCode } = facts;
  if (manager === "yarn" && finalStatus !== undefined) return finalStatus as EndState;
  if (manager === "yarn" && state === "FINISHED") return undefined;
  if (manager === "kubernetes" && state !== "SUCCEEDED" && driverExitCode !== undefined)
    return driverExitCode === 0 && state !== "FAILED" ? "SUCCEEDED" : "FAILED";
  const end = endOf(state);
  return end === "LOST" ? undefined : end;
}

/** Reads a recorded end; whoever declares an outcome may say anything, and it counts as success unless it says otherwise. */
export function readEnd(recorded: JsonValue): SubmitEnd & JsonObject {
  const given = asObject(recorded);
  const state = textOf(given, "state");
  if (state === "FAILED" || state === "KILLED") return { ...given, state };
  return { ...given, state: "SUCCEEDED" };
}

/** Without keys that have no value. */
export function recordOf(end: SubmitEnd): JsonObject {
  return Object.fromEntries(
    Object.entries(end).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  );
}

/** What could not be started at all. */
export function startFailure(thrown: CairnError): Error {
  if (!isLasting(thrown.code)) return thrown;
  return new PermanentError(thrown.message, { code: thrown.code, hint: thrown.hint, cause: thrown });
}

/** The error of an application that took too long. */
export function timeoutFailure(timeoutMs: number): ProgramError {
  return new ProgramError({
    code: "SPARK_SUBMIT_TIMEOUT",
    message: `the Spark application took longer than its timeout of ${durationText(timeoutMs)} and was ended`,
    hint: "Give it more time with timeout, or less to do.",
  });
}

/** The error of an application that failed, with the last lines of the log where spark-submit ran here. */
export function applicationFailure(
  end: SubmitEnd,
  config: SubmitConfig,
  from: {
    readonly launch?: Launch | undefined;
    readonly program?: ProgramEnd | undefined;
    readonly says?: string | undefined;
  },
): Error {
  const { launch, program, says } = from;
  const exitCode = end.exitCode ?? program?.code;
  const id = end.applicationId ?? end.submissionId;
  const what = id === undefined ? "the Spark application" : `the Spark application ${id}`;
  const why = launch === undefined || launch.log.telling === "" ? (says ?? "") : launch.log.telling;
  const last = launch?.log.last ?? [];
  const message = `${what} ${outcome(end, exitCode, program)}${why.trim() === "" ? "" : `: ${why.trim()}`}${
    last.length === 0 ? "" : `\nlast lines of its log:\n${last.map((line) => `  ${line}`).join("\n")}`
  }`;
  const hint =
    end.trackingUrl === undefined ? "The whole log is in this run's log." : `Its own log: ${end.trackingUrl}`;
  if (exitCode !== undefined && config.retryableExitCodes.includes(exitCode))
    return new TransientError(message, { code: "SPARK_SUBMIT_FAILED", hint, exitCode });
  return new ProgramError({ code: "SPARK_SUBMIT_FAILED", message, hint }, exitCode);
}

function outcome(end: SubmitEnd, exitCode: number | undefined, program: ProgramEnd | undefined): string {
  if (program?.signal !== undefined) return endText("spark-submit", program, { lastError: "" }).message;
  if (end.state === "KILLED") return "was killed";
  return exitCode === undefined || exitCode === 0 ? "failed" : `failed with exit code ${exitCode}`;
}

/** Nobody can tell how it ended. */
export function unknownEnd(component: string, key: string, state: string): PermanentError {
  return new PermanentError(`outcome unknown: ${state}`, {
    code: "SPARK_OUTCOME_UNKNOWN",
    hint: `Look at the cluster, then resume with --declare=${JSON.stringify(`${component}/${key}`)}='done:{"state":"SUCCEEDED"}' (or "FAILED": it is submitted again).`,
  });
}
