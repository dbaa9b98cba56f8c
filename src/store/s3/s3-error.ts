import { CairnError } from "../../base/mod.ts";
import { storeError } from "../errors.ts";

/** What is known of the place where a call failed. */
export interface S3Place {
  /** Of the checkpoint store; undefined for data, where `doing` names the place. */
  readonly location: string | undefined;
  readonly bucket: string;
  /** Whether the server has answered this client before: then a name that isn't found, or credentials that aren't had, may come back. */
  readonly answered: boolean;
}

/** A failed call, as the AWS SDK throws it. */
export interface S3Failure {
  /** S3's code (`NoSuchBucket`), else the system's (`ECONNRESET`), else the error's name. */
  readonly code: string;
  /** HTTP status; undefined where there was no answer. */
  readonly status: number | undefined;
  readonly message: string;
}

export function s3Failure(thrown: unknown): S3Failure {
  if (!(thrown instanceof Error)) return { code: "unknown", status: undefined, message: String(thrown) };
  const { name, message, code, Code, $metadata } = thrown as Error & {
    readonly code?: unknown;
    readonly Code?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  const said = [Code, status === undefined ? code : undefined, name].find(
    (part) => typeof part === "string" && part !== "" && part !== "Error",
  );
  return { code: typeof said === "string" ? said : "unknown", status, message };
}

const THROTTLED =
  /^(SlowDown|Throttl.*|RequestLimitExceeded|TooManyRequests.*|BandwidthLimitExceeded|ServerBusy)$/;
/** The request was signed for a time that isn't the server's: the next one is corrected. */
export const CLOCK_REFUSED = "RequestTimeTooSkewed";
/** Refusals that the next try may not meet. */
const PASSING = new Set([CLOCK_REFUSED, "RequestTimeout", "InternalError", "OperationAborted"]);
const PASSING_STATUS = new Set([408, 409, 425, 429]);
const FIRST_SERVER_FAULT = 500;

/** Refusals of credentials that come as 400. */
const EXPIRED = new Set(["ExpiredToken", "InvalidToken", "TokenRefreshRequired"]);

const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_(?:GET_ISSUER|VERIFY)|ERR_TLS/;
const NO_SUCH_HOST = new Set(["ENOTFOUND", "FailedToOpenSocket"]);
const NO_CREDENTIALS = /^(CredentialsProviderError|TokenProviderError|ProviderError)$/;

/** Whether the same call may succeed a little later. */
function mayPass({ code, status }: S3Failure): boolean {
  if (status === undefined) return code !== "TypeError" && code !== "RangeError" && !UNTRUSTED.test(code);
  return (
    status >= FIRST_SERVER_FAULT ||
    status < 400 ||
    PASSING_STATUS.has(status) ||
    PASSING.has(code) ||
    THROTTLED.test(code)
  );
}

/**
 * A failed call as an error of the store; errors of Cairn pass as they are. What the SDK throws holds whole requests,
 * so only its words go on.
 *
 * @param doing What was tried, as in `write "a/000000000001"`.
 */
export function s3Error(place: S3Place, doing: string, writing: boolean, thrown: unknown): CairnError {
  if (thrown instanceof CairnError) return thrown;
  const failure = s3Failure(thrown);
  const { code, status, message } = failure;
  const start = `Cannot ${doing}${place.location === undefined ? "" : ` in the checkpoint store "${place.location}"`}`;
  const said = message.startsWith(code)
    ? message
    : `${code}${status === undefined ? "" : `, HTTP ${status}`}: ${message}`;
  const facts = {
    cause: new Error(said),
    details: { location: place.location ?? `s3a://${place.bucket}`, code, status: status ?? null },
  };
  const permanent = permanentError(place, start, writing, failure, facts);
  if (permanent !== undefined) return permanent;
  if (mayPass(failure)) {
    const hint = "When the server answers again, resume; what was recorded is intact.";
    return storeError("STORE_UNAVAILABLE", `${start}: ${said}`, { ...facts, hint });
  }
  return storeError("STORE_IO", `${start}: ${said}`, facts);
}

function permanentError(
  { bucket, answered }: S3Place,
  start: string,
  writing: boolean,
  { code, status, message }: S3Failure,
  facts: { readonly cause: Error; readonly details: { readonly location: string } },
): CairnError | undefined {
  const make = (kind: Parameters<typeof storeError>[0], why: string, hint: string): CairnError =>
    storeError(kind, `${start}: ${why}`, { ...facts, hint });
  const refused = writing ? "STORE_NOT_WRITABLE" : "STORE_NOT_READABLE";
  if (code === "NoSuchBucket") {
    return make(
      "STORE_BAD_LOCATION",
      `there is no bucket "${bucket}"`,
      "Make the bucket, or correct its name; fs.s3a.endpoint or AWS_ENDPOINT_URL_S3 says which server is asked.",
    );
  }
  if (status === 301 || code === "PermanentRedirect" || code === "AuthorizationHeaderMalformed") {
    return make(
      "STORE_BAD_LOCATION",
      `the bucket is in another region (${message})`,
      "Set fs.s3a.endpoint.region or AWS_REGION.",
    );
  }
  if (NO_CREDENTIALS.test(code) && !answered) {
    return make(
      refused,
      `no credentials were found (${message})`,
      "Set fs.s3a.access.key and .secret.key, or give credentials the AWS way: environment, profile, web identity, container or instance role. Keys in a Hadoop credential file (JCEKS) can't be read.",
    );
  }
  if (NO_SUCH_HOST.has(code) && !answered) {
    return make(
      "STORE_BAD_LOCATION",
      `the server's name is not found (${message})`,
      "Look at fs.s3a.endpoint or AWS_ENDPOINT_URL_S3. Where a server wants the bucket in the path, set fs.s3a.path.style.access = true.",
    );
  }
  if (status === undefined && UNTRUSTED.test(code)) {
    return make(
      refused,
      `the server's certificate is not trusted (${code})`,
      "Give your authority's certificates as a PEM file in AWS_CA_BUNDLE.",
    );
  }
  const denied = status === 401 || status === 403 || EXPIRED.has(code);
  if (denied && !PASSING.has(code) && !THROTTLED.test(code)) {
    return make(
      refused,
      `the server refuses it (${code}: ${message})`,
      "The credentials must be valid and may need s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket on the bucket.",
    );
  }
  return undefined;
}
