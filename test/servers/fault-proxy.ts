import {
  Agent,
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

/**
 * What happens to a request:
 *
 * - `status`: it is answered with `status` and not passed on;
 * - `reset-before`: the connection is closed, the request not passed on;
 * - `reset-after`: it is done, and the connection closed in place of the answer;
 * - `truncate`: it is done, and half of the answer's body sent;
 * - `hang`: it is neither passed on nor answered;
 * - `replace`: it is done, and answered 200 with `body` (a login page that stands between).
 */
export interface HttpFault {
  readonly kind: "status" | "reset-before" | "reset-after" | "truncate" | "hang" | "replace";
  /** Which request, counted from 1 since the faults were set, of those that `matches`. */
  readonly at: number;
  /** How many in a row from `at` on; 1 by default. */
  readonly times?: number;
  /** All requests by default. */
  readonly matches?: (exchange: Exchange) => boolean;
  readonly status?: number;
  readonly body?: string;
}

/** A request that came by. */
export interface Exchange {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Bytes of the request's body, and of the answer's where it was passed on. */
  readonly bytes: { request: number; answer: number };
}

export interface FaultProxy extends AsyncDisposable {
  readonly port: number;
  readonly endpoint: string;
  /** What came by since the faults were last set. */
  readonly exchanges: readonly Exchange[];
  /** Sets the faults and begins to count anew. */
  arm(...faults: readonly HttpFault[]): void;
  /** How far every answer's `Date` is put off, in ms. */
  dateOffsetMs: number;
  /** Headers of requests, in lower case, that are not passed on: a server that doesn't know them. */
  dropped: readonly string[];
}

const BREATH_MS = 20;

/**
 * Stands before an HTTP server of this machine and passes bytes on as they are (Host included, so that signatures
 * hold), except where a fault says otherwise.
 */
export async function faultProxy(targetPort: number): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  let faults: { readonly fault: HttpFault; seen: number }[] = [];
  let exchanges: Exchange[] = [];
  const next = (exchange: Exchange): HttpFault | undefined => {
    exchanges.push(exchange);
    let found: HttpFault | undefined;
    for (const entry of faults) {
      const { fault } = entry;
      if (fault.matches?.(exchange) === false) continue;
      entry.seen++;
      if (entry.seen >= fault.at && entry.seen < fault.at + (fault.times ?? 1)) found ??= fault;
    }
    return found;
  };
  const server = createServer((incoming, outgoing) => {
    const { method = "", url = "", headers } = incoming;
    const bytes = { request: 0, answer: 0 };
    const fault = next({ method, path: url, headers, bytes });
    void pass({ incoming, outgoing, fault, agent, targetPort, proxy, bytes });
  });
  const port = await listening(server);
  const proxy: FaultProxy = {
    port,
    endpoint: `http://127.0.0.1:${port}`,
    get exchanges() {
      return exchanges;
    },
    arm(...given) {
      faults = given.map((fault) => ({ fault, seen: 0 }));
      exchanges = [];
    },
    dateOffsetMs: 0,
    dropped: [],
    async [Symbol.asyncDispose]() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}

interface Passage {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly fault: HttpFault | undefined;
  readonly agent: Agent;
  readonly targetPort: number;
  readonly proxy: Pick<FaultProxy, "dateOffsetMs" | "dropped">;
  readonly bytes: Exchange["bytes"];
}

async function pass(passage: Passage): Promise<void> {
  const { incoming, outgoing, fault, proxy, bytes } = passage;
  try {
    const body = await wholeBody(incoming);
    bytes.request = body.length;
    if (fault?.kind === "hang") return;
    if (fault?.kind === "reset-before") return void incoming.socket.destroy();
    if (fault?.kind === "status") {
      outgoing.writeHead(fault.status ?? 503, { "content-type": "application/xml" });
      return void outgoing.end(fault.body ?? "");
    }
    const answer = await forward(passage, body);
    bytes.answer = answer.body.length;
    if (fault?.kind === "reset-after") return void incoming.socket.destroy();
    if (fault?.kind === "replace") return void outgoing.writeHead(200).end(fault.body ?? "");
    const headers = { ...answer.headers, date: shifted(answer.headers["date"], proxy.dateOffsetMs) };
    outgoing.writeHead(answer.status, headers);
    if (fault?.kind !== "truncate") return void outgoing.end(answer.body);
    outgoing.write(answer.body.subarray(0, answer.body.length / 2));
    setTimeout(() => incoming.socket.destroy(), BREATH_MS);
  } catch {
    // The server or the client is gone: the client sees what it would see without a proxy.
    incoming.socket.destroy();
  }
}

function shifted(date: unknown, offsetMs: number): string {
  const time = typeof date === "string" ? Date.parse(date) : Number.NaN;
  return new Date((Number.isNaN(time) ? Date.now() : time) + offsetMs).toUTCString();
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}

function forward({ incoming, agent, targetPort, proxy }: Passage, body: Buffer): Promise<Answer> {
  const { method, url } = incoming;
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).filter(([name]) => !proxy.dropped.includes(name)),
  );
  return new Promise((resolve, reject) => {
    const upstream = request(
      { host: "127.0.0.1", port: targetPort, method, path: url, headers, agent },
      (answer) => {
        wholeBody(answer).then(
          (bytes) => resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: bytes }),
          reject,
        );
      },
    );
    upstream.once("error", reject);
    upstream.end(body);
  });
}

async function wholeBody(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
