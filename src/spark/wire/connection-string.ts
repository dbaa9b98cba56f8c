import { CairnError } from "../../base/mod.ts";

/** Where a Spark Connect server is and how to speak to it. */
export interface SparkEndpoint {
  /** Without brackets, also where it is an IPv6 address. */
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Sent as a bearer token with every call. */
  readonly token: string | undefined;
  readonly userId: string | undefined;
  /** A UUID: the session to go on with. */
  readonly sessionId: string | undefined;
  readonly userAgent: string | undefined;
  /** Silence after which the connection is probed while calls are open, in ms; undefined never probes. */
  readonly keepaliveMs: number | undefined;
  /** How long the answer to a probe may take, in ms. */
  readonly keepaliveTimeoutMs: number;
  /** All other parameters: sent as gRPC metadata with every call. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The port of a Spark Connect server where nothing else is said. */
const DEFAULT_PORT = 15_002;
/** As PySpark does it: long enough that servers don't take it for a flood, short enough to see a dead peer. */
const KEEPALIVE_MS = 60_000;
const KEEPALIVE_TIMEOUT_MS = 20_000;

const FORM = "sc://HOST:PORT/;use_ssl=true;token=…;user_id=…";
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HEADER_NAME = /^[0-9a-z_.-]+$/;
const HEADER_VALUE = /^[\u0020-\u007e]*$/;
const LONGEST_USER_AGENT = 2048;
const LAST_PORT = 65_535;

/**
 * Reads a connection string as Spark documents it: `sc://host:port/;key=value;…`, values percent-encoded. A token asks
 * for TLS unless the host is this machine; `defaultToken` is taken where the string has none. @throws CairnError `SPARK_CONNECT_STRING`; never with the token in it.
 *
 * ```ts
 * parseConnectionString("sc://spark.example:443/;token=abc").tls; // true
 * ```
 */
export function parseConnectionString(text: string, defaultToken?: string): SparkEndpoint {
  const match = /^sc:\/\/([^/;?#]*)(\/?)(.*)$/s.exec(text);
  if (match === null) refuse(text, "it doesn't begin with sc://");
  const [, authority = "", , rest = ""] = match;
  if (rest !== "" && !rest.startsWith(";")) {
    refuse(text, "it has a path; parameters follow after /; and there is no path");
  }
  const parameters = readParameters(text, rest);
  const { host, port } = readAuthority(text, authority);
  const take = (name: string): string | undefined => {
    const value = parameters.get(name);
    parameters.delete(name);
    return value;
  };
  const ssl = readBoolean(text, "use_ssl", take("use_ssl"));
  const token = take("token") ?? defaultToken;
  if (token !== undefined && !HEADER_VALUE.test(token))
    refuse(text, "token holds a character no header may have");
  const tls = ssl ?? (token !== undefined && !isThisMachine(host));
  if (token !== undefined && !tls && !isThisMachine(host)) {
    refuse(text, "use_ssl=false would send the token readable for everyone on the way");
  }
  const sessionId = take("session_id");
  if (sessionId !== undefined && !UUID.test(sessionId)) refuse(text, `session_id=${sessionId} is no UUID`);
  const userAgent = take("user_agent");
  if (userAgent !== undefined && encodeURIComponent(userAgent).length > LONGEST_USER_AGENT) {
    refuse(text, `user_agent is longer than ${LONGEST_USER_AGENT} characters`);
  }
  const alive = readBoolean(text, "grpc_keepalive_enabled", take("grpc_keepalive_enabled"));
  const keepaliveMs = readMs(text, "grpc_keepalive_time_ms", take("grpc_keepalive_time_ms"));
  const timeoutMs = readMs(text, "grpc_keepalive_timeout_ms", take("grpc_keepalive_timeout_ms"));
  // PySpark's parameter; a connection without calls is closed here, so there is nothing to probe.
  take("grpc_keepalive_without_calls");
  return {
    host,
    port,
    tls,
    token,
    userId: take("user_id"),
    sessionId: sessionId?.toLowerCase(),
    userAgent,
    keepaliveMs: alive === false ? undefined : (keepaliveMs ?? KEEPALIVE_MS),
    keepaliveTimeoutMs: timeoutMs ?? KEEPALIVE_TIMEOUT_MS,
    headers: readHeaders(text, parameters),
  };
}

/** The server's address for messages: `host:port`. */
export function addressOf({ host, port }: Pick<SparkEndpoint, "host" | "port">): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Whether a name or address is this machine's own loopback. */
export function isThisMachine(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

function readAuthority(text: string, authority: string): { host: string; port: number } {
  if (authority.includes("@")) refuse(text, "it has a user before the host; use ;user_id= and ;token=");
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s]+))(?::(.*))?$/s.exec(authority);
  if (match === null) {
    refuse(
      text,
      authority === "" || authority.startsWith(":") ? "the host is missing" : "its host can't be read",
    );
  }
  const [, address, name, portText] = match;
  const port = portText === undefined ? DEFAULT_PORT : Number(portText);
  if (portText !== undefined && (!/^\d+$/.test(portText) || port < 1 || port > LAST_PORT)) {
    refuse(text, `its port "${portText}" is no number from 1 to ${LAST_PORT}`);
  }
  return { host: address ?? name ?? "", port };
}

function readParameters(text: string, rest: string): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const part of rest.split(";")) {
    if (part === "") continue;
    const at = part.indexOf("=");
    // What stands there may be a token whose name was forgotten, so it isn't repeated.
    if (at < 1) refuse(text, "a parameter has no form key=value");
    const name = part.slice(0, at);
    if (parameters.has(name)) refuse(text, `it gives ${name} twice`);
    try {
      parameters.set(name, decodeURIComponent(part.slice(at + 1)));
    } catch {
      refuse(text, `the value of ${name} is wrongly percent-encoded`);
    }
  }
  return parameters;
}

function readBoolean(text: string, name: string, value: string | undefined): boolean | undefined {
  if (value === undefined) return undefined;
  const lower = value.toLowerCase();
  if (lower !== "true" && lower !== "false") refuse(text, `${name} is neither true nor false`);
  return lower === "true";
}

function readMs(text: string, name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,9}$/.test(value)) refuse(text, `${name} is no number of milliseconds`);
  return Number(value);
}

function readHeaders(text: string, parameters: ReadonlyMap<string, string>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [key, value] of parameters) {
    const name = key.toLowerCase();
    if (!HEADER_NAME.test(name) || name.startsWith("grpc-")) {
      refuse(text, `the parameter ${key} can't be sent as a header`);
    }
    if (!HEADER_VALUE.test(value)) refuse(text, `the value of ${key} can't be sent as a header`);
    headers[name] = value;
  }
  return headers;
}

function refuse(text: string, why: string): never {
  const shown = text.replace(/;.*$/s, ";…");
  throw new CairnError(`Cannot read the Spark connection string "${shown}": ${why}`, {
    code: "SPARK_CONNECT_STRING",
    kind: "config",
    hint: `Write it as ${FORM}; host alone means port ${DEFAULT_PORT}.`,
  });
}
