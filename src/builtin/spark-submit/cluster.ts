import type { JsonObject, JsonValue } from "../../base/mod.ts";

/** How an application ended. */
export type EndState = "SUCCEEDED" | "FAILED" | "KILLED";

/** What a cluster manager says of an application. */
export interface Look {
  /** Undefined while it is under way. `LOST`: the manager does not know it, or not any more. */
  readonly end: EndState | "LOST" | undefined;
  /** The manager's own word. */
  readonly word: string;
  readonly trackingUrl?: string | undefined;
  readonly applicationId?: string | undefined;
  readonly exitCode?: number | undefined;
  /** 0 to 100. */
  readonly percent?: number | undefined;
  /** Why it failed. */
  readonly says?: string | undefined;
}

/** A cluster manager, as far as it can be asked. All calls throw where it gives no answer. */
export interface Cluster {
  /** What a submission with this tag is known by; undefined: there surely is none. Absent: nobody can tell. */
  readonly find?: ((tag: string, signal: AbortSignal) => Promise<string | undefined>) | undefined;
  look(submissionId: string, signal: AbortSignal): Promise<Look>;
  /** Asks for its end; that it has ended is another question. */
  kill(submissionId: string): Promise<void>;
}

const SUCCESSES: ReadonlySet<string> = new Set(["SUCCEEDED", "FINISHED"]);
const FAILURES: ReadonlySet<string> = new Set(["FAILED", "ERROR"]);
const GONE: ReadonlySet<string> = new Set(["UNKNOWN", "NOT_FOUND"]);

/** How a manager's word for a state is to be taken; undefined: it is under way. */
export function endOf(word: string): Look["end"] {
  if (SUCCESSES.has(word)) return "SUCCEEDED";
  if (FAILURES.has(word)) return "FAILED";
  if (word === "KILLED") return "KILLED";
  return GONE.has(word) ? "LOST" : undefined;
}

/** A value that came from elsewhere, if it is an object; else an empty one. */
export function asObject(value: JsonValue): JsonObject {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonObject) : {};
}

/** A text of an object that came from elsewhere. */
export function textOf(given: JsonObject, key: string): string | undefined {
  const value = given[key];
  return typeof value === "string" && value !== "" && value !== "N/A" ? value : undefined;
}
