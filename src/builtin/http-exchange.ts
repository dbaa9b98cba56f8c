import { isSecretKey, startTimer } from "../base/mod.ts";
import type { HttpConfig } from "./http-config.ts";
import { HttpFailure, networkFailure, shownUrl, timeoutFailure } from "./http-error.ts";

/** One request, ready to be sent as often as need be. */
export interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent from its beginning each time. */
  readonly body: string | Blob | undefined;
}

/** The head of an answer, and its body part by part. */
export interface HttpAnswer {
  readonly status: number;
  /** After redirects. */
  readonly url: URL;
  readonly headers: Headers;
  /** Rejects with {@link HttpFailure} where the connection breaks or stands still, or with the signal's reason. */
  body(): AsyncGenerator<Uint8Array>;
  /** Gives the connection up without reading the body. */
  discard(): Promise<void>;
}

/** Texts of PEM files. */
export interface TlsTexts {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** What stays the same for all requests of a component. */
export interface ExchangeTools {
  readonly config: Pick<HttpConfig, "responseTimeout" | "idleTimeout" | "maxRedirects" | "proxy">;
  readonly tls: TlsTexts | undefined;
  readonly signal: AbortSignal;
  /** Leave the body as it is sent: a download, whose bytes are counted and hashed. */
  readonly raw: boolean;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Does `work` with a signal that aborts with the outer one, or with a failure once `ms` have passed. */
async function within<T>(
  ms: number,
  outer: AbortSignal,
  late: () => HttpFailure,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const own = new AbortController();
  const stop = startTimer(ms, () => own.abort(late()));
  try {
    return await work(AbortSignal.any([outer, own.signal]));
  } catch (thrown) {
    outer.throwIfAborted();
    if (own.signal.aborted) throw own.signal.reason;
    throw thrown;
  } finally {
    stop();
  }
}

/** Headers that may follow to another host: none that holds a secret. */
function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !isSecretKey(name) && name.toLowerCase() !== "cookie"),
  );
}

/** The request that a redirect asks for. */
function redirected(request: HttpRequest, status: number, location: string): HttpRequest {
  const url = URL.parse(location, request.url.href);
  if (url === null || !/^https?:$/u.test(url.protocol)) {
    throw new HttpFailure(
      `Cannot ${request.method} ${shownUrl(request.url)}: it redirects to what is no http: or https: URL`,
      { code: "HTTP_REDIRECT", passes: false, status },
    );
  }
  const headers = url.origin === request.url.origin ? request.headers : withoutSecrets(request.headers);
  const becomesGet = status === 303 || ((status === 301 || status === 302) && request.method === "POST");
  if (!becomesGet || request.method === "HEAD") return { ...request, url, headers };
  const plain = Object.entries(headers).filter(([name]) => !/^content-/iu.test(name));
  return { url, method: "GET", headers: Object.fromEntries(plain), body: undefined };
}

/** Sends a request once and follows its redirects. Rejects with {@link HttpFailure}, or with the signal's reason. */
export async function exchange(request: HttpRequest, tools: ExchangeTools): Promise<HttpAnswer> {
  const { maxRedirects } = tools.config;
  let next = request;
  for (let redirects = 0; ; redirects++) {
    const answer = await send(next, tools);
    const location = answer.headers.get("location");
    if (!REDIRECTS.has(answer.status) || location === null) return answer;
    await answer.discard();
    if (redirects === maxRedirects) {
      const message = `Cannot ${request.method} ${shownUrl(request.url)}: more than ${maxRedirects} redirects`;
      throw new HttpFailure(message, {
        code: "HTTP_REDIRECT",
        passes: false,
        status: answer.status,
        hint: "Raise max-redirects, or give the URL that it leads to.",
      });
    }
    next = redirected(next, answer.status, location);
  }
}

async function send(request: HttpRequest, tools: ExchangeTools): Promise<HttpAnswer> {
  const { method, url } = request;
  const { config, tls, raw } = tools;
  const done = new AbortController();
  const outer = AbortSignal.any([tools.signal, done.signal]);
  const late = (): HttpFailure => timeoutFailure(method, url, "no answer came", config.responseTimeout);
  // The signal stays with the answer's body, so the limit of the head is a race, not an abort of it.
  const head = fetch(url, {
    method,
    headers: request.headers,
    ...(request.body === undefined ? {} : { body: request.body }),
    redirect: "manual",
    signal: outer,
    ...(raw ? { decompress: false } : {}),
    ...(config.proxy === undefined ? {} : { proxy: config.proxy }),
    ...(tls === undefined ? {} : { tls: definedOf(tls) }),
    // Bun gives up by itself after a while; the limits are ours.
    timeout: false,
  } as RequestInit);
  try {
    const response = await within(config.responseTimeout, tools.signal, late, (signal) =>
      raced(head, signal),
    );
    return answerOf(request, response, tools, () => done.abort());
  } catch (thrown) {
    done.abort();
    tools.signal.throwIfAborted();
    throw networkFailure(method, url, thrown);
  }
}

function definedOf(tls: TlsTexts): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tls).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** The promise's end, or the signal's, whichever comes first. */
function raced<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function answerOf(
  { method, url }: HttpRequest,
  response: Response,
  { config, signal }: ExchangeTools,
  giveUp: () => void,
): HttpAnswer {
  const late = (): HttpFailure =>
    timeoutFailure(method, url, "no more of the answer came", config.idleTimeout);
  return {
    status: response.status,
    url,
    headers: response.headers,
    async *body() {
      const reader = response.body?.getReader();
      if (reader === undefined) return;
      try {
        for (;;) {
          const part = await within(config.idleTimeout, signal, late, (limit) => raced(reader.read(), limit));
          if (part.done) return;
          yield part.value;
        }
      } catch (thrown) {
        signal.throwIfAborted();
        throw networkFailure(method, url, thrown);
      } finally {
        giveUp();
      }
    },
    async discard() {
      giveUp();
      await Promise.resolve();
    },
  };
}
