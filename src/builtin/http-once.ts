import type { JsonObject } from "../base/mod.ts";
import { type ComponentContext, PermanentError } from "../sdk/mod.ts";
import { shownUrl, HttpFailure } from "./http-error.ts";

/** How a sending that is on record ended. */
type Sending = { readonly outputs: JsonObject } | { readonly failed: string };

/** Sendings of one component over all attempts and resumes. */
const MAX_SENDINGS = 100;

type OnceContext = Pick<
  ComponentContext<{ readonly onUnknownOutcome: "fail" | "repeat" }>,
  "step" | "config" | "log"
>;

/**
 * Sends what must not be sent twice: each sending is on record before it happens, and its answer afterwards. Where a record
 * of a sending has no answer (the process was killed, the connection broke), nobody knows whether it had its effect: that
 * is an error of its own, and nothing is sent.
 */
export class OnceSender {
  readonly #context: OnceContext;
  readonly #request: { readonly method: string; readonly url: URL };
  readonly #send: () => Promise<JsonObject>;
  #number = 0;

  constructor(
    context: OnceContext,
    request: { readonly method: string; readonly url: URL },
    send: () => Promise<JsonObject>,
  ) {
    this.#context = context;
    this.#request = request;
    this.#send = send;
  }

  /** The recorded answer, or that of a new sending; may be called again after a failure. @throws PermanentError HTTP_OUTCOME_UNKNOWN */
  async next(): Promise<JsonObject> {
    const { step, config, log } = this.#context;
    while (this.#number < MAX_SENDINGS) {
      const number = ++this.#number;
      let isNew = false;
      await step(`send ${number}`, () => {
        isNew = true;
      });
      if (isNew) return newSending(step, number, this.#send);
      const known = await recordedAnswer(step, number);
      if (known !== undefined && "outputs" in known) return known.outputs;
      if (known !== undefined) continue;
      if (config.onUnknownOutcome === "fail") throw unknownOutcome(this.#request.method, this.#request.url);
      log.warn(
        "an earlier request may have had its effect; it is sent again, as on-unknown-outcome = repeat says",
      );
    }
    const { method, url } = this.#request;
    throw new PermanentError(`Cannot ${method} ${shownUrl(url)}: it was sent ${MAX_SENDINGS} times already`, {
      code: "HTTP_TOO_MANY_SENDINGS",
    });
  }
}

type Step = ComponentContext["step"];

async function newSending(step: Step, number: number, send: () => Promise<JsonObject>): Promise<JsonObject> {
  let failure: unknown;
  const sending = await step(`answer ${number}`, async (): Promise<Sending> => {
    try {
      return { outputs: await send() };
    } catch (thrown) {
      if (!(thrown instanceof HttpFailure)) throw thrown;
      if (isUnknown(thrown)) throw nowUnknown(thrown);
      failure = thrown;
      return { failed: thrown.facts.code };
    }
  });
  if ("outputs" in sending) return sending.outputs;
  throw failure;
}

const HINT =
  "Look at the server. Write on-unknown-outcome = repeat where another request does no harm, or idempotency-key = true where the server knows such keys.";

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
    hint: HINT,
  });
}

/** Whether what must not be sent twice may be sent again at once: it never left, or the server asked to come back later. */
export function wasRefused({ facts: { unsent, status, retryAfterMs } }: HttpFailure): boolean {
  return unsent === true || ((status === 429 || status === 503) && retryAfterMs !== undefined);
}

class NotRecorded extends Error {}

async function recordedAnswer(step: Step, number: number): Promise<Sending | undefined> {
  try {
    return await step(`answer ${number}`, (): Sending => {
      throw new NotRecorded();
    });
  } catch (thrown) {
    if (thrown instanceof NotRecorded) return undefined;
    throw thrown;
  }
}

function unknownOutcome(method: string, url: URL): Error {
  return new PermanentError(
    `Cannot ${method} ${shownUrl(url)} again: it was sent before, and nobody knows whether it had its effect`,
    {
      code: "HTTP_OUTCOME_UNKNOWN",
      hint: HINT,
    },
  );
}
