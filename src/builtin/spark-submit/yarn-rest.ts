import type { JsonObject, JsonValue } from "../../base/mod.ts";
import { TransientError } from "../../sdk/mod.ts";
import { asObject, type Cluster, endOf, type Look, textOf } from "./cluster.ts";

/** Longest wait for an answer, in ms, and the longest answer that is read, in bytes. */
const ANSWER_MS = 30_000;
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

export interface YarnRestOptions {
  /** The resource manager's web server, without a path. */
  readonly url: string;
  /** Whom it takes us for where it asks for no authentication. */
  readonly user: string | undefined;
}

/** A YARN resource manager through its REST interface (Hadoop: "ResourceManager REST APIs"). */
export function yarnRest({ url, user }: YarnRestOptions): Cluster {
  const ask = async (path: string, init: RequestInit = {}): Promise<JsonObject | undefined> => {
    const place = new URL(`/ws/v1/cluster/${path}`, url);
    if (user !== undefined) place.searchParams.set("user.name", user);
    const timeout = AbortSignal.timeout(ANSWER_MS);
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    const headers = { accept: "application/json", "content-type": "application/json" };
    try {
      const answer = await fetch(place, { ...init, headers, signal });
      const text = await boundedText(answer);
      if (answer.status === 404) return undefined;
      if (!answer.ok) throw new Error(`HTTP status ${answer.status}`);
      return asObject(text.trim() === "" ? {} : (JSON.parse(text) as JsonValue));
    } catch (thrown) {
      init.signal?.throwIfAborted();
      throw unanswered(url, thrown);
    }
  };
  return {
    async find(tag, signal) {
      const answer = await ask(`apps?applicationTags=${encodeURIComponent(tag)}`, { signal });
      if (answer === undefined) throw unanswered(url, new Error("HTTP status 404"));
      const apps = asObject(answer["apps"] ?? null)["app"];
      const [app] = Array.isArray(apps) ? (apps as readonly JsonValue[]) : [];
      return app === undefined ? undefined : textOf(asObject(app), "id");
    },
    async look(id, signal) {
      const answer = await ask(`apps/${encodeURIComponent(id)}`, { signal });
      return answer === undefined
        ? { end: "LOST", word: "NOT_FOUND" }
        : lookOf(asObject(answer["app"] ?? null));
    },
    async kill(id) {
      await ask(`apps/${encodeURIComponent(id)}/state`, { method: "PUT", body: '{"state":"KILLED"}' });
    },
  };
}

function lookOf(app: JsonObject): Look {
  const state = textOf(app, "state") ?? "UNSAID";
  const final = textOf(app, "finalStatus") ?? "UNDEFINED";
  const word = state === "FINISHED" ? final : state;
  const { progress } = app;
  return {
    // FINISHED without a final status, which Spark always gives, says nothing of success.
    end: word === "UNDEFINED" ? "FAILED" : endOf(word),
    word,
    applicationId: textOf(app, "id"),
    trackingUrl: textOf(app, "trackingUrl"),
    percent: typeof progress === "number" ? progress : undefined,
    says: textOf(app, "diagnostics"),
  };
}

/** The text of an answer. @throws Error where it is longer than MAX_ANSWER_BYTES */
export async function boundedText(answer: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> | undefined = answer.body ?? undefined;
  if (body === undefined) return "";
  for await (const part of body) {
    length += part.length;
    if (length > MAX_ANSWER_BYTES) throw new Error(`its answer has more than ${MAX_ANSWER_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

function unanswered(url: string, cause: unknown): TransientError {
  const says = cause instanceof Error ? cause.message : String(cause);
  return new TransientError(`Cannot ask the YARN resource manager at ${url}: ${says}`, {
    code: "SPARK_MANAGER_UNREACHABLE",
    hint: "Is yarn-resource-manager (or spark.hadoop.yarn.resourcemanager.webapp.address) right, and open without Kerberos? What was submitted goes on; a resume looks for it again.",
    cause,
  });
}
