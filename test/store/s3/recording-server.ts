/** A request as the server got it. */
export interface Recorded {
  readonly method: string;
  /** With the query; behind a proxy the whole URL. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface RecordingServer extends Disposable {
  readonly endpoint: string;
  readonly port: number;
  readonly requests: readonly Recorded[];
}

export interface RecordingOptions {
  readonly tls?: { readonly cert: string; readonly key: string };
  /** An answer in place of the usual one. */
  readonly answer?: (request: Request) => Response | undefined;
}

/** Just enough of S3 to answer one client, and to see what it sends. Real servers show the rest. */
export function recordingServer({ tls, answer }: RecordingOptions = {}): RecordingServer {
  const requests: Recorded[] = [];
  const objects = new Map<string, string>();
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    ...(tls !== undefined && { tls }),
    async fetch(request) {
      requests.push({
        method: request.method,
        url: request.url,
        headers: Object.fromEntries(request.headers),
      });
      return answer?.(request) ?? s3Answer(request, objects);
    },
  });
  return {
    endpoint: `${tls === undefined ? "http" : "https"}://127.0.0.1:${server.port}`,
    port: server.port ?? 0,
    requests,
    [Symbol.dispose]: () => void server.stop(true),
  };
}

async function s3Answer(request: Request, objects: Map<string, string>): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const dated = { "last-modified": new Date().toUTCString(), etag: '"0"' };
  if (request.method === "PUT") {
    if (request.headers.has("if-none-match") && objects.has(pathname))
      return s3Refusal(412, "PreconditionFailed");
    objects.set(pathname, await request.text());
    return new Response(null, { headers: dated });
  }
  if (searchParams.has("list-type")) {
    return new Response(
      "<ListBucketResult><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>",
    );
  }
  const text = objects.get(pathname);
  return text === undefined ? s3Refusal(404, "NoSuchKey") : new Response(text, { headers: dated });
}

/** An error as S3 words it. */
export function s3Refusal(status: number, code: string): Response {
  return new Response(`<Error><Code>${code}</Code><Message>as the test says</Message></Error>`, { status });
}
