import { createServer, type Server, type Socket } from "node:net";

/** A request as a server of the test sees it. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** How one request is answered: bytes to write, then what becomes of the connection. */
export interface RawAnswer {
  readonly head: string;
  readonly body?: Uint8Array | string | undefined;
  /** `close` ends it properly, `cut` breaks it, `stall` says nothing more. */
  readonly end?: "close" | "cut" | "stall" | undefined;
  /** Nothing breaks before this holds: fetch drops what arrives together with the end of its connection. */
  readonly until?: (() => boolean) | undefined;
}

/** A server that says exactly what the test wants it to, on a real socket. */
export interface RawServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly SeenRequest[];
}

function parse(text: string): SeenRequest | undefined {
  const end = text.indexOf("\r\n\r\n");
  if (end === -1) return undefined;
  const [first = "", ...lines] = text.slice(0, end).split("\r\n");
  const [method = "", path = ""] = first.split(" ");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf(":");
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
    }),
  );
  const body = text.slice(end + 4);
  return Buffer.byteLength(body, "latin1") < Number(headers["content-length"] ?? 0)
    ? undefined
    : { method, path, headers, body };
}

function reply(socket: Socket, { head, body = "", end = "close", until }: RawAnswer): void {
  const bytes = Buffer.from(body as string);
  const length = /content-length|transfer-encoding/iu.test(head) ? "" : `Content-Length: ${bytes.length}\r\n`;
  socket.write(`HTTP/1.1 ${head.trim().replaceAll("\n", "\r\n")}\r\n${length}Connection: close\r\n\r\n`);
  socket.write(bytes, () => {
    if (end === "close") socket.end();
    else if (end === "cut") destroyWhen(socket, until);
  });
}

/** What was written has arrived; the end comes before all that was promised. */
function destroyWhen(socket: Socket, until: RawAnswer["until"]): void {
  if (until === undefined || until() || socket.destroyed) socket.destroy();
  else setTimeout(() => destroyWhen(socket, until), 2);
}

/** Starts one; `answer` is asked for each request, with its number from 0. */
export async function rawServer(
  answer: (request: SeenRequest, number: number) => RawAnswer,
): Promise<RawServer> {
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    let text = "";
    socket.on("data", (data) => {
      text += data.toString("latin1");
      const request = parse(text);
      if (request === undefined) return;
      text = "";
      seen.push(request);
      reply(socket, answer(request, seen.length - 1));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
