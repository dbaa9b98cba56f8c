import { type ClientHttp2Session, connect, type SecureClientSessionOptions } from "node:http2";
import { isIP } from "node:net";
import { startTimer } from "../../base/mod.ts";
import { addressOf, type SparkEndpoint } from "./connection-string.ts";
import { GRPC, GrpcError } from "./grpc-error.ts";

/** What a connection may be told besides the endpoint. */
export interface ConnectionOptions {
  /** Certificates (PEM) of authorities to trust instead of the system's. */
  readonly ca?: string | undefined;
  /** Longest time to connect, in ms. */
  readonly connectMs?: number | undefined;
}

const CONNECT_MS = 20_000;
/**
 * How much the server may send ahead, in bytes, of one call and of all: 4 MiB carry 130 MB/s over a way of 30 ms, where
 * HTTP/2's own 64 KiB carry 2. Above 10 MiB the server may have thrown away what was lost on the way before
 * a dropped stream is taken up again.
 */
const STREAM_WINDOW = 4 * 1024 * 1024;
const CONNECTION_WINDOW = 8 * 1024 * 1024;
/** The longest frame that is taken, in bytes: fewer, larger pieces. */
const FRAME = 256 * 1024;

/** One HTTP/2 connection, made when it is first needed and made anew when it is lost. */
export class Http2Connection {
  readonly #endpoint: SparkEndpoint;
  readonly #options: ConnectionOptions;
  #session: Promise<ClientHttp2Session> | undefined;
  #calls = 0;
  #heard = 0;
  #stopProbing: (() => void) | undefined;

  constructor(endpoint: SparkEndpoint, options: ConnectionOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
  }

  /** The open connection. @throws GrpcError (`sent: false`) where there can be none. */
  open(): Promise<ClientHttp2Session> {
    this.#session ??= this.#connect();
    return this.#session;
  }

  /** Counts a call that begins on `session`; the function that is given back counts it off. */
  enter(session: ClientHttp2Session): () => void {
    if (this.#calls++ === 0) {
      session.ref();
      this.#heard = performance.now();
      this.#probe(session);
    }
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      if (--this.#calls > 0) return;
      this.#stopProbing?.();
      // A connection without calls doesn't keep the process alive.
      if (!session.destroyed) session.unref();
    };
  }

  /** Something came from the server: it lives. */
  heard(): void {
    this.#heard = performance.now();
  }

  close(): void {
    const session = this.#session;
    this.#session = undefined;
    this.#stopProbing?.();
    session?.then(
      (open) => open.destroy(),
      // It never opened, and whoever asked for it has been told.
      () => undefined,
    );
  }

  #connect(): Promise<ClientHttp2Session> {
    const { host, tls } = this.#endpoint;
    const options: SecureClientSessionOptions = {
      settings: { initialWindowSize: STREAM_WINDOW, maxFrameSize: FRAME, enablePush: false },
      ...(tls && isIP(host) === 0 && { servername: host }),
      ...(tls && { ALPNProtocols: ["h2"] }),
      ...(this.#options.ca !== undefined && { ca: this.#options.ca }),
    };
    const session = connect(`${tls ? "https" : "http"}://${addressOf(this.#endpoint)}`, options);
    // One listener for each call that waits.
    session.setMaxListeners(0);
    const made = new Promise<ClientHttp2Session>((resolve, reject) => {
      const give = (cause: unknown): void => {
        reject(new GrpcError(messageOfCause(cause), { code: GRPC.unavailable, sent: false, cause }));
        session.destroy();
      };
      const connectMs = this.#options.connectMs ?? CONNECT_MS;
      const stop = startTimer(connectMs, () => give(new Error(`no connection within ${connectMs} ms`)));
      session.once("connect", () => {
        stop();
        session.setLocalWindowSize(CONNECTION_WINDOW);
        resolve(session);
      });
      session.on("error", (error) => {
        stop();
        give(error);
      });
      session.once("close", () => {
        stop();
        give(new Error("the connection was closed"));
      });
    });
    const forget = (): void => {
      if (this.#session === made) this.#session = undefined;
    };
    session.once("goaway", forget);
    session.once("close", forget);
    made.catch(forget);
    return made;
  }

  /** Asks for a sign of life after a silence, and ends the connection where none comes: its calls then fail. */
  #probe(session: ClientHttp2Session): void {
    const { keepaliveMs, keepaliveTimeoutMs } = this.#endpoint;
    if (keepaliveMs === undefined) return;
    const wait = (ms: number): void => {
      this.#stopProbing = startTimer(ms, () => {
        const silent = performance.now() - this.#heard;
        if (silent < keepaliveMs) return wait(keepaliveMs - silent);
        if (session.destroyed) return undefined;
        const stop = startTimer(keepaliveTimeoutMs, () =>
          session.destroy(new Error(`the server is silent for ${keepaliveMs + keepaliveTimeoutMs} ms`)),
        );
        this.#stopProbing = stop;
        session.ping((error) => {
          stop();
          if (error !== null) return;
          this.heard();
          if (this.#calls > 0) wait(keepaliveMs);
        });
        return undefined;
      });
    };
    wait(keepaliveMs);
  }
}

function messageOfCause(cause: unknown): string {
  return cause instanceof Error && cause.message !== "" ? cause.message : "the connection failed";
}
