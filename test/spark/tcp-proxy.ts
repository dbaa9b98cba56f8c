import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** Stands before a server of this machine, passes bytes on, and breaks connections when told to. */
export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** How many connections were broken. */
  readonly broken: number;
  /** Breaks all connections that are open. */
  breakAll(): void;
  /** Refuses new ones while true. */
  down: boolean;
  /** Called for each piece that comes from the server; true breaks that connection in its place. */
  breaks: (bytes: number) => boolean;
}

export async function tcpProxy(target: number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  const server: Server = createServer((client) => {
    if (proxy.down) return void client.destroy();
    const upstream = connect(target, "127.0.0.1");
    const end = (): void => {
      open.delete(client);
      client.destroy();
      upstream.destroy();
    };
    open.add(client);
    for (const socket of [client, upstream]) socket.on("error", end).on("close", end);
    client.pipe(upstream);
    upstream.on("data", (bytes) => {
      if (proxy.breaks(bytes.length)) {
        broken++;
        return end();
      }
      if (client.write(bytes)) return undefined;
      upstream.pause();
      client.once("drain", () => upstream.resume());
      return undefined;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  let broken = 0;
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    get broken() {
      return broken;
    },
    breakAll() {
      broken += open.size;
      for (const socket of open) socket.destroy();
    },
    down: false,
    breaks: () => false,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
