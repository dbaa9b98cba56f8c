import { type Clock, type Random, systemClock, systemRandom, uuid, version } from "../../base/mod.ts";
import type { QueryProgress } from "../plan-runner.ts";
import { parseConnectionString } from "../wire/connection-string.ts";
import { Http2Transport } from "../wire/http2-transport.ts";
import { SparkClient } from "./client.ts";
import type { RetryPolicy } from "./retry.ts";
import { SparkSession } from "./spark-session.ts";
import { checkTag } from "./tags.ts";

/** What a session can be told besides the connection string, which wins where both say something. */
export interface OpenOptions {
  /** A UUID; the session of that ID and user is gone on with. A new one by default. */
  readonly sessionId?: string | undefined;
  /** Whose session it is; `cairn` by default. Without authentication Spark believes it. */
  readonly userId?: string | undefined;
  /** Certificates (PEM) of authorities to trust instead of the system's. */
  readonly ca?: string | undefined;
  /** Settings for the session; those that a session can't set are told to `onWarning`. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Tags of all operations. */
  readonly tags?: readonly string[] | undefined;
  readonly onProgress?: ((progress: QueryProgress) => void) | undefined;
  readonly onWarning?: ((warning: string) => void) | undefined;
  /** How lost connections are taken up again: for 5 minutes by default. */
  readonly reconnect?: RetryPolicy | undefined;
  /** The same for a server that never answered: 4 seconds by default. */
  readonly firstConnect?: RetryPolicy | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
}

/**
 * A session at `sc://host:port/;token=…;use_ssl=true;user_id=…;session_id=…;user_agent=…`. Nothing is connected yet.
 * @throws CairnError `SPARK_CONNECT_STRING`.
 */
export function openSession(connectString: string, options: OpenOptions = {}): SparkSession {
  const endpoint = parseConnectionString(connectString);
  const agent = `${endpoint.userAgent ?? "cairn"} cairn/${version} bun/${Bun.version} os/${process.platform}`;
  const client = new SparkClient({
    transport: new Http2Transport(endpoint, { ca: options.ca, userAgent: agent }),
    endpoint,
    sessionId: endpoint.sessionId ?? options.sessionId ?? uuid(),
    userId: endpoint.userId ?? options.userId ?? "cairn",
    clientType: agent,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    reconnect: options.reconnect,
    firstConnect: options.firstConnect,
  });
  const session = new SparkSession(client, {
    settings: options.settings ?? {},
    onProgress: options.onProgress ?? (() => undefined),
    onWarning: options.onWarning ?? (() => undefined),
  });
  for (const tag of options.tags ?? []) session.addTag(checkTag(tag));
  return session;
}
