import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { messageOf } from "../../base/mod.ts";
import { storeError } from "../errors.ts";
import { proxiedFetch } from "./proxied-fetch.ts";
import type { S3Settings } from "./s3-settings.ts";
import { suppliedBy } from "./supply-credentials.ts";

type Sdk = typeof import("@aws-sdk/client-s3");

/** The AWS SDK, and a client of it for one bucket. */
export interface OpenS3Client {
  readonly sdk: Sdk;
  readonly client: S3Client;
  /** `Date` of the last answer, in ms since the epoch; undefined before the first one. */
  readonly serverTime: () => number | undefined;
  /** Signs from now on for the server's time: after it has refused a request for a wrong one. */
  readonly correctClock: () => void;
}

/** Regions that nobody names are asked for here; Amazon then says where the bucket is. */
const FIRST_REGION = "us-east-1";

/**
 * Makes a client. The SDK, about 5 MB of code, is loaded here and by nothing else.
 *
 * It never tries twice: its own repeats would report a lost answer to a conditional write as "already there".
 *
 * @throws CairnError STORE_BAD_SETTINGS where AWS_CA_BUNDLE can't be read.
 */
export async function openS3Client(settings: S3Settings): Promise<OpenS3Client> {
  const sdk = await import("@aws-sdk/client-s3");
  const { endpoint, credentials, checksums, userAgent } = settings;
  const handler = requestHandler(settings);
  const sums = checksums ? "WHEN_SUPPORTED" : "WHEN_REQUIRED";
  const client = new sdk.S3Client({
    region: endpoint.region ?? foundRegion(sdk),
    ...(endpoint.url !== undefined && { endpoint: endpoint.url }),
    forcePathStyle: endpoint.pathStyle,
    useFipsEndpoint: endpoint.fips,
    followRegionRedirects: endpoint.followRegions,
    useArnRegion: true,
    maxAttempts: 1,
    requestChecksumCalculation: sums,
    responseChecksumValidation: sums,
    requestHandler: handler,
    ...(userAgent !== undefined && { customUserAgent: userAgent }),
    ...(await suppliedBy(credentials, handler)),
  });
  const serverTime = watchDate(client);
  return {
    sdk,
    client,
    serverTime,
    correctClock() {
      const now = Date.now();
      client.config.systemClockOffset = (serverTime() ?? now) - now;
    },
  };
}

/** What the SDK finds in profiles and the instance's metadata. */
function foundRegion(sdk: Sdk): () => Promise<string> {
  return async () => {
    try {
      return await new sdk.S3Client({}).config.region();
    } catch {
      // "Region is missing": Amazon tells where the bucket is.
      return FIRST_REGION;
    }
  };
}

function requestHandler({ network }: S3Settings): NonNullable<S3ClientConfig["requestHandler"]> {
  const ca = network.caFile === undefined ? undefined : readCa(network.caFile);
  if (network.proxy !== undefined) return proxiedFetch(network, ca);
  return {
    connectionTimeout: network.connectMs,
    // Alone it would only warn.
    requestTimeout: network.answerMs,
    throwOnRequestTimeout: true,
    socketTimeout: network.answerMs,
    httpAgent: { maxSockets: network.connections, keepAlive: true },
    httpsAgent: new Agent({
      maxSockets: network.connections,
      keepAlive: true,
      ...(ca !== undefined && { ca }),
    }),
  };
}

function readCa(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (thrown) {
    throw storeError("STORE_BAD_SETTINGS", `Cannot read AWS_CA_BUNDLE: ${messageOf(thrown)}`, {
      cause: thrown,
      hint: "Give the path of a file with PEM certificates, or unset the variable.",
    });
  }
}

interface Answer {
  readonly headers: Record<string, string>;
}

/**
 * Notes each answer's `Date` and keeps it from the SDK, which would set its own clock by it, by an error's, too: behind
 * a proxy with a wrong clock every later request would be signed for a wrong time.
 */
function watchDate(client: S3Client): () => number | undefined {
  let last: number | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as Answer;
      const date = Date.parse(headers["date"] ?? "");
      if (!Number.isNaN(date)) last = date;
      delete headers["date"];
      return result;
    },
    { step: "deserialize", priority: "low", name: "cairnDate" },
  );
  return () => last;
}
