/** Stands in for what gives credentials on Amazon's machines: instance metadata (version 2), container credentials, STS. */
export interface MetadataServer extends Disposable {
  readonly endpoint: string;
  /** `METHOD /path` of each request, with `Action` where it is one of STS. */
  readonly requests: readonly string[];
}

const HOUR_MS = 3_600_000;
const SESSION = "metadata-session";
const ROLE = "etl-role";

/** What a container has to send for its credentials. */
export const CONTAINER_TOKEN = "container-token";

/**
 * The access key IDs it gives tell where they are from: `FROM-INSTANCE`, `FROM-CONTAINER`, `FROM-AssumeRole`,
 * `FROM-AssumeRoleWithWebIdentity`.
 */
export function metadataServer(): MetadataServer {
  const requests: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const body = await request.text();
      const action = /Action=(\w+)/.exec(body)?.[1];
      requests.push(`${request.method} ${pathname}${action === undefined ? "" : ` ${action}`}`);
      if (action !== undefined) return assumed(action, body);
      if (pathname === "/container") {
        const known = request.headers.get("authorization") === CONTAINER_TOKEN;
        return known ? Response.json({ ...keys("CONTAINER") }) : new Response("", { status: 401 });
      }
      return instance(request, pathname);
    },
  });
  return {
    endpoint: `http://127.0.0.1:${server.port}`,
    requests,
    [Symbol.dispose]: () => void server.stop(true),
  };
}

function keys(from: string): Record<string, string> {
  const expiration = new Date(Date.now() + HOUR_MS).toISOString();
  return {
    AccessKeyId: `FROM-${from}`,
    SecretAccessKey: "s",
    Token: `token-${from}`,
    Expiration: expiration,
  };
}

function instance(request: Request, pathname: string): Response {
  if (pathname === "/latest/api/token" && request.method === "PUT") {
    return new Response(SESSION, { headers: { "x-aws-ec2-metadata-token-ttl-seconds": "21600" } });
  }
  if (request.headers.get("x-aws-ec2-metadata-token") !== SESSION) return new Response("", { status: 401 });
  const roles = "/latest/meta-data/iam/security-credentials/";
  if (pathname === roles || `${pathname}/` === roles) return new Response(ROLE);
  if (pathname === roles + ROLE)
    return Response.json({ Code: "Success", Type: "AWS-HMAC", ...keys("INSTANCE") });
  if (pathname === "/latest/meta-data/placement/region") return new Response("eu-west-7");
  return new Response("", { status: 404 });
}

function assumed(action: string, body: string): Response {
  const session = new URLSearchParams(body).get("RoleSessionName") ?? "";
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = keys(action);
  const credentials = `<Credentials><AccessKeyId>${AccessKeyId}</AccessKeyId><SecretAccessKey>${SecretAccessKey}</SecretAccessKey><SessionToken>${Token}</SessionToken><Expiration>${Expiration}</Expiration></Credentials>`;
  const user = `<AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/${session}</Arn><AssumedRoleId>x:${session}</AssumedRoleId></AssumedRoleUser>`;
  return new Response(
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${credentials}${user}</${action}Result></${action}Response>`,
    { headers: { "content-type": "text/xml" } },
  );
}
