import type { Answer } from "./exchange.ts";

/** An answer of WebHDFS that says no. */
export class Refusal extends Error {
  /** HTTP status. */
  readonly status: number;
  /** Simple name of the Java exception; empty where the answer isn't WebHDFS's own. */
  readonly exception: string;
  /** `host:port` that answered. */
  readonly host: string;

  constructor(host: string, status: number, exception: string, message: string) {
    super(message);
    this.host = host;
    this.status = status;
    this.exception = exception;
  }
}

/** The first line of a Java message: what follows it are stack frames. */
const LONGEST_MESSAGE = 500;

/** The refusal that an answer is; undefined where it isn't one. */
export function refusalIn(host: string, answer: Answer): Refusal | undefined {
  if (answer.status < 400) return undefined;
  const text = new TextDecoder().decode(answer.bytes);
  const { exception, javaClassName, message } = remoteException(text);
  const said = (message ?? `HTTP ${answer.status}`).split("\n", 1)[0] ?? "";
  return new Refusal(
    host,
    answer.status,
    innerException(exception ?? "", javaClassName ?? "", said),
    said.slice(0, LONGEST_MESSAGE),
  );
}

interface RemoteException {
  readonly exception?: string;
  readonly javaClassName?: string;
  readonly message?: string;
}

function remoteException(text: string): RemoteException {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // A page for people, of a proxy or of the web server itself.
    return {};
  }
  const { RemoteException: found } = (value ?? {}) as { readonly RemoteException?: RemoteException };
  return found ?? {};
}

/** Some servers wrap what happened: `RemoteException`, `IOException`, with the class's name before the message. */
function innerException(exception: string, javaClassName: string, message: string): string {
  const named =
    /(?:^|[\s(])(?:[a-z][A-Za-z0-9]*\.)+(?:[A-Z][A-Za-z0-9]*\$)?([A-Z][A-Za-z0-9]*Exception|InvalidToken)\b/;
  const inner = named.exec(message)?.[1];
  if (inner !== undefined && WRAPPERS.has(exception)) return inner;
  return exception === "" ? (javaClassName.split(/[.$]/).at(-1) ?? "") : exception;
}

const WRAPPERS = new Set(["", "RemoteException", "IOException", "RetriableException", "SecurityException"]);

/** Nothing was done: another NameNode is active, or this one isn't ready for it. */
const ELSEWHERE = new Set(["StandbyException", "ObserverRetryOnActiveException", "RetriableException"]);

/** Whether the same request is another NameNode's to answer. */
export function isElsewhere(refusal: Refusal): boolean {
  return ELSEWHERE.has(refusal.exception);
}

/** Whether the server doesn't know, or no longer, who asks. */
export function isUnknownUser(refusal: Refusal): boolean {
  return refusal.status === 401 || refusal.exception === "InvalidToken";
}
