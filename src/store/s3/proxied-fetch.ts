import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { proxyFor, type S3Network } from "./s3-network.ts";

type Handler = S3Client["config"]["requestHandler"];

/** A request as the SDK hands it to whoever sends it, whole and signed. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Query;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * How the AWS SDK's requests travel where a proxy stands between: by `fetch`, since the SDK's own way knows no
 * proxies. Whole answers are read before they are given on, within the time that an answer may take.
 */
export function proxiedFetch(network: S3Network, ca: string | undefined): Handler {
  return {
    async handle(request: SdkRequest, options = {}) {
      const { protocol, hostname, port, path, query = {}, method, headers, body } = request;
      const url = new URL(
        `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}${path}${queryText(query)}`,
      );
      const proxy = network.proxy === undefined ? undefined : proxyFor(network.proxy, url);
      const late = AbortSignal.timeout(network.answerMs);
      const signal = (options as { readonly abortSignal?: AbortSignal }).abortSignal;
      try {
        const response = await fetch(url, {
          method,
          headers: sentHeaders(headers),
          ...(method === "GET" || method === "HEAD"
            ? {}
            : { body: body as Uint8Array<ArrayBuffer> | string }),
          redirect: "manual",
          decompress: false,
          signal: signal === undefined ? late : AbortSignal.any([signal, late]),
          ...(proxy !== undefined && { proxy }),
          ...(ca !== undefined && { tls: { ca } }),
        });
        const bytes = Buffer.from(await response.arrayBuffer());
        return {
          response: {
            statusCode: response.status,
            reason: response.statusText,
            headers: Object.fromEntries(response.headers),
            body: Readable.from([bytes], { objectMode: false }),
          },
        };
      } catch (thrown) {
        if (!late.aborted || signal?.aborted === true) throw thrown;
        throw Object.assign(new Error(`no answer within ${network.answerMs} ms`), {
          name: "TimeoutError",
          code: "ETIMEDOUT",
        });
      }
    },
    updateHttpClientConfig() {
      // Nothing of it can be changed later.
    },
    httpHandlerConfigs: () => ({}),
  };
}

/** `fetch` makes these itself. */
const MADE_BY_FETCH = new Set(["content-length", "expect", "connection"]);

function sentHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => !MADE_BY_FETCH.has(name.toLowerCase())),
  );
}

type Query = Readonly<Record<string, string | readonly string[] | null>>;

/** The query as it was signed: RFC 3986, every character escaped that isn't unreserved. */
function queryText(query: Query): string {
  const parts = Object.entries(query).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? (value as readonly string[]) : [value as string | null];
    return values.map((one) => (one === null ? escaped(name) : `${escaped(name)}=${escaped(one)}`));
  });
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

function escaped(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
