import type { Answer } from "./exchange.ts";

/** A request to a NameNode. */
export interface NameCall {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** WebHDFS's name of the operation. */
  readonly operation: string;
  /** Absolute, not encoded; empty for the root. */
  readonly path: string;
  readonly parameters?: Readonly<Record<string, string>>;
  /** Whether doing it twice is as good as once: then an answer that was lost may be asked for at another NameNode. */
  readonly repeatable: boolean;
}

/** A parameter that says who asks. A secret, where it is a token. */
export type IdentityParameter = readonly [name: "user.name" | "delegation", value: string];

const PREFIX = "/webhdfs/v1";

/** The URL of a call at a NameNode. */
export function callUrl(base: string, call: NameCall, identity: readonly IdentityParameter[]): string {
  const path = call.path.split("/").map(encodeURIComponent).join("/");
  const query = [["op", call.operation], ...Object.entries(call.parameters ?? {}), ...identity]
    .map(([name = "", value = ""]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
  return `${base}${PREFIX}${path === "" ? "/" : path}?${query}`;
}

/** The JSON of an answer; undefined where it is empty. @throws SyntaxError where it is something else, a page for people */
export function jsonOf(answer: Answer): unknown {
  const text = new TextDecoder().decode(answer.bytes);
  return text === "" ? undefined : (JSON.parse(text) as unknown);
}

/** The URL of the DataNode that a NameNode names: in JSON, or as a redirect where it doesn't know `noredirect`. */
export function placeIn(answer: Answer): string {
  const said =
    answer.headers.get("location") ??
    (jsonOf(answer) as { readonly Location?: unknown } | undefined)?.Location;
  if (typeof said !== "string" || !URL.canParse(said)) throw new SyntaxError("the answer names no DataNode");
  return said;
}
