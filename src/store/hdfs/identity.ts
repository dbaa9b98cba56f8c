import { lookup } from "node:dns/promises";
import { errnoOf, storeError } from "../errors.ts";
import type { Answer } from "./exchange.ts";
import { type IdentityParameter, jsonOf, type NameCall } from "./name-call.ts";
import type { Refusal } from "./refusal.ts";
import type { DelegationToken } from "./token-file.ts";

/** Sends a call that says who asks by headers, made for the host that is asked. */
export type AskAs = (call: NameCall, headers: (host: string) => Record<string, string>) => Promise<Answer>;

/** Says who asks. */
export interface Identity {
  /** The parameter that goes with every request. */
  parameter(ask: AskAs): Promise<IdentityParameter>;
  /** A server didn't know who asks by `parameter`; true where it is worth to ask for a parameter once more. */
  refused(parameter: IdentityParameter, refusal: Refusal): boolean;
  /** Gives back what was got from the server. */
  close(ask: AskAs): Promise<void>;
}

export interface IdentityOptions {
  /** A user's name, for clusters that believe it. */
  readonly user: string;
  /** Whether the cluster is known to want Kerberos; else it is found out. */
  readonly kerberos: boolean;
  readonly token: DelegationToken | undefined;
  /** Makes the words of `Authorization: Negotiate` for a host. */
  readonly negotiate: (host: string) => string;
}

/**
 * By a delegation token where one was given. Else, on a cluster with Kerberos, by a ticket, once, for a delegation
 * token of our own, which then goes with every request. Else by name.
 */
export function identityOf(options: IdentityOptions): Identity {
  const { user, token, negotiate } = options;
  let { kerberos } = options;
  /** What we got by a ticket. */
  let own: Promise<string> | undefined;
  const signed = (host: string): Record<string, string> => ({
    authorization: `Negotiate ${negotiate(host)}`,
  });

  const get = async (ask: AskAs): Promise<string> => {
    const call: NameCall = { method: "GET", operation: "GETDELEGATIONTOKEN", path: "", repeatable: true };
    const answer = jsonOf(await ask(call, signed)) as { readonly Token?: { readonly urlString?: unknown } };
    const text = answer?.Token?.urlString;
    if (typeof text !== "string") throw new SyntaxError("the answer has no delegation token");
    return text;
  };

  return {
    async parameter(ask) {
      if (token !== undefined) return ["delegation", token.text];
      if (!kerberos) return ["user.name", user];
      own ??= get(ask);
      const asked = own;
      try {
        return ["delegation", await asked];
      } catch (thrown) {
        if (own === asked) own = undefined;
        throw thrown;
      }
    },
    refused([name], { status }) {
      if (token !== undefined) return false;
      if (name === "delegation") own = undefined;
      else if (status === 401) kerberos = true;
      else return false;
      return true;
    },
    async close(ask) {
      const parameters = { token: (await own) ?? "" };
      own = undefined;
      if (parameters.token === "") return;
      const call: NameCall = {
        method: "PUT",
        operation: "CANCELDELEGATIONTOKEN",
        path: "",
        parameters,
        repeatable: true,
      };
      await ask(call, signed);
    },
  };
}

const NAME = /^[A-Za-z_][A-Za-z0-9._-]*\$?$/;

/** The user as Hadoop says it: HADOOP_USER_NAME, else the system's. @throws CairnError STORE_BAD_SETTINGS */
export function userName(env: Readonly<Record<string, string | undefined>>, system: string): string {
  const name = env["HADOOP_USER_NAME"] || system;
  if (NAME.test(name)) return name;
  throw storeError(
    "STORE_BAD_SETTINGS",
    `Cannot sign in to HDFS: ${JSON.stringify(name)} is no name of a user there`,
    {
      hint: "Set HADOOP_USER_NAME: letters, digits, dots, underscores and hyphens, the first one a letter or underscore.",
    },
  );
}

/** Kinds of tokens that WebHDFS takes. */
const KINDS = new Set(["HDFS_DELEGATION_TOKEN", "WEBHDFS delegation", "SWEBHDFS delegation"]);

/**
 * The token for a file system that has one of `services`: by its name, or by its host's address. None is better than
 * another's: it would be shown to a server that it isn't for.
 */
export async function tokenFor(
  tokens: readonly DelegationToken[],
  services: readonly string[],
): Promise<DelegationToken | undefined> {
  const fitting = tokens.filter(({ kind }) => KINDS.has(kind));
  const exact = fitting.find(({ service }) => services.includes(service));
  if (exact !== undefined || fitting.length === 0) return exact;
  const hosts = new Set<string>();
  for (const service of services.filter((name) => !name.startsWith("ha-"))) {
    for (const address of await addressesOf(hostOf(service))) hosts.add(address);
  }
  return fitting.find(({ service }) => hosts.has(hostOf(service)));
}

function hostOf(service: string): string {
  return service.replace(/:[0-9]+$/, "").replace(/^\[|\]$/g, "");
}

async function addressesOf(host: string): Promise<string[]> {
  try {
    return [host, ...(await lookup(host, { all: true })).map(({ address }) => address)];
  } catch (thrown) {
    // Not found now: the token may name the host as we do.
    if (errnoOf(thrown) !== undefined) return [host];
    throw thrown;
  }
}
