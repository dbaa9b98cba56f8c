import { connect } from "node:net";

/** `fetch`, or what stands in for it in tests. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** How a server is spoken to. */
export interface Network {
  readonly fetch: Fetch;
  /** Longest time for a connection, in ms. */
  readonly connectMs: number;
  /** Longest silence of a server that is connected, in ms. */
  readonly answerMs: number;
}

/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** No answer came, or none that is whole. */
export class NoAnswer extends Error {
  /** `host:port` that was asked. */
  readonly host: string;
  /** Whether the request surely never got there. */
  readonly unsent: boolean;

  constructor(host: string, why: string, unsent: boolean) {
    super(why);
    this.host = host;
    this.unsent = unsent;
  }
}

/** Slowest upload that isn't taken for a mute server, in bytes per ms. */
const SLOWEST_UPLOAD = 64;
/** What a connection fails with before a request can have been sent. */
const UNSENT = new Set([
  "ECONNREFUSED",
  "ConnectionRefused",
  "FailedToOpenSocket",
  "ENOTFOUND",
  "EHOSTUNREACH",
]);
/**
 * Hadoop's own clients know no proxies of the environment, so that a cluster is reached without; and a proxy is not to
 * see delegation tokens. `false` is how Bun says so.
 */
const DIRECTLY: object = { proxy: false };
const PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** Requests to servers, each with its limits in time. Knows nothing of WebHDFS. */
export class Exchanges {
  readonly #network: Network;
  /** Origins that have been connected to and not failed since. */
  readonly #reached = new Set<string>();

  constructor(network: Network) {
    this.#network = network;
  }

  /**
   * Sends a request and reads the answer to its end; redirects are answers like others. A server that can't be
   * connected to is found out before anything is sent.
   *
   * @throws NoAnswer; or the reason of `signal`
   */
  async send(url: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Answer> {
    const { origin, host } = new URL(url);
    signal?.throwIfAborted();
    if (!this.#reached.has(origin)) await this.#reach(new URL(url), signal);
    this.#reached.add(origin);
    try {
      return await this.#exchange(url, init, signal);
    } catch (thrown) {
      this.#reached.delete(origin);
      signal?.throwIfAborted();
      // What fetch throws holds the URL, and that may hold a delegation token: only the words go on.
      const { code, message } = thrown as { readonly code?: unknown; readonly message?: unknown };
      throw new NoAnswer(host, String(message ?? thrown), UNSENT.has(String(code)));
    }
  }

  async #reach({ protocol, hostname, port, host }: URL, signal: AbortSignal | undefined): Promise<void> {
    const { connectMs } = this.#network;
    const late = AbortSignal.timeout(connectMs);
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port === "" ? (PORTS[protocol] ?? 0) : Number(port),
    });
    const over = signal === undefined ? late : AbortSignal.any([late, signal]);
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once("connect", resolve);
        socket.once("error", reject);
        over.addEventListener("abort", () => reject(new Error(`no connection within ${connectMs} ms`)), {
          once: true,
        });
      });
    } catch (thrown) {
      signal?.throwIfAborted();
      throw new NoAnswer(host, thrown instanceof Error ? thrown.message : String(thrown), true);
    } finally {
      socket.destroy();
    }
  }

  async #exchange(url: string, init: RequestInit, signal: AbortSignal | undefined): Promise<Answer> {
    const { fetch, answerMs } = this.#network;
    const silence = new AbortController();
    const over = signal === undefined ? silence.signal : AbortSignal.any([silence.signal, signal]);
    const watch = (ms: number): ReturnType<typeof setTimeout> =>
      setTimeout(() => silence.abort(new Error(`no answer within ${ms} ms`)), ms);
    const uploadMs = init.body instanceof Uint8Array ? init.body.byteLength / SLOWEST_UPLOAD : 0;
    let timer = watch(answerMs + Math.ceil(uploadMs));
    try {
      const response = await fetch(url, { ...init, ...DIRECTLY, redirect: "manual", signal: over });
      const parts: Uint8Array[] = [];
      // `for await` over a body doesn't end at an abort that comes between two parts; a reader's `read` does.
      const reader = (response.body as ReadableStream<Uint8Array> | null)?.getReader();
      for (;;) {
        clearTimeout(timer);
        timer = watch(answerMs);
        const part = await reader?.read();
        if (part?.value === undefined) break;
        parts.push(part.value);
      }
      const bytes = Buffer.concat(parts);
      checkWhole(response, bytes);
      return { status: response.status, headers: response.headers, bytes };
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A connection that broke in the middle of an answer may look like its end. */
function checkWhole(response: Response, bytes: Uint8Array): void {
  const promised = response.headers.get("content-length");
  if (promised === null || response.headers.has("content-encoding")) return;
  if (Number(promised) !== bytes.length) {
    throw new Error(`the answer has ${bytes.length} of ${promised} bytes`);
  }
}
