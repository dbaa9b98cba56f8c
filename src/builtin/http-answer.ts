import type { Clock, JsonObject, JsonValue } from "../base/mod.ts";
import { MAX_RESULT_BYTES } from "../sdk/mod.ts";
import type { HttpConfig } from "./http-config.ts";
import { HttpFailure, shownUrl } from "./http-error.ts";
import type { HttpAnswer } from "./http-exchange.ts";
import { retryAfterOf } from "./http-retry.ts";

/** Statuses that may pass by themselves. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);
/** What is read of the body of an answer that was not expected, in bytes, and shown of it, in UTF-16 code units. */
const MAX_ERROR_BYTES = 64 * 1024;
const MAX_ERROR_TEXT = 300;
/** Headers that become outputs. */
const OUTPUT_HEADERS = ["content-type", "content-length", "etag", "last-modified", "location"];

/** Whether a status is one of the expected ones. */
export function isExpected(status: number, expected: HttpConfig["expectedStatus"]): boolean {
  return expected.some((one) => one === String(status) || one === `${Math.floor(status / 100)}xx`);
}

async function firstText(answer: HttpAnswer): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of answer.body()) {
      parts.push(part);
      bytes += part.length;
      if (bytes > MAX_ERROR_BYTES) break;
    }
  } catch (thrown) {
    // The status alone says what matters; an interrupt is met by the next call.
    if (!(thrown instanceof Error)) throw thrown;
  }
  const text = Buffer.concat(parts).toString("utf8").replaceAll(/\s+/gu, " ").trim();
  return text.length <= MAX_ERROR_TEXT ? text : `${text.slice(0, MAX_ERROR_TEXT)}…`;
}

/** The failure that an answer with an unexpected status is. */
export async function statusFailure(method: string, answer: HttpAnswer, clock: Clock): Promise<HttpFailure> {
  const { status, url, headers } = answer;
  const text = await firstText(answer);
  return new HttpFailure(
    `Cannot ${method} ${shownUrl(url)}: the server answered ${status}${text === "" ? "" : `: ${text}`}`,
    {
      code: "HTTP_STATUS",
      passes: PASSING.has(status),
      status,
      retryAfterMs: retryAfterOf(headers, clock.now()),
      hint:
        status === 401 || status === 403
          ? "Look at auth and headers, and whether the credentials are still valid."
          : undefined,
    },
  );
}

function tooLarge(url: URL): HttpFailure {
  return new HttpFailure(
    `Cannot keep the answer of ${shownUrl(url)}: it is larger than the ${MAX_RESULT_BYTES} bytes that outputs may have`,
    {
      code: "HTTP_ANSWER_TOO_LARGE",
      passes: false,
      hint: "Write it to a file with target, or leave it out with response = none.",
    },
  );
}

async function readText(answer: HttpAnswer): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of answer.body()) {
    bytes += part.length;
    if (bytes > MAX_RESULT_BYTES) throw tooLarge(answer.url);
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}

function parsed(text: string, answer: HttpAnswer): JsonValue {
  try {
    return text === "" ? null : (JSON.parse(text) as JsonValue);
  } catch (thrown) {
    throw new HttpFailure(`Cannot read the answer of ${shownUrl(answer.url)}: it is no JSON`, {
      code: "HTTP_ANSWER_INVALID",
      passes: false,
      hint: "Write response = text, or look at what the server sends.",
      cause: thrown,
    });
  }
}

/** What the answer's own type says it is. */
function kindOf(answer: HttpAnswer): "json" | "text" | "none" {
  const type = (answer.headers.get("content-type") ?? "").toLowerCase();
  if (/[/+]json\b/u.test(type)) return "json";
  return type.startsWith("text/") || /[/+]xml\b/u.test(type) ? "text" : "none";
}

/** Status, URL and some headers of an answer, as outputs. */
export function answerFacts(answer: HttpAnswer): JsonObject {
  const headers = Object.fromEntries(
    OUTPUT_HEADERS.flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  return { status: answer.status, url: shownUrl(answer.url), headers };
}

/** The outputs of a request: facts of the answer, and its body where that is wanted. */
export async function answerOutputs(
  answer: HttpAnswer,
  { response, method }: Pick<HttpConfig, "response" | "method">,
): Promise<JsonObject> {
  const facts = answerFacts(answer);
  const kind = response === "auto" ? kindOf(answer) : response;
  if (kind === "none" || method === "HEAD") {
    await answer.discard();
    return facts;
  }
  const text = await readText(answer);
  return { ...facts, body: kind === "json" ? parsed(text, answer) : text };
}
