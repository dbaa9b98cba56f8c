import type { JsonObject, JsonValue } from "../base/mod.ts";
import type { ComponentContext } from "../sdk/mod.ts";
import { HttpFailure } from "./http-error.ts";

/** How a request that is on record ended: with its outputs, or refused. Whoever declares an outcome may say anything. */
type Ended = { readonly outputs: JsonObject } | { readonly refused: string };

/**
 * Sends what must not be sent twice: each request is an external action (`ctx.intent`), on record before it is sent. One
 * that was refused is over, and the next one is another action. Where it was sent and no answer is on record (the process
 * was killed, the connection broke), nobody knows whether it had its effect, and nothing more is sent.
 */
export class OnceSender {
  readonly #intent: ComponentContext["intent"];
  readonly #send: () => Promise<JsonObject>;
  #number = 0;

  constructor(intent: ComponentContext["intent"], send: () => Promise<JsonObject>) {
    this.#intent = intent;
    this.#send = send;
  }

  /** The recorded answer, or that of a new request; may be called again after a refusal. @throws PermanentError OUTCOME_UNKNOWN */
  async next(): Promise<JsonObject> {
    for (;;) {
      const number = ++this.#number;
      let failure: HttpFailure | undefined;
      const ended = await this.#intent<JsonObject>(number === 1 ? "request" : `request-${number}`, {
        start: async () => {
          try {
            return { outputs: await this.#send() };
          } catch (thrown) {
            if (!(thrown instanceof HttpFailure)) throw thrown;
            if (isUnknown(thrown)) throw nowUnknown(thrown);
            failure = thrown;
            return { refused: thrown.facts.code };
          }
        },
      });
      if (failure !== undefined) throw failure;
      const known = readEnded(ended);
      if ("outputs" in known) return known.outputs;
    }
  }
}

function readEnded(ended: JsonValue): Ended {
  const given =
    typeof ended === "object" && ended !== null && !Array.isArray(ended) ? (ended as JsonObject) : {};
  if (typeof given["refused"] === "string") return { refused: given["refused"] };
  const outputs = given["outputs"];
  const isOurs = typeof outputs === "object" && outputs !== null && !Array.isArray(outputs);
  return { outputs: isOurs ? (outputs as JsonObject) : { declared: ended } };
}

/** Statuses of those between us and the server, which don't know what became of the request. */
const UNKNOWN_STATUSES = new Set([408, 502, 504]);

/** An answer, or a request that never left, tells how it ended; all else does not. */
function isUnknown({ facts: { status, unsent } }: HttpFailure): boolean {
  return status === undefined ? unsent !== true : UNKNOWN_STATUSES.has(status);
}

function nowUnknown(failure: HttpFailure): HttpFailure {
  return failure.but(`${failure.message}; nobody knows whether the request had its effect`, {
    code: "HTTP_OUTCOME_UNKNOWN",
    passes: false,
    hint: "Look at the server; a resume says how to declare what you found. With idempotency-key = true a request can be repeated where the server knows such keys.",
  });
}

/** Whether what must not be sent twice may be sent again at once: it never left, or the server asked to come back later. */
export function wasRefused({ facts: { unsent, status, retryAfterMs } }: HttpFailure): boolean {
  return unsent === true || ((status === 429 || status === 503) && retryAfterMs !== undefined);
}
