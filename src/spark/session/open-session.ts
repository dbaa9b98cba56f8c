import { type Clock, type Random, systemClock, systemRandom, uuid, version } from "../../base/mod.ts";
import type { QueryProgress } from "../plan-runner.ts";
import { trustedAuthorities } from "../wire/authorities.ts";
import { parseConnectionString } from "../wire/connection-string.ts";
import type { RetryPolicy } from "./retry.ts";
import type { CoreSetup } from "./session-core.ts";
import { SparkSession } from "./spark-session.ts";

/** What a session can be told besides the connection string, which wins where both say something. */
export interface OpenOptions {
  /** A UUID; the session of that ID and user is gone on with. A new one by default. */
  readonly sessionId?: string | undefined;
  /**
   * The ID to go on with where the server has closed the session of that ID before this one first used it (it expired,
   * or someone released it; such an ID is never taken again). By default that is an error.
   */
  readonly sessionAfter?: ((closed: string) => string) | undefined;
  /** Whose session it is; `cairn` by default. Without authentication Spark believes it. */
  readonly userId?: string | undefined;
  /** Certificates (PEM) of authorities to trust instead of the system's. */
  readonly ca?: string | undefined;
  /**
   * Variables that PySpark heeds, too: `GRPC_DEFAULT_SSL_ROOTS_FILE_PATH` names a file for `ca`,
   * `SPARK_CONNECT_AUTHENTICATE_TOKEN` is the token where the connection string has none. None by default.
   */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Settings for the session; those that a session can't set are told to `onWarning`. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Tags of all operations. */
  readonly tags?: readonly string[] | undefined;
  /** Aborts everything that the session does. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Whether what runs goes on at the server when the signal aborts, by its reason: because another process waits for it.
   * Nor is the session released then. By default all is interrupted.
   */
  readonly leaves?: ((reason: unknown) => boolean) | undefined;
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
 * @throws CairnError `SPARK_CONNECT_STRING`, `SPARK_TLS` where the file with authorities can't be read.
 */
export function openSession(connectString: string, options: OpenOptions = {}): SparkSession {
  const env = options.env ?? {};
  const endpoint = parseConnectionString(connectString, env["SPARK_CONNECT_AUTHENTICATE_TOKEN"]);
  const sessionId = endpoint.sessionId ?? options.sessionId ?? uuid();
  const client = endpoint.userAgent ?? "cairn";
  const setup: Omit<CoreSetup, "sessionId"> = {
    endpoint,
    userId: endpoint.userId ?? options.userId ?? "cairn",
    agent: `${client} cairn/${version} bun/${Bun.version} os/${process.platform}`,
    ca: options.ca ?? trustedAuthorities(env),
    reconnect: options.reconnect,
    firstConnect: options.firstConnect,
    leaves: options.leaves,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
  };
  const session = new SparkSession({
    sessionId,
    sessionAfter: endpoint.sessionId === undefined ? options.sessionAfter : undefined,
    load: async (id) => new (await import("./session-core.ts")).SessionCore({ ...setup, sessionId: id }),
    settings: options.settings ?? {},
    signal: options.signal,
    leaves: options.leaves ?? (() => false),
    onProgress: options.onProgress ?? (() => undefined),
    onWarning: options.onWarning ?? (() => undefined),
  });
  for (const tag of options.tags ?? []) session.addTag(tag);
  return session;
}
