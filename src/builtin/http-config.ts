import * as v from "valibot";
import { isSecretReference, type JsonValue } from "../base/mod.ts";
import { durationSetting } from "../config/mod.ts";

/** Methods that may be sent again without harm (RFC 9110, 9.2.2). */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);
/** Methods that come without a body. */
const BODILESS = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);
/** Lengths of the hex texts of the hashes that a download can be checked by. */
const HASHES: Readonly<Record<string, number>> = { md5: 32, sha1: 40, sha256: 64, sha512: 128 };

const DEFAULT_RETRIES = 4;
const DEFAULT_REDIRECTS = 5;

const headerName = v.pipe(v.string(), v.regex(/^[!#$%&'*+.^_`|~\w-]+$/u, "is no name of a header"));
const headerValue = v.pipe(
  v.string(),
  v.regex(/^[\t\u0020-\u007e\u0080-\u00ff]*$/u, "has a character that headers can't hold"),
);
const status = v.pipe(
  v.string(),
  v.regex(/^[1-5](?:\d\d|xx)$/u, "must be a status like 204, or a class of them like 2xx"),
);
const scalar = v.string();
const path = v.pipe(v.string(), v.nonEmpty("must not be empty"));
const count = v.pipe(v.number(), v.integer("must be a whole number"), v.minValue(0, "must be at least 0"));

const url = v.pipe(
  v.string(),
  v.check((given) => {
    const read = URL.parse(given);
    return isSecretReference(given) || (read !== null && /^https?:$/u.test(read.protocol));
  }, "must be an http: or https: URL"),
  v.check(
    (given) => isSecretReference(given) || URL.parse(given)?.password === "",
    "must not hold a password: give it in auth, as a reference to a secret",
  ),
);

const fields = v.strictObject({
  url,
  method: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Z]+$/u, "must be a method in capitals, like POST")),
    "GET",
  ),
  headers: v.optional(v.record(headerName, headerValue), {}),
  auth: v.optional(
    v.strictObject({
      user: v.optional(v.string()),
      password: v.optional(v.string()),
      bearer: v.optional(headerValue),
    }),
  ),
  query: v.optional(v.record(v.string(), v.union([scalar, v.array(scalar)])), {}),
  body: v.optional(
    v.strictObject({
      json: v.optional(v.any()),
      text: v.optional(v.string()),
      file: v.optional(path),
      type: v.optional(headerValue),
    }),
  ),
  expectedStatus: v.optional(v.pipe(v.array(status), v.minLength(1, "must not be empty")), ["2xx"]),
  response: v.optional(v.picklist(["auto", "json", "text", "none"]), "auto"),
  target: v.optional(path),
  checksum: v.optional(
    v.pipe(
      v.string(),
      v.check((given) => {
        const [, name = "", hex = ""] = /^([a-z0-9]+):([0-9a-f]+)$/iu.exec(given) ?? [];
        return HASHES[name.toLowerCase()] === hex.length;
      }, "must be a hash like sha256:9f86…, as hex (md5, sha1, sha256, sha512)"),
    ),
  ),
  size: v.optional(count),
  idempotencyKey: v.optional(v.union([v.boolean(), headerValue]), false),
  retries: v.optional(count, DEFAULT_RETRIES),
  retryDelay: v.optional(durationSetting, "1s"),
  maxRetryDelay: v.optional(durationSetting, "30s"),
  maxRetryAfter: v.optional(durationSetting, "5m"),
  responseTimeout: v.optional(durationSetting, "60s"),
  idleTimeout: v.optional(durationSetting, "60s"),
  timeout: v.optional(durationSetting),
  maxRedirects: v.optional(count, DEFAULT_REDIRECTS),
  proxy: v.optional(url),
  tls: v.optional(v.strictObject({ ca: v.optional(path), cert: v.optional(path), key: v.optional(path) })),
});

/** What `http` is told, as it is after its schema. Times in ms. */
export interface HttpConfig {
  readonly url: string;
  readonly method: string;
  /** Names as written. */
  readonly headers: Readonly<Record<string, string>>;
  readonly auth?:
    | {
        readonly user?: string | undefined;
        readonly password?: string | undefined;
        readonly bearer?: string | undefined;
      }
    | undefined;
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  readonly body?:
    | {
        readonly json?: JsonValue | undefined;
        readonly text?: string | undefined;
        readonly file?: string | undefined;
        /** Its Content-Type. */
        readonly type?: string | undefined;
      }
    | undefined;
  /** `204`, `2xx`. */
  readonly expectedStatus: readonly string[];
  /** What of the answer becomes the output `body`. */
  readonly response: "auto" | "json" | "text" | "none";
  /** Where the answer's body is written to: path or URI. */
  readonly target?: string | undefined;
  /** `sha256:HEX`. */
  readonly checksum?: string | undefined;
  /** Bytes that the download has to have. */
  readonly size?: number | undefined;
  /** True: one is made. */
  readonly idempotencyKey: boolean | string;
  /** Further tries of one attempt. */
  readonly retries: number;
  readonly retryDelay: number;
  readonly maxRetryDelay: number;
  /** The longest Retry-After that is waited for. */
  readonly maxRetryAfter: number;
  /** Until the answer's head is there: connecting included. */
  readonly responseTimeout: number;
  /** Between two parts of the body. */
  readonly idleTimeout: number;
  /** Of all tries together. */
  readonly timeout?: number | undefined;
  readonly maxRedirects: number;
  readonly proxy?: string | undefined;
  readonly tls?:
    | {
        readonly ca?: string | undefined;
        readonly cert?: string | undefined;
        readonly key?: string | undefined;
      }
    | undefined;
}

/** Whether a request may be sent again although its first sending may have had its effect. */
export function mayRepeat({
  method,
  idempotencyKey,
}: Pick<HttpConfig, "method" | "idempotencyKey">): boolean {
  return IDEMPOTENT.has(method) || idempotencyKey !== false;
}

function bodies({ body }: HttpConfig): number {
  return [body?.json, body?.text, body?.file].filter((one) => one !== undefined).length;
}

/** The configuration of `http`. */
export const httpConfig: v.GenericSchema<unknown, HttpConfig> = v.pipe(
  fields,
  v.forward(
    v.check((given) => given.body === undefined || bodies(given) === 1, "needs one of json, text and file"),
    ["body"],
  ),
  v.forward(
    v.check(
      ({ method, body }) => body === undefined || !BODILESS.has(method),
      "can't be sent with this method: write method = POST or PUT",
    ),
    ["body"],
  ),
  v.forward(
    v.check(
      ({ target, method }) => target === undefined || method === "GET",
      "is for downloads, with method = GET",
    ),
    ["target"],
  ),
  v.forward(
    v.check(({ target, checksum }) => checksum === undefined || target !== undefined, "needs a target"),
    ["checksum"],
  ),
  v.forward(
    v.check(({ target, size }) => size === undefined || target !== undefined, "needs a target"),
    ["size"],
  ),
  v.forward(
    v.check(
      ({ auth }) => auth === undefined || (auth.bearer === undefined) === (auth.user !== undefined),
      "needs either bearer, or user and password",
    ),
    ["auth"],
  ),
);
