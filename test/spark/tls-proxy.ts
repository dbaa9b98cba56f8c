import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect as connectTcp, type AddressInfo } from "node:net";
import { join } from "node:path";
import { createServer, type TLSSocket } from "node:tls";
import { runTool } from "../servers/mod.ts";

/** An authority of our own, and what it has signed. */
export interface Certificates {
  /** PEM. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Makes an authority and a certificate for `name` (a DNS name or `IP:…`). */
export async function makeCertificates(folder: string, name: string): Promise<Certificates> {
  mkdirSync(folder, { recursive: true });
  const at = (file: string): string => join(folder, file);
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  await runTool([
    "openssl",
    "req",
    "-x509",
    ...made,
    "-subj",
    "/CN=test authority",
    "-keyout",
    at("ca.key"),
    "-out",
    at("ca.pem"),
  ]);
  await runTool([
    "openssl",
    "req",
    ...made.slice(0, 4),
    "-nodes",
    "-subj",
    "/CN=spark",
    "-keyout",
    at("key.pem"),
    "-out",
    at("request.pem"),
  ]);
  writeFileSync(at("names"), `subjectAltName=${name.includes(":") ? name : `DNS:${name}`}\n`);
  const sign = [
    "-CA",
    at("ca.pem"),
    "-CAkey",
    at("ca.key"),
    "-CAcreateserial",
    "-days",
    "2",
    "-extfile",
    at("names"),
  ];
  await runTool(["openssl", "x509", "-req", "-in", at("request.pem"), ...sign, "-out", at("cert.pem")]);
  const read = (file: string): string => readFileSync(at(file), "utf8");
  return { ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") };
}

/** Ends TLS before a server of this machine, as a load balancer does. */
export interface TlsProxy extends AsyncDisposable {
  readonly port: number;
  /** Connections on which TLS was agreed, and HTTP/2 within it. */
  readonly agreed: number;
}

export async function tlsProxy(target: number, { cert, key }: Certificates): Promise<TlsProxy> {
  const open = new Set<TLSSocket>();
  let agreed = 0;
  const server = createServer({ cert, key, ALPNProtocols: ["h2"] }, (client) => {
    if (client.alpnProtocol === "h2") agreed++;
    open.add(client);
    const upstream = connectTcp(target, "127.0.0.1");
    const end = (): void => {
      open.delete(client);
      client.destroy();
      upstream.destroy();
    };
    for (const socket of [client, upstream]) socket.on("error", end).on("close", end);
    client.pipe(upstream);
    upstream.pipe(client);
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get agreed() {
      return agreed;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
