import { type JsonObject, type JsonValue, systemClock } from "../../base/mod.ts";
import { asObject } from "./cluster.ts";
import { boundedText } from "./yarn-rest.ts";

/** Between two looks, and the longest wait for an answer, in ms. */
const INTERVAL_MS = 2_000;
const ANSWER_MS = 2_000;
/** From so many failures in a row on it is asked no more rarely. */
const MAX_MISSES = 10;

export interface UiProgressOptions {
  /** Where the driver's web server is, once it is known. */
  readonly url: () => string | undefined;
  readonly signal: AbortSignal;
  readonly found: (applicationId: string) => void;
  readonly progress: (done: number, total: number) => void;
}

/**
 * Asks a driver's REST interface (Spark: "Monitoring and Instrumentation") again and again how many tasks are done, until
 * the signal aborts. Best effort: a driver that does not answer, or not in time, is asked again later.
 */
export async function watchUi(options: UiProgressOptions): Promise<void> {
  const { signal } = options;
  let applicationId: string | undefined;
  let misses = 0;
  while (!signal.aborted) {
    const wait = INTERVAL_MS * Math.min(misses + 1, MAX_MISSES);
    await systemClock.sleep(wait, signal).catch(() => undefined);
    const url = options.url();
    if (signal.aborted || url === undefined) continue;
    try {
      applicationId ??= firstId(await ask(url, "applications", signal));
      if (applicationId === undefined) continue;
      options.found(applicationId);
      const jobs = await ask(url, `applications/${encodeURIComponent(applicationId)}/jobs`, signal);
      const counted = countTasks(jobs);
      if (counted.total > 0) options.progress(counted.done, counted.total);
      misses = 0;
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown;
      // It has ended, is not up yet, or is busy: the next look will show.
      misses++;
    }
  }
}

async function ask(url: string, path: string, signal: AbortSignal): Promise<JsonValue> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  const answer = await fetch(`${url}/api/v1/${path}`, { signal: within, redirect: "error" });
  const text = await boundedText(answer);
  if (!answer.ok) throw new Error(`HTTP status ${answer.status}`);
  return JSON.parse(text) as JsonValue;
}

function objects(value: JsonValue): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(asObject) : [];
}

function firstId(applications: JsonValue): string | undefined {
  const id = objects(applications)[0]?.["id"];
  return typeof id === "string" ? id : undefined;
}

/** Tasks of all of an application's jobs, as `/jobs` lists them; skipped ones count as done. */
export function countTasks(jobs: JsonValue): { readonly done: number; readonly total: number } {
  let done = 0;
  let total = 0;
  const number = (value: JsonValue | undefined): number => (typeof value === "number" ? value : 0);
  for (const job of objects(jobs)) {
    total += number(job["numTasks"]);
    done += Math.min(
      number(job["numTasks"]),
      number(job["numCompletedTasks"]) + number(job["numSkippedTasks"]),
    );
  }
  return { done, total };
}
