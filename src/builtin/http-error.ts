import { CairnError, durationText, messageOf } from "../base/mod.ts";
import { PermanentError, TransientError } from "../sdk/mod.ts";

/** What is known of a try that came to nothing. */
export interface HttpFacts {
  readonly code: string;
  /** A further try may help. */
  readonly passes: boolean;
  readonly hint?: string | undefined;
  /** The request never reached a server that could act on it. Default false. */
  readonly unsent?: boolean | undefined;
  /** Status of the answer, where there was one. */
  readonly status?: number | undefined;
  /** How long the server asked to wait, ms. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** One try that came to nothing. */
export class HttpFailure extends Error {
  override readonly name: string = "HttpFailure";
  readonly facts: HttpFacts;

  constructor(message: string, facts: HttpFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.facts = facts;
  }

  /** The same failure, said otherwise. */
  but(message: string, facts: Partial<HttpFacts>): HttpFailure {
    return new HttpFailure(message, { ...this.facts, ...facts, cause: this });
  }
}

/** What the runner is told of a failure that is final for this attempt. */
export function steeredError(failure: HttpFailure): Error {
  const { message } = failure;
  const { code, hint, passes } = failure.facts;
  const facts = { code, hint, cause: failure };
  return passes ? new TransientError(message, facts) : new PermanentError(message, facts);
}

/** A URL as it may be shown: without user, query and fragment, any of which may hold secrets. */
export function shownUrl(url: URL): string {
  return `${url.origin}${url.pathname}${url.search === "" ? "" : "?…"}`;
}

/** Failures of `fetch` before anything was sent. */
const UNSENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);
/** Failures that no further try mends: names of certificate and protocol problems. */
const LASTING = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|HOSTNAME|INVALID|UNSUPPORTED/u;

/** What to look at where a server can't be reached, by the system's name of the failure. */
function unreachableHint(name: string, { hostname, host }: URL): string {
  if (name === "ENOTFOUND" || name === "EAI_AGAIN") {
    return `No address is known for ${hostname}: look at how it is written, and whether this machine's DNS knows it; where only a proxy does, name that in proxy.`;
  }
  if (UNSENT.has(name)) {
    return `Look whether the server runs, and whether host and port (${host}) are right and reachable from this machine; where only a proxy gets there, name that in proxy.`;
  }
  return `The connection to ${host} broke: look at the logs of the server and of proxies before it; where this happens now and then, retries get over it.`;
}

/** A failure of `fetch`, or of reading its answer. */
export function networkFailure(method: string, url: URL, thrown: unknown): HttpFailure {
  if (thrown instanceof HttpFailure) return thrown;
  const code: unknown = thrown instanceof Error ? Reflect.get(thrown, "code") : undefined;
  const name = typeof code === "string" ? code : "";
  const what = `Cannot ${method} ${shownUrl(url)}`;
  if (thrown instanceof CairnError) {
    return new HttpFailure(thrown.message, {
      code: thrown.code,
      passes: false,
      hint: thrown.hint,
      cause: thrown,
    });
  }
  if (LASTING.test(name)) {
    return new HttpFailure(`${what}: ${messageOf(thrown)}`, {
      code: "HTTP_TLS",
      passes: false,
      unsent: true,
      hint: "Where the server's certificate comes from an authority of your own, name its file in tls.ca.",
      cause: thrown,
    });
  }
  const reason =
    name === "" || messageOf(thrown).includes(name) ? messageOf(thrown) : `${name}: ${messageOf(thrown)}`;
  // What Bun says after its first sentence is for those who wrote the call.
  return new HttpFailure(`${what}: ${reason.replace(/ For more information, pass .*$/u, "")}`, {
    code: "HTTP_UNREACHABLE",
    passes: true,
    unsent: UNSENT.has(name),
    hint: unreachableHint(name, url),
    cause: thrown,
  });
}

/** Nothing came for too long. */
export function timeoutFailure(method: string, url: URL, what: string, ms: number): HttpFailure {
  return new HttpFailure(`Cannot ${method} ${shownUrl(url)}: ${what} within ${durationText(ms)}`, {
    code: "HTTP_TIMEOUT",
    passes: true,
  });
}
